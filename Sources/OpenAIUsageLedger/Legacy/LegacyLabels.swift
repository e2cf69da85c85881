import GRDB

/// The texts that rows of the schemas up to the third refer to by number.
struct LegacyLabels {
    private var texts: [Int64: String] = [:]

    /// Reads the labels of a ledger.
    init(_ database: Database) throws {
        let statement = try database.makeStatement(sql: "SELECT id, value FROM label")
        try statement.forEachRow(in: database) { row in
            texts[row.integer(at: 0) ?? 0] = row.text(at: 1) ?? ""
            return true
        }
    }

    /// The text of a label.
    subscript(number: Int64) -> String? { texts[number] }
}

extension StatementRow {
    /// The next column as a text, by way of its label if it has one.
    mutating func label(_ labels: LegacyLabels) -> String? {
        isInteger ? integer().flatMap { labels[$0] } : text()
    }
}
