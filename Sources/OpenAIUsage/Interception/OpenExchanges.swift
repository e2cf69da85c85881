import Synchronization

/// The exchanges of a meter that are under way: each enters when it begins, and leaves with its record.
final class OpenExchanges: UsageSink {
    /// An exchange, which is not kept alive.
    private struct Entry {
        weak var exchange: Exchange?
        let startedAt: Int64
        var isRecorded = false
    }

    private let sink: any UsageSink
    private let changed: (@Sendable (Endpoint, Int64) -> Void)?
    private let entries = Mutex<[CallID: Entry]>([:])

    /// - Parameters:
    ///   - sink: Where records go.
    ///   - changed: Told of each exchange's endpoint, with 1 when it begins and -1 when it ends.
    init(sink: any UsageSink, changed: (@Sendable (Endpoint, Int64) -> Void)?) {
        self.sink = sink
        self.changed = changed
    }

    var count: Int { entries.withLock { $0.count } }

    func add(_ exchange: Exchange, at now: Int64) {
        changed?(exchange.endpoint, 1)
        entries.withLock { $0[exchange.id] = Entry(exchange: exchange, startedAt: now) }
    }

    func record(_ record: CallRecord) {
        entries.withLock { _ = $0.removeValue(forKey: record.id) }
        changed?(record.endpoint, -1)
        sink.record(record)
    }

    func recordOpen(_ record: CallRecord) {
        sink.recordOpen(record)
    }

    /// The exchanges that began before a time and were not given out by this method before.
    ///
    /// - Parameter latest: Monotonic nanoseconds.
    /// - Returns: The exchanges, kept alive for as long as they are held.
    func unrecorded(startedBefore latest: Int64) -> [Exchange] {
        entries.withLock { entries in
            var exchanges: [Exchange] = []
            for index in entries.indices {
                let entry = entries.values[index]
                guard !entry.isRecorded, entry.startedAt <= latest, let exchange = entry.exchange else { continue }
                exchanges.append(exchange)
                entries.values[index].isRecorded = true
            }
            return exchanges
        }
    }

    var all: [Exchange] { entries.withLock { $0.values.compactMap(\.exchange) } }
}
