import GRDB

/// The labels as a reader knows them.
struct LabelNames: Sendable {
    private var names: [Int64: String] = [:]
    private var numbers: [[Int64]] = Array(repeating: [], count: LabelKind.allCases.count)
    private var last: Int64 = 0

    /// The text of a label.
    subscript(number: Int64) -> String? { names[number] }

    /// Reads the labels that were added since the last time; labels never change.
    mutating func update(_ database: Database) throws {
        try LabelRow.read(database, after: last) { row in
            names[row.number] = row.value
            if let kind = row.kind { numbers[kind.rawValue].append(row.number) }
            last = max(last, row.number)
        }
    }

    /// The numbers of the labels of a kind whose text satisfies a condition.
    func numbers(_ kind: LabelKind, where condition: (String) -> Bool) -> [Int64] {
        numbers[kind.rawValue].filter { number in names[number].map(condition) ?? false }
    }
}
