import CCurl
import OpenAIUsage
import Synchronization

/// The event loop: it carries out the actions of transfers, lets libcurl work, and waits for the network.
///
/// SAFETY: the driver thread and callers that start a transfer use it, each only while holding the driver role; the lock of
/// the command queue actions their accesses.
final class CurlLoop: @unchecked Sendable {
    private let commandQueue: CommandQueue
    private let settings: CurlSettings
    private let pool: EasyHandlePool
    private let round = CurlRound()
    private let clock = SystemUsageClock()
    private var multi: MultiHandle?
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var queue: ConnectionQueue<CurlTransfer>
    /// The number of transfers in the queue, published to other threads.
    private let waiting = Atomic<Int>(0)
    /// The error of the last wait for the network, until the next round reports it.
    private var pollFailure: CURLMcode?
    /// Finished transfers whose handles are not yet removed from the multi handle.
    private var ended: [CurlTransfer] = []
    /// The earliest deadline of a transfer, in monotonic nanoseconds.
    private var nextDeadline = Int64.max

    init(multi: MultiHandle, commandQueue: CommandQueue, settings: CurlSettings, pool: EasyHandlePool) {
        self.multi = multi
        self.commandQueue = commandQueue
        self.settings = settings
        self.pool = pool
        queue = ConnectionQueue(
            limit: settings.maximumConnections,
            originLimit: settings.maximumConnectionsPerHost,
            waitingLimit: settings.maximumWaitingCalls
        )
    }

    /// The number of transfers that wait for a connection; safe to read from any thread.
    var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// Runs the loop on the driver thread until the command queue stops.
    func run() {
        guard let multi else { return }
        while work(multi) {
            switch commandQueue.rest(hasTransfers: !transfers.isEmpty) {
            case .work: break
            case .network:
                let code = settings.functions.poll(multi.pointer, milliseconds)
                if code != CURLM_OK { pollFailure = code }
            case .driverRole: commandQueue.awaitDriverRole()
            }
        }
        close(multi)
    }

    /// Starts a caller's transfer on its own thread, which holds the driver role, and passes the role to the driver thread.
    func begin() {
        if let multi {
            var signals = sigset_t()
            ccurl_block_signals(&signals)
            _ = work(multi)
            ccurl_restore_signals(&signals)
        }
        commandQueue.passDriverRole(hasTransfers: !transfers.isEmpty)
    }

    /// Runs one round without waiting.
    ///
    /// - Returns: False if the queue is stopping.
    private func work(_ multi: MultiHandle) -> Bool {
        round.time = clock.monotonicNanoseconds
        let (posted, isStopping) = commandQueue.take()
        for transfer in posted { perform(transfer, multi) }
        if isStopping { return false }
        if let code = pollFailure {
            pollFailure = nil
            failAll(multi, "wait for the network", code)
        }
        let code = settings.functions.perform(multi.pointer)
        if code == CURLM_OK { settle(multi) } else { failAll(multi, "work on its calls", code) }
        elapse(multi)
        admit(multi)
        waiting.store(queue.waitingCount, ordering: .relaxed)
        // Callers are woken before the handles are cleared, since they do not depend on that.
        nextDeadline = min(nextDeadline, round.end(settings.idleNanoseconds))
        clear(multi)
        return true
    }

    // MARK: - Actions

    private func perform(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let actions = transfer.takeOrders()
        if actions.contains(.remove) {
            remove(transfer, multi)
        } else if actions.contains(.start) {
            start(transfer, multi)
        } else if actions.contains(.unpause) {
            unpause(transfer, multi)
        }
    }

    private func start(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        transfer.mark.round = round
        transfer.mark.touch(transfer)
        guard let origin = transfer.origin else { return add(transfer, multi) }
        // Transfers that wait for the place of one that has just ended go first.
        admit(multi)
        switch queue.enter(transfer, origin: origin) {
        case .admitted: add(transfer, multi)
        case .waits: transfer.awaitConnection()
        case .refused:
            end(
                transfer,
                TransportError(
                    .failed,
                    """
                    \(settings.maximumWaitingCalls) calls wait for a connection already; \
                    see CurlTransportConfiguration.maximumWaitingCalls and maximumConnections.
                    """,
                    isRequestUnsent: true
                )
            )
        }
    }

    /// Adds a transfer to the multi handle; it has been admitted.
    private func add(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let handle = transfer.handle.pointer
        transfers[handle] = transfer
        let code = settings.functions.add(multi.pointer, handle)
        guard code != CURLM_OK else { return }
        forget(transfer)
        end(transfer, Self.failure("take the call", code))
    }

