import CCurl
import Dispatch
import Synchronization

/// What callers have for the driving thread, and who may use libcurl's multi handle.
///
/// It holds the transfers that have orders, each of them at most once, and the word to stop. So it never holds more than
/// there are calls.
///
/// While there is no transfer, it is nobody's turn. A caller who comes then takes it and begins its transfer itself, since
/// to wake a thread takes longer than to send a request, and then gives it to the driving thread.
final class CommandQueue: Sendable {
    /// What became of a transfer that was posted.
    enum Posting {
        /// Nobody will take it out.
        case refused
        /// The driving thread will.
        case isTaken
        /// It is the caller's turn now, who is to take it out.
        case turn
    }

    /// What the driving thread does next.
    enum Rest {
        case work
        /// Wait for the network; whoever comes wakes it.
        case network
        /// Wait for its turn.
        case turn
    }

    private enum Turn {
        case driver
        /// The driving thread's, which waits for the network.
        case network
        case caller
        case nobody
    }

    private struct State {
        var transfers: [CurlTransfer] = []
        var isStopping = false
        var turn = Turn.driver
        var multi: MultiHandle?

        /// What wakes the driving thread, if it has to be woken to look into the mailbox.
        mutating func takeSleeper() -> Sleeper? {
            switch turn {
            case .driver, .caller: return nil
            case .network:
                turn = .driver
                return multi.map { .network($0) }
            case .nobody:
                turn = .driver
                return .turn
            }
        }
    }

    /// Where the driving thread sleeps.
    private enum Sleeper {
        case network(MultiHandle)
        case turn
    }

    private let state: Mutex<State>
    /// Where the driving thread waits for its turn.
    private let handover = DispatchSemaphore(value: 0)

    init(_ multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// Puts a transfer in.
    ///
    /// - Parameters:
    ///   - transfer: The transfer.
    ///   - takesTurn: Whether the caller begins it itself if it is nobody's turn.
    /// - Returns: Who takes it out.
    func post(_ transfer: CurlTransfer, takesTurn: Bool) -> Posting {
        let (posting, sleeper) = state.withLock { state -> (Posting, Sleeper?) in
            guard !state.isStopping else { return (.refused, nil) }
            state.transfers.append(transfer)
            if takesTurn, case .nobody = state.turn {
                state.turn = .caller
                return (.turn, nil)
            }
            return (.isTaken, state.takeSleeper())
        }
        wake(sleeper)
        return posting
    }

    /// Tells the driving thread to end; it takes no more transfers.
    func stop() {
        let sleeper = state.withLock { state in
            state.isStopping = true
            return state.takeSleeper()
        }
        wake(sleeper)
    }

    /// Wakes the driving thread, outside the lock, at which the thread would have to wait at once.
    private func wake(_ sleeper: Sleeper?) {
        switch sleeper {
        case .network(let multi): curl_multi_wakeup(multi.pointer)
        case .turn: handover.signal()
        case nil: break
        }
    }

    // MARK: - Whose turn it is

    /// Takes out what is there.
    func take() -> (transfers: [CurlTransfer], isStopping: Bool) {
        state.withLock { state in
            defer { state.transfers = [] }
            if case .network = state.turn { state.turn = .driver }
            return (state.transfers, state.isStopping)
        }
    }

    /// What the driving thread does next, whose turn it is.
    func rest(hasTransfers: Bool) -> Rest {
        state.withLock { state in
            guard state.transfers.isEmpty, !state.isStopping else { return .work }
            state.turn = hasTransfers ? .network : .nobody
            return hasTransfers ? .network : .turn
        }
    }

    /// Waits until it is the driving thread's turn.
    func awaitTurn() { handover.wait() }

    /// Ends a caller's turn.
    func passTurn(hasTransfers: Bool) {
        let isPassed = state.withLock { state in
            let isNeeded = hasTransfers || !state.transfers.isEmpty || state.isStopping
            state.turn = isNeeded ? .driver : .nobody
            return isNeeded
        }
        if isPassed { handover.signal() }
    }

    /// Forgets the handle that wakes the thread, which goes away.
    func close() {
        state.withLock { $0.multi = nil }
    }
}
