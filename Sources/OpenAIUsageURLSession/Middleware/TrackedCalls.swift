import OpenAIUsage

/// The calls in flight of a client that does not report every end, with the time of their last activity.
struct TrackedCalls {
    private struct Entry {
        let exchange: Exchange
        var lastHeard: Int64
        var isStreaming = false
    }

    private let idleLimit: Int64
    private let maximumCount: Int
    private var entries: [String: Entry] = [:]
    private var nextSweep: Int64 = 0

    /// Creates an empty collection.
    ///
    /// - Parameters:
    ///   - idleLimit: The time in nanoseconds without activity after which a call counts as ended.
    ///   - maximumCount: The maximum number of calls in flight.
    init(idleLimit: Int64, maximumCount: Int) {
        self.idleLimit = idleLimit
        self.maximumCount = maximumCount
    }

    var count: Int { entries.count }

    /// Adds a call.
    ///
    /// - Returns: The call with the oldest activity, if it had to be removed to stay within the maximum.
    mutating func add(_ exchange: Exchange, at now: Int64) -> Exchange? {
        entries[exchange.id.description] = Entry(exchange: exchange, lastHeard: now)
        guard entries.count > maximumCount,
            let oldest = entries.min(by: { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) })
        else { return nil }
        return entries.removeValue(forKey: oldest.key)?.exchange
    }

    /// Records activity of a call.
    ///
    /// - Returns: The call, and true if this is the first piece of its stream; `nil` for an unknown call.
    mutating func hear(_ id: String, at now: Int64) -> (exchange: Exchange, isFirst: Bool)? {
        guard var entry = entries[id] else { return nil }
        let isFirst = !entry.isStreaming
        entry.isStreaming = true
        entry.lastHeard = now
        entries[id] = entry
        return (entry.exchange, isFirst)
    }

    mutating func remove(_ id: String) -> Exchange? { entries.removeValue(forKey: id)?.exchange }

    /// Removes and returns the calls that have exceeded the idle limit; checks at most every tenth of the limit.
    mutating func sweep(at now: Int64) -> [Exchange] {
        guard now >= nextSweep else { return [] }
        nextSweep = now + idleLimit / 10
        let ended = entries.filter { now - $0.value.lastHeard >= idleLimit }
        for id in ended.keys { entries[id] = nil }
        return ended.sorted { $0.key < $1.key }.map(\.value.exchange)
    }

    mutating func removeAll() -> [Exchange] {
        defer { entries = [:] }
        return entries.sorted { $0.key < $1.key }.map(\.value.exchange)
    }
}
