import CCurl
import Dispatch
import Synchronization

/// The commands of callers for the driver thread, and the driver role: the right to use libcurl's multi handle.
///
/// The queue holds each transfer with pending actions at most once, and the request to stop, so its length is bounded by the
/// number of calls.
///
/// While there is no transfer, the role is free. The next caller takes it and starts its transfer on its own thread, since
/// waking a thread takes longer than sending a request. It then passes the role to the driver thread.
final class CommandQueue: Sendable {
    /// The result of posting a transfer.
    enum Posting {
        /// The queue is stopping; the transfer will not be processed.
        case refused
        /// The holder of the driver role will process the transfer.
        case isTaken
        /// The caller holds the driver role and has to process the transfer.
        case driverRole
    }

    /// The next step of the driver thread.
    enum Rest {
        case work
        /// Wait for the network; posting a transfer interrupts the wait.
        case network
        /// Wait for the driver role.
        case driverRole
    }

    private enum Holder {
        case driver
        /// Held by the driver thread, which waits for the network.
        case network
        case caller
        case nobody
    }

    private struct State {
        var transfers: [CurlTransfer] = []
        var isStopping = false
        var holder = Holder.driver
        var multi: MultiHandle?

        /// Gives the role to the driver thread if it sleeps, and returns how to wake it; `nil` if a running holder of the role
        /// will see the queue.
        mutating func takeSleeper() -> Sleeper? {
            switch holder {
            case .driver, .caller: return nil
            case .network:
                holder = .driver
                return multi.map { .network($0) }
            case .nobody:
                holder = .driver
                return .driverRole
            }
        }
    }

    /// The place where the driver thread sleeps.
    private enum Sleeper {
        case network(MultiHandle)
        case driverRole
    }

    private let state: Mutex<State>
    /// Signals the driver thread that it holds the role.
    private let handover = DispatchSemaphore(value: 0)

    init(_ multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// Appends a transfer and wakes the driver thread if needed.
    ///
    /// - Parameters:
    ///   - transfer: The transfer.
    ///   - takesDriverRole: True if the caller takes the driver role if it is free.
    /// - Returns: The party that processes the transfer.
    func post(_ transfer: CurlTransfer, takesDriverRole: Bool) -> Posting {
        let (posting, sleeper) = state.withLock { state -> (Posting, Sleeper?) in
            guard !state.isStopping else { return (.refused, nil) }
            state.transfers.append(transfer)
            if takesDriverRole, case .nobody = state.holder {
                state.holder = .caller
                return (.driverRole, nil)
            }
            return (.isTaken, state.takeSleeper())
        }
        wake(sleeper)
        return posting
    }

    /// Asks the driver thread to end; later transfers are refused.
    func stop() {
        let sleeper = state.withLock { state in
            state.isStopping = true
            return state.takeSleeper()
        }
        wake(sleeper)
    }

    /// Wakes the driver thread, outside the lock on which it would block at once.
    private func wake(_ sleeper: Sleeper?) {
        switch sleeper {
        case .network(let multi): curl_multi_wakeup(multi.pointer)
        case .driverRole: handover.signal()
        case nil: break
        }
    }

    // MARK: - The driver role

    /// Removes and returns the posted transfers.
    func take() -> (transfers: [CurlTransfer], isStopping: Bool) {
        state.withLock { state in
            defer { state.transfers = [] }
            if case .network = state.holder { state.holder = .driver }
            return (state.transfers, state.isStopping)
        }
    }

    /// Returns the next step of the driver thread, which holds the role, and frees the role if there is nothing to do.
    func rest(hasTransfers: Bool) -> Rest {
        state.withLock { state in
            guard state.transfers.isEmpty, !state.isStopping else { return .work }
            state.holder = hasTransfers ? .network : .nobody
            return hasTransfers ? .network : .driverRole
        }
    }

    /// Blocks the driver thread until it holds the role.
    func awaitDriverRole() { handover.wait() }

    /// Ends a caller's hold of the role, and passes it to the driver thread if there is work.
    func passDriverRole(hasTransfers: Bool) {
        let isPassed = state.withLock { state in
            let isNeeded = hasTransfers || !state.transfers.isEmpty || state.isStopping
            state.holder = isNeeded ? .driver : .nobody
            return isNeeded
        }
        if isPassed { handover.signal() }
    }

    /// Releases the multi handle, which is about to be closed.
    func close() {
        state.withLock { $0.multi = nil }
    }
}
