import NIOCore
import Synchronization

/// The last exchanges, bounded in number and in bytes.
final class Journal: Sendable {
    private struct Waiter {
        var identifier: UInt64
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var exchanges = CircularBuffer<SimulatedExchange>()
        var bodyBytes = 0
        var recorded = 0
        var waiters: [Waiter] = []
        var nextWaiter: UInt64 = 0
    }

    private let capacity: Int
    private let bodyCapacity: Int
    private let state = Mutex(State())

    /// Creates an empty journal.
    ///
    /// - Parameters:
    ///   - capacity: The maximum number of exchanges.
    ///   - bodyCapacity: The maximum size of all request bodies, in bytes.
    init(capacity: Int, bodyCapacity: Int = 256 << 20) {
        self.capacity = capacity
        self.bodyCapacity = bodyCapacity
    }

    /// The exchanges, in the order in which they ended.
    var exchanges: [SimulatedExchange] {
        state.withLock { Array($0.exchanges) }
    }

    /// Appends an exchange that has ended.
    func record(_ exchange: SimulatedExchange) {
        let ready = state.withLock { state -> [Waiter] in
            state.exchanges.append(exchange)
            state.bodyBytes += exchange.body.count
            while state.exchanges.count > capacity || state.bodyBytes > bodyCapacity,
                let oldest = state.exchanges.popFirst()
            {
                state.bodyBytes -= oldest.body.count
            }
            state.recorded += 1
            guard !state.waiters.isEmpty else { return [] }
            let recorded = state.recorded
            let ready = state.waiters.filter { $0.count <= recorded }
            state.waiters.removeAll { $0.count <= recorded }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Marks an exchange whose last bytes did not reach the client.
    func markClosedEarly(number: UInt64) {
        state.withLock { state in
            guard let index = state.exchanges.lastIndex(where: { $0.number == number }) else { return }
            state.exchanges[index].clientClosedEarly = true
        }
    }

    /// Waits until that many exchanges have ended since the start, or the task is canceled.
    func wait(forExchanges count: Int) async {
        let identifier = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.recorded >= count || Task.isCancelled { return true }
                    state.waiters.append(Waiter(identifier: identifier, count: count, continuation: continuation))
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.identifier == identifier }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume()
        }
    }
}
