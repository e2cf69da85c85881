import GRDB

/// A half-open range of start times as a range of row numbers, which grow with time but do not tell it exactly.
enum TimeRange {
    /// The row numbers between which all rows of the range lie; `nil` if there are none.
    static func bounds(from: Int64?, to: Int64?, _ database: Database) throws -> ClosedRange<Int64>? {
        // The index on time tells the ends; the rows between them are then read in their own order.
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT min(id), max(id) FROM call INDEXED BY call_started_at
                WHERE started_at >= ? AND started_at < ?
                """,
            arguments: [from ?? .min, to ?? .max]
        )
        guard let row, let first: Int64 = row[0], let last: Int64 = row[1] else { return nil }
        return first...last
    }

    /// Adds the conditions that only rows of the range satisfy.
    ///
    /// - Returns: Whether there can be any.
    static func add(from: Int64?, to: Int64?, to clause: inout FilterClause, _ database: Database) throws -> Bool {
        guard from != nil || to != nil else { return true }
        guard let bounds = try bounds(from: from, to: to, database) else { return false }
        clause.add("id BETWEEN ? AND ?", bounds.lowerBound, bounds.upperBound)
        if let from { clause.add("+started_at >= ?", from) }
        if let to { clause.add("+started_at < ?", to) }
        return true
    }
}
