import GRDB
import OpenAIUsage

extension LedgerReader {
    /// The place up to which a ledger was followed.
    struct FollowState: Sendable {
        /// The newest identity; `nil` if there is no call.
        var newest: Int64?
        /// The number of the last call that was listed as late.
        var late: Int64

        init(_ database: Database) throws {
            newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call")
            late = try LateCalls.newest(database)
        }
    }

    /// The place at which the ledger is now.
    func followState() throws -> FollowState {
        try read { database, _ in try FollowState(database) }
    }

    /// Reads the calls of a query after its identity, and those that were listed as late, in one view of the ledger.
    ///
    /// - Parameters:
    ///   - query: The calls.
    ///   - late: The number of the last listed call that was read before; the largest integer leaves the list out.
    ///   - body: Called with each call, perhaps twice.
    /// - Returns: The place of the view.
    /// - Throws: A ``LedgerError``.
    func follow(_ query: CallsQuery, late: Int64, _ body: (CallRecord) -> Void) throws -> FollowState {
        try read { database, facts in
            let state = try FollowState(database)
            // Another ledger at the path has a list of its own.
            let known = late > state.late && late < .max ? 0 : late
            let matcher = CallMatcher(query.filter, facts)
            let decoder = RowDecoder(facts)
            let places: [(condition: String, value: Int64)] = [
                ("id > ?", query.after?.rawValue ?? .min),
                ("id IN (SELECT call_id FROM late_call WHERE number > ?)", known),
            ]
            for place in places {
                let statement = try database.cachedStatement(sql: "\(RowFormat.select) WHERE \(place.condition)")
                statement.setUncheckedArguments([place.value])
                try statement.forEachRow(in: database) { row in
                    let verdict = matcher.verdict(
                        series: Int(row.integer(at: 1) ?? 0),
                        result: Int(row.integer(at: 2) ?? 0)
                    )
                    if verdict == .no { return true }
                    let record = decoder.record(row)
                    if let from = query.from, record.startedAt < from { return true }
                    if let to = query.to, record.startedAt >= to { return true }
                    if verdict == .yes || matcher.matches(record) { body(record) }
                    return true
                }
            }
            return state
        }
    }
}
