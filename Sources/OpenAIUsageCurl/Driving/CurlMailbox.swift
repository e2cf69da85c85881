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

        /// Has the driving thread look into the mailbox.
        mutating func wake() {
            guard isAsleep, let multi else { return }
            isAsleep = false
            curl_multi_wakeup(multi.pointer)
        }
    }

    private let state: Mutex<State>

    init(_ multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// Puts a transfer in; `false` if nobody will take it out.
    func post(_ transfer: CurlTransfer) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.transfers.append(transfer)
            state.wake()
            return true
        }
    }

    /// Tells the driving thread to end; it takes no more transfers.
    func stop() {
        state.withLock { state in
            state.isStopping = true
            state.wake()
        }
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
