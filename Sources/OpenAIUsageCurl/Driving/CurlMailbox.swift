import CCurl
import Synchronization

/// What callers have for the driving thread.
///
/// It is the transfers that have orders, each of them at most once, and the word to stop. So it never holds more than there
/// are calls.
final class CurlMailbox: Sendable {
    private struct State {
        var transfers: [CurlTransfer] = []
        var isStopping = false
        /// Whether the driving thread waits for the network, so that it has to be woken.
        var isAsleep = false
        var multi: MultiHandle?

        /// The handle that wakes the driving thread, if it has to be woken to look into the mailbox.
        mutating func takeSleeper() -> MultiHandle? {
            guard isAsleep else { return nil }
            isAsleep = false
            return multi
        }
    }

    private let state: Mutex<State>

    init(_ multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// Puts a transfer in; `false` if nobody will take it out.
    func post(_ transfer: CurlTransfer) -> Bool {
        let (isTaken, sleeper) = state.withLock { state -> (Bool, MultiHandle?) in
            guard !state.isStopping else { return (false, nil) }
            state.transfers.append(transfer)
            return (true, state.takeSleeper())
        }
        Self.wake(sleeper)
        return isTaken
    }

    /// Tells the driving thread to end; it takes no more transfers.
    func stop() {
        let sleeper = state.withLock { state in
            state.isStopping = true
            return state.takeSleeper()
        }
        Self.wake(sleeper)
    }

    /// Wakes the driving thread, outside the lock, at which the thread would have to wait at once.
    private static func wake(_ sleeper: MultiHandle?) {
        if let sleeper { curl_multi_wakeup(sleeper.pointer) }
    }

    // MARK: - The driving thread

    /// Takes out what is there.
    func take() -> (transfers: [CurlTransfer], isStopping: Bool) {
        state.withLock { state in
            defer { state.transfers = [] }
            state.isAsleep = false
            return (state.transfers, state.isStopping)
        }
    }

    /// Whether there is nothing to do, so that the thread may wait for the network; whoever comes now wakes it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.transfers.isEmpty && !state.isStopping
            return state.isAsleep
        }
    }

    /// Forgets the handle that wakes the thread, which goes away.
    func close() {
        state.withLock { $0.multi = nil }
    }
}
