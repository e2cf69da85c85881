public import OpenAIUsage

/// Follows a ledger while it is written: every call is handed out once, when it has ended.
///
/// Identities grow with the start of calls, and rows are added when calls end: what was added since the last time cannot
/// be told from the newest identity alone.
public struct CallFollower: Sendable {
    /// How far back in time a row may still appear that was not seen open before, in microseconds.
    private static let lag: Int64 = 10_000_000

    private var query: CallsQuery
    private let outcomes: Set<Outcome>
    private var floor: Int64
    private var seen: Set<Int64> = []

    /// Creates a follower of the calls that a query asks for, after those that have ended already.
    ///
    /// The query's limit and order do not matter.
    public init(_ query: CallsQuery, of reader: LedgerReader) throws {
        self.query = query
        self.query.limit = nil
        self.query.order = .oldestFirst
        // Open rows must be seen, since they hold back the point from which the next reading starts.
        self.query.filter.outcomes = []
        outcomes = Set(query.filter.outcomes)
        if let after = query.after {
            floor = after.rawValue
            return
        }
        var newest = CallsQuery()
        newest.order = .newestFirst
        newest.limit = 1
        let last = try reader.calls(newest).first?.id.rawValue
        // The calls that are open now are waited for, however long ago they started.
        let oldestOpen = try reader.oldestOpenCall()?.rawValue
        floor = last.map { min($0 - Self.lag << 11, (oldestOpen ?? .max) - 1) } ?? .min
        _ = try next(of: reader)
    }

    /// The calls that have ended since the last time, by their start.
    public mutating func next(of reader: LedgerReader) throws -> [CallRecord] {
        query.after = CallID(rawValue: floor)
        var ended: [CallRecord] = []
        var newest = floor
        var oldestOpen = Int64.max
        try reader.calls(query) { record in
            let id = record.id.rawValue
            newest = max(newest, id)
            if record.outcome == .open {
                oldestOpen = min(oldestOpen, id)
            } else if seen.insert(id).inserted, outcomes.isEmpty || outcomes.contains(record.outcome) {
                ended.append(record)
            }
            return true
        }
        if newest > .min {
            floor = max(floor, min(oldestOpen - 1, newest - Self.lag << 11))
            let floor = floor
            seen = seen.filter { $0 > floor }
        }
        return ended
    }
}
