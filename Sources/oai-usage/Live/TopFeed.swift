import OpenAIUsage
import OpenAIUsageLedger

/// The calls of a ledger for the live view, in reads that are short.
///
/// A read ends before the next one begins, so that the writer can empty its log.
struct TopFeed {
    /// The most calls in flight that are listed.
    private static let inFlightLimit = 1_000
    /// The age up to which calls in flight are looked for, in microseconds.
    private static let inFlightAge: Int64 = 86_400_000_000
    /// The longest time that the first read takes, in nanoseconds.
    private static let patience: Int64 = 2_000_000_000

    private let reader: LedgerReader
    private let filter: CallFilter
    private var tail: CallTail
    private var pending: [TopCall] = []
    /// The time from which on all calls are known, in microseconds since 1970.
    let coveredFrom: Int64

    /// Opens a ledger, and reads the calls that have ended lately.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - filter: The filter of calls.
    ///   - length: The span to read in microseconds.
    ///   - clock: The clock.
    /// - Throws: A `LedgerError`.
    init(path: String, filter: CallFilter, length: Int64, clock: any UsageClock) throws {
        reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        self.filter = filter
        var query = CallsQuery()
        query.filter = filter
        // The tail comes first, so that no call that ends meanwhile is missed; the list drops those that are in both.
        tail = try CallTail(query, of: reader)
        let from = clock.wallMicroseconds - length
        let deadline = clock.monotonicNanoseconds + Self.patience
        query.order = .newestFirst
        var found: [TopCall] = []
        var covered = from
        try reader.calls(query) { record in
            if record.outcome != .open { found.append(TopCall(record)) }
            if found.count >= TopWindow.capacity || clock.monotonicNanoseconds > deadline {
                covered = max(from, record.startedAtMicroseconds)
                return false
            }
            // Calls that started before the span may have ended in it.
            return found.count < TopWindow.kept || record.startedAtMicroseconds > from - 600_000_000
        }
        coveredFrom = covered
        pending = found.sorted { $0.endedAt < $1.endedAt }
    }

    /// Returns the calls that have ended since the last time, and those in flight.
    ///
    /// - Parameter now: The time in microseconds since 1970.
    /// - Returns: The calls.
    /// - Throws: A `LedgerError`.
    mutating func next(now: Int64) throws -> TopModel.Data {
        var data = TopModel.Data()
        let ended = try tail.next(of: reader).map(TopCall.init(_:))
        let known = Set(pending.lazy.map(\.id))
        data.ended = pending + ended.filter { !known.contains($0.id) }.sorted { $0.endedAt < $1.endedAt }
        pending = []
        var query = CallsQuery()
        query.filter = filter
        query.filter.conditions.removeAll { [.outcome, .status, .errorCode].contains($0.dimension) }
        query.filter.minimumDuration = nil
        query.filter.require(.outcome, [Outcome.open.rawValue])
        query.fromMicroseconds = now - Self.inFlightAge
        query.order = .newestFirst
        query.limit = Self.inFlightLimit
        data.inFlight = try reader.calls(query).map(TopCall.init(_:))
        return data
    }
}
