import GRDB

/// The labels as the writer knows them, which is all of them.
///
/// A kind takes up to ``capacity`` values: beyond it, and for long values, a row bears the text itself, so that callers
/// who make up a new value for every call grow neither the memory nor the table.
struct LabelCache: Sendable {
    /// The longest value that becomes a label, in bytes.
    static let maximumLength = 256

    private var numbers: [[String: Int64]]
    private var recent: [(value: String, number: Int64)?]
    private var last: Int64
    private var added: [(kind: LabelKind, value: String, number: Int64)] = []
    private let capacity: Int

    /// Loads the labels of a ledger.
    init(_ database: Database, capacity: Int) throws {
        self.capacity = capacity
        numbers = Array(repeating: [:], count: LabelKind.allCases.count)
        recent = Array(repeating: nil, count: LabelKind.allCases.count)
        last = 0
        try LabelRow.read(database, after: 0) { row in
            last = max(last, row.number)
            if let kind = row.kind { numbers[kind.rawValue][row.value] = row.number }
        }
    }

    /// The number of a value; `nil` if the row is to bear the text itself.
    mutating func number(of value: String, _ kind: LabelKind) -> Int64? {
        if let known = recent[kind.rawValue], known.value == value { return known.number }
        if let number = numbers[kind.rawValue][value] {
            recent[kind.rawValue] = (value, number)
            return number
        }
        guard value.utf8.count <= Self.maximumLength, numbers[kind.rawValue].count < capacity else { return nil }
        last += 1
        numbers[kind.rawValue][value] = last
        recent[kind.rawValue] = (value, last)
        added.append((kind, value, last))
        return last
    }

    /// Writes what was added since the last commit.
    func save(_ database: Database) throws {
        for label in added {
            let statement = try database.cachedStatement(sql: "INSERT INTO label(id, kind, value) VALUES(?, ?, ?)")
            try statement.run(in: database) { binder in
                binder.integer(label.number)
                binder.text(label.kind.name)
                binder.text(label.value)
            }
        }
    }

    /// Forgets what was added, once it is committed.
    mutating func markSaved() {
        added.removeAll(keepingCapacity: true)
    }
}
