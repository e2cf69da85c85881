import Synchronization

/// The exchanges of a meter in flight; each is added when it begins, and removed before its record is delivered.
///
/// The states of the exchanges are linked to a list, so that adding and removing needs neither an allocation nor a
/// search.
///
/// The list retains the state of an exchange, but not the exchange itself, which ends when its caller releases it.
final class OpenExchanges: Sendable {
    /// The links of an exchange in the list, which are accessed under the list's lock only.
    struct Links {
        fileprivate unowned(unsafe) var previous: ExchangeState?
        fileprivate var next: ExchangeState?
        fileprivate var isListed = false
        fileprivate var isRecorded = false
    }

    /// SAFETY: `previous` is a state of the list, which retains each of its states until it is removed.
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

        /// Removes an exchange; false if another thread has removed it.
        mutating func leave(_ exchange: ExchangeState) -> Bool {
            let links = exchange.links
            guard links.isListed else { return false }
            exchange.links = Links()
            links.next?.links.previous = links.previous
            if let previous = links.previous { previous.links.next = links.next } else { first = links.next }
            count -= 1
            return true
        }

        /// Returns the results of a closure for the exchanges, without the `nil` ones.
        mutating func map<Result>(_ body: (inout List, ExchangeState) -> Result?) -> [Result] {
            var results: [Result] = []
            var entry = first
            while let exchange = entry {
                entry = exchange.links.next
                if let result = body(&self, exchange) { results.append(result) }
            }
            return results
        }
    }

    private let changed: (@Sendable (Endpoint, Int64) -> Void)?
    private let list = Mutex(List())
    /// A hook of tests between an exchange's removal from the list and its end, under the lock.
    private let betweenLeavingAndEnding: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - changed: Called with the endpoint of an exchange, and with 1 when it begins and -1 when it ends.
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

    /// The interim records of the exchanges that began before a time, one for each exchange.
    ///
    /// - Parameter latest: The time, in monotonic nanoseconds.
    /// - Returns: The records of exchanges for which this method has not returned one before.
    func openRecords(startedBefore latest: Int64) -> [CallRecord] {
        list.withLock { list in
            list.map { _, exchange -> CallRecord? in
                guard !exchange.links.isRecorded, exchange.startedAt <= latest else { return nil }
                let record = exchange.openRecord()
                // An attempt that may still be withdrawn has no record yet.
                exchange.links.isRecorded = record != nil
                return record
            }
        }
    }

    /// Ends all exchanges, and returns the records of those that had not ended, with the receivers of recorded ones.
    func end(_ ending: TransportEnd) -> [(record: CallRecord, recorder: RecordedAttemptSink?)] {
        var endpoints: [Endpoint] = []
        let records = list.withLock { list in
            list.map { list, exchange -> (record: CallRecord, recorder: RecordedAttemptSink?)? in
                guard list.leave(exchange) else { return nil }
                endpoints.append(exchange.endpoint)
                betweenLeavingAndEnding?()
                // An exchange that another thread has ended at the same time has delivered its record already.
                guard let record = exchange.take(ending)?.finished() else { return nil }
                return (record, exchange.recorder)
            }
        }
        for endpoint in endpoints { changed?(endpoint, -1) }
        return records
    }
}
