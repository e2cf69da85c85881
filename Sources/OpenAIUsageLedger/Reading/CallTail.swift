public import OpenAIUsage

/// Follows a ledger while it is written, and returns every call once, after its end.
///
/// IDs grow with the start of calls, and rows are added when calls end. The newest rows are read by ID; calls that end long
/// after newer ones are listed by the writer. A call is therefore found however long it was in flight, and memory is bounded
/// by the calls of some seconds.
public struct CallTail: Sendable {
    private var query: CallsQuery
    /// The filter with its conditions on the end of a call, which a call in flight may satisfy later.
    private let filter: CallFilter
    private var floor: Int64
    private var late: Int64
    private var seen: Set<Int64>

    /// Creates a tail that starts after the calls that have ended already.
    ///
    /// - Parameters:
    ///   - query: The range and the filter; limit and order are ignored. With ``CallsQuery/after``, calls that started after
    ///     that one and have ended already are returned too.
    ///   - reader: A reader of the ledger.
    /// - Throws: A ``LedgerError``.
    public init(_ query: CallsQuery, of reader: LedgerReader) throws {
        self.query = query
        self.query.limit = nil
        self.query.order = .oldestFirst
        filter = query.filter
        self.query.filter.conditions.removeAll { [.outcome, .status, .errorCode, .model].contains($0.dimension) }
        self.query.filter.minimumDuration = nil
        let state = try reader.followState()
        late = state.late
        floor = min(Self.floor(under: state.newest), query.after?.rawValue ?? .max)
        // Calls that have ended before are skipped, unless they started after the given call.
        let last = query.after?.rawValue ?? .max
        self.query.after = CallID(rawValue: floor)
        var seen: Set<Int64> = []
        _ = try reader.follow(self.query, late: .max) { record in
            if record.outcome != .open, record.id.rawValue <= last { seen.insert(record.id.rawValue) }
        }
        self.seen = seen
    }

    /// Returns the calls that have ended since the last time, ordered by start.
    ///
    /// - Parameter reader: A reader of the ledger.
    /// - Returns: The calls.
    /// - Throws: A ``LedgerError``.
    public mutating func next(of reader: LedgerReader) throws -> [CallRecord] {
        query.after = CallID(rawValue: floor)
        var ended: [CallRecord] = []
        let matcher = CallMatcher(filter)
        let state = try reader.follow(query, late: late) { record in
            guard record.outcome != .open, seen.insert(record.id.rawValue).inserted else { return }
            if matcher.matches(record) { ended.append(record) }
        }
        // Calls seen once are not listed as late again, and need not be remembered.
        late = state.late
        floor = max(floor, Self.floor(under: state.newest))
        let floor = floor
        seen = seen.filter { $0 > floor }
        return ended.sorted { $0.id < $1.id }
    }

    /// The number of remembered calls, which are not returned twice.
    var remembered: Int { seen.count }

    private static func floor(under newest: Int64?) -> Int64 {
        newest.map { $0 &- LateCalls.lag << 11 &- 1 } ?? .min
    }
}
