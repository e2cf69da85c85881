import GRDB

/// A row of the table of labels.
struct LabelRow {
    /// The number by which rows refer to the label.
    var number: Int64
    /// The dimension; `nil` for one of a newer version.
    var kind: LabelKind?
    /// The text.
    var value: String

    /// Reads the labels whose numbers are greater than another one, in their order.
    static func read(_ database: Database, after number: Int64, _ body: (LabelRow) -> Void) throws {
        let statement = try database.cachedStatement(sql: "SELECT id, kind, value FROM label WHERE id > ? ORDER BY id")
        statement.setUncheckedArguments([number])
        try statement.forEachRow(in: database) { source in
            var row = source
            let number = row.integer() ?? 0
            let kind = row.text().flatMap(LabelKind.init(name:))
            body(LabelRow(number: number, kind: kind, value: row.text() ?? ""))
            return true
        }
    }
}