    /// Adds the waiting transfers that the limits now allow.
    private func admit(_ multi: MultiHandle) {
        while let transfer = queue.admitNext() {
            transfer.begin(at: round.time)
            transfer.mark.touch(transfer)
            add(transfer, multi)
        }
    }

    /// Removes a transfer from those that libcurl has, and returns its place in the queue.
    private func forget(_ transfer: CurlTransfer) {
        transfers[transfer.handle.pointer] = nil
        if let origin = transfer.origin { queue.release(origin: origin) }
    }

    private func unpause(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        guard transfers[transfer.handle.pointer] === transfer else { return }
        // This resumes both directions; one that still has to wait pauses again in its callback.
        let code = settings.functions.resume(transfer.handle.pointer)
        transfer.mark.touch(transfer)
        guard code != CURLE_OK else { return }
        transfer.finish(
            TransportError(code, isAtProxy: false, detail: "")
                ?? TransportError(.failed, "libcurl does not go on with the call.")
        )
        remove(transfer, multi)
    }

    /// Removes a transfer whose caller has ended it.
    private func remove(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        if queue.remove(transfer) { return end(transfer, nil) }
        // The handle of a finished transfer may have been reused for another one.
        let handle = transfer.handle.pointer
        guard transfers[handle] === transfer else { return }
        forget(transfer)
        curl_multi_remove_handle(multi.pointer, handle)
        end(transfer, nil)
    }

    /// Fails all transfers after an error of the multi handle.
    private func failAll(_ multi: MultiHandle, _ what: String, _ code: CURLMcode) {
        let error = Self.failure(what, code)
        for transfer in Array(transfers.values) + queue.waiting {
            transfer.finish(error)
            remove(transfer, multi)
        }
    }

    private static func failure(_ what: String, _ code: CURLMcode) -> TransportError {
        let reason = String(cString: curl_multi_strerror(code))
        return TransportError(
            .failed,
            """
            libcurl failed to \(what): \(reason) (CURLMcode \(code.rawValue)). \
            The process may lack memory or descriptors; later calls are tried again.
            """
        )
    }

    /// Finishes a transfer and returns its handle to the pool.
    private func end(_ transfer: CurlTransfer, _ error: TransportError?) {
        finish(transfer, error)
        pool.put(transfer.handle)
    }

    /// Finishes a transfer for its caller.
    private func finish(_ transfer: CurlTransfer, _ error: TransportError?) {
        transfer.finish(error)
        transfer.mark.touch(transfer)
        transfer.mark.round = nil
    }

    // MARK: - Results

    /// Finishes the transfers that libcurl reports as done.
    private func settle(_ multi: MultiHandle) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = ccurl_message_result(message)
            guard let transfer = transfers[handle] else { continue }
            forget(transfer)
            if code == CURLE_OK {
                finish(transfer, nil)
            } else {
                let handle = transfer.handle
                var error = TransportError(code, isAtProxy: handle.isAtProxy, detail: handle.failure)
                if !handle.hasSentRequest { error?.isRequestUnsent = true }
                finish(transfer, error)
            }
            ended.append(transfer)
        }
    }

    /// Removes the handles of finished transfers, and returns them to the pool.
    private func clear(_ multi: MultiHandle) {
        for transfer in ended {
            curl_multi_remove_handle(multi.pointer, transfer.handle.pointer)
            pool.put(transfer.handle)
        }
        ended.removeAll(keepingCapacity: true)
    }

    /// Processes the deadlines that have passed.
    private func elapse(_ multi: MultiHandle) {
        guard nextDeadline <= round.time else { return }
        nextDeadline = .max
        for transfer in Array(transfers.values) + queue.waiting {
            switch transfer.elapse(settings.idleNanoseconds, at: round.time) {
            case .nothing: break
            case .actions: perform(transfer, multi)
            case .expiry: remove(transfer, multi)
            }
            transfer.mark.touch(transfer)
        }
    }

    /// The time limit for waiting for the network, in milliseconds; libcurl's own timers may shorten it.
    private var milliseconds: Int32 {
        guard nextDeadline < .max else { return .max }
        let nanoseconds = max(0, nextDeadline - clock.monotonicNanoseconds)
        return Int32(min(nanoseconds / 1_000_000 + 1, Int64(Int32.max)))
    }

    // MARK: - Shutdown

    /// Ends all transfers and releases all connections.
    private func close(_ multi: MultiHandle) {
        let error = TransportError(.shutDown, "The transport was shut down.")
        for transfer in Array(transfers.values) + queue.waiting {
            transfer.abort(error)
            remove(transfer, multi)
        }
        waiting.store(0, ordering: .relaxed)
        _ = round.end(settings.idleNanoseconds)
        clear(multi)
        commandQueue.close()
        pool.drain()
        self.multi = nil
    }
}
