import GRDB

/// The texts to which rows of the schemas 1 to 3 refer by number.
struct LegacyLabels {
    private var texts: [Int64: String] = [:]

    /// Creates the table from the labels of a ledger.
    init(_ database: Database) throws {
        let statement = try database.makeStatement(sql: "SELECT id, value FROM label")
        try statement.forEachRow(in: database) { row in
            texts[row.integer(at: 0) ?? 0] = row.text(at: 1) ?? ""
            return true
        }
    }

    /// The text of a label; `nil` if it is unknown.
    subscript(number: Int64) -> String? { texts[number] }
}

extension StatementRow {
    /// Reads the next column as a text, through its label if it is a number.
    mutating func label(_ labels: LegacyLabels) -> String? {
        isInteger ? integer().flatMap { labels[$0] } : text()
    }
}
