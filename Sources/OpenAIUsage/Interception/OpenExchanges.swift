import Synchronization

/// The exchanges of a meter that are under way: each enters when it begins, and leaves before its record is handed on.
///
/// They are a list whose links they bear themselves, so that to enter and to leave takes neither memory nor a search.
///
/// The list holds the state of an exchange, and not the exchange itself, which ends when its caller lets go of it.
final class OpenExchanges: Sendable {
    /// An exchange's place in the list, which is read and written under the list's lock only.
    struct Links {
        fileprivate unowned(unsafe) var previous: ExchangeState?
        fileprivate var next: ExchangeState?
        fileprivate var isListed = false
        fileprivate var isRecorded = false
    }

    /// SAFETY: `previous` is a state of the list, which holds each of its states until it leaves.
    private struct List {
        var first: ExchangeState?
        var count = 0

        mutating func enter(_ exchange: ExchangeState) {
            exchange.links.isListed = true
            exchange.links.next = first
            first?.links.previous = exchange
            first = exchange
            count += 1
        }

        /// Removes an exchange; false if another thread has done so.
        mutating func leave(_ exchange: ExchangeState) -> Bool {
            let links = exchange.links
            guard links.isListed else { return false }
            exchange.links = Links()
            links.next?.links.previous = links.previous
            if let previous = links.previous { previous.links.next = links.next } else { first = links.next }
            count -= 1
            return true
        }

        /// Makes records of the exchanges, and of each only if the body returns one.
        mutating func records(_ body: (inout List, ExchangeState) -> CallRecord?) -> [CallRecord] {
            var records: [CallRecord] = []
            var entry = first
            while let exchange = entry {
                entry = exchange.links.next
                if let record = body(&self, exchange) { records.append(record) }
            }
            return records
        }
    }

    private let changed: (@Sendable (Endpoint, Int64) -> Void)?
    private let list = Mutex(List())
    /// A step of tests between an exchange's removal from the list and its end, under the lock.
    private let betweenLeavingAndEnding: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - changed: Told of each exchange's endpoint, with 1 when it begins and -1 when it ends.
    ///   - betweenLeavingAndEnding: Called in ``end(_:)`` for each exchange, by tests that let other threads run there.
    init(
        changed: (@Sendable (Endpoint, Int64) -> Void)?,
        betweenLeavingAndEnding: (@Sendable () -> Void)? = nil
    ) {
        self.changed = changed
        self.betweenLeavingAndEnding = betweenLeavingAndEnding
    }

    var count: Int { list.withLock { $0.count } }

    func add(_ exchange: ExchangeState) {
        changed?(exchange.endpoint, 1)
        list.withLock { $0.enter(exchange) }
    }

    func remove(_ exchange: ExchangeState) {
        if list.withLock({ $0.leave(exchange) }) { changed?(exchange.endpoint, -1) }
    }

    /// Interim records of the exchanges that began before a time, of each once.
    ///
    /// - Parameter latest: Monotonic nanoseconds.
    /// - Returns: The records.
    func openRecords(startedBefore latest: Int64) -> [CallRecord] {
        list.withLock { list in
            list.records { _, exchange in
                guard !exchange.links.isRecorded, exchange.startedAt <= latest else { return nil }
                exchange.links.isRecorded = true
                return exchange.openRecord()
            }
        }
    }

    /// Ends all exchanges, and returns the records of those that had not ended.
    func end(_ ending: TransportEnd) -> [CallRecord] {
        var endpoints: [Endpoint] = []
        let records = list.withLock { list in
            list.records { list, exchange in
                guard list.leave(exchange) else { return nil }
                endpoints.append(exchange.endpoint)
                betweenLeavingAndEnding?()
                // One that another thread has ended at the same time has handed on its record already.
                return exchange.take(ending)?.finished()
            }
        }
        for endpoint in endpoints { changed?(endpoint, -1) }
        return records
    }
}
