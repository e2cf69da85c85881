import GRDB
import OpenAIUsage

extension LedgerReader {
    /// The position up to which a ledger was followed.
    struct FollowState: Sendable {
        /// The newest call ID; `nil` if there is no call.
        var newest: Int64?
        /// The number of the last late call.
        var late: Int64

        init(_ database: Database) throws {
            newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call")
            late = try LateCalls.newest(database)
        }
    }

    /// Returns the present position of the ledger.
    func followState() throws -> FollowState {
        try read { database, _ in try FollowState(database) }
    }

    /// Reads the calls of a query after its ID, and the calls listed as late, in one snapshot of the ledger.
    ///
    /// - Parameters:
    ///   - query: The range and the filter.
    ///   - late: The number of the last late call that was read before; `Int64.max` skips the list.
    ///   - body: Called with each call, perhaps twice.
    /// - Returns: The position of the snapshot.
    /// - Throws: A ``LedgerError``.
    func follow(_ query: CallsQuery, late: Int64, _ body: (CallRecord) -> Void) throws -> FollowState {
        try read { database, facts in
            let state = try FollowState(database)
            // Another ledger at the path has its own list.
            let known = late > state.late && late < .max ? 0 : late
            let matcher = facts.matcher(query.filter)
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
                    if let from = query.fromMicroseconds, record.startedAtMicroseconds < from { return true }
                    if let to = query.toMicroseconds, record.startedAtMicroseconds >= to { return true }
                    if verdict == .yes || matcher.matches(record) { body(record) }
                    return true
                }
            }
            return state
        }
    }
}
