import OpenAIUsage

/// The calls whose end a client does not tell, with when each was heard of last.
struct OpenCalls {
    private struct Entry {
        let exchange: Exchange
        var lastHeard: Int64
        var isStreaming = false
    }

    private let idleLimit: Int64
    private let maximumCount: Int
    private var entries: [String: Entry] = [:]
    private var nextSweep: Int64 = 0

    /// Creates a register.
    ///
    /// - Parameters:
    ///   - idleLimit: After how many nanoseconds without a word a call has ended.
    ///   - maximumCount: How many calls may be open.
    init(idleLimit: Int64, maximumCount: Int) {
        self.idleLimit = idleLimit
        self.maximumCount = maximumCount
    }

    var count: Int { entries.count }

    /// Adds a call; the one that was heard of longest ago gives way if there are too many.
    mutating func add(_ exchange: Exchange, at now: Int64) -> Exchange? {
        entries[exchange.id.description] = Entry(exchange: exchange, lastHeard: now)
        guard entries.count > maximumCount,
            let oldest = entries.min(by: { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) })
        else { return nil }
        return entries.removeValue(forKey: oldest.key)?.exchange
    }

    /// A call of which something is heard, and whether it is the first piece of a stream.
    mutating func hear(_ id: String, at now: Int64) -> (exchange: Exchange, isFirst: Bool)? {
        guard var entry = entries[id] else { return nil }
        let isFirst = !entry.isStreaming
        entry.isStreaming = true
        entry.lastHeard = now
        entries[id] = entry
        return (entry.exchange, isFirst)
    }

    mutating func remove(_ id: String) -> Exchange? { entries.removeValue(forKey: id)?.exchange }

    /// Removes the calls of which nothing was heard for too long; it looks at most ten times in that time.
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
