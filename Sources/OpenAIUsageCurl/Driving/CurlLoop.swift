import CCurl
import OpenAIUsage
import Synchronization

/// The work on transfers: it carries out orders, lets libcurl work, and waits for the network.
///
/// SAFETY: it is used by the driving thread and by callers who begin a transfer, by whosever turn it is; the lock of the
/// mailbox is between them.
final class CurlLoop: @unchecked Sendable {
    private let mailbox: CommandQueue
    private let settings: CurlSettings
    private let pool: EasyHandlePool
    private let round = CurlRound()
    private let clock = SystemUsageClock()
    private var multi: MultiHandle?
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var queue: ConnectionQueue<CurlTransfer>
    /// The number of transfers in the queue, for others to read.
    private let waiting = Atomic<Int>(0)
    /// The error with which waiting for the network has ended.
    private var pollFailure: CURLMcode?
    /// Transfers that are over, whose handles are not cleared yet.
    private var ended: [CurlTransfer] = []
    /// When a transfer may be due at the earliest.
    private var nextDeadline = Int64.max

    init(multi: MultiHandle, mailbox: CommandQueue, settings: CurlSettings, pool: EasyHandlePool) {
        self.multi = multi
        self.mailbox = mailbox
        self.settings = settings
        self.pool = pool
        queue = ConnectionQueue(
            limit: settings.maximumConnections,
            originLimit: settings.maximumConnectionsPerHost,
            waitingLimit: settings.maximumWaitingCalls
        )
    }

    /// The number of transfers that wait for a connection; any thread may ask.
    var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// Works on the driving thread until the mailbox says that it is over.
    func run() {
        guard let multi else { return }
        while work(multi) {
            switch mailbox.rest(hasTransfers: !transfers.isEmpty) {
            case .work: break
            case .network:
                let code = settings.functions.poll(multi.pointer, milliseconds)
                if code != CURLM_OK { pollFailure = code }
            case .turn: mailbox.awaitTurn()
            }
        }
        close(multi)
    }

    /// Begins a caller's transfer on its own thread, whose turn it is, and gives the turn to the driving thread.
    func begin() {
        if let multi {
            var signals = sigset_t()
            ccurl_block_signals(&signals)
            _ = work(multi)
            ccurl_restore_signals(&signals)
        }
        mailbox.passTurn(hasTransfers: !transfers.isEmpty)
    }

    /// Does what there is to do without waiting; whether there will be more.
    private func work(_ multi: MultiHandle) -> Bool {
        round.time = clock.monotonicNanoseconds
        let (posted, isStopping) = mailbox.take()
        for transfer in posted { carryOut(transfer, multi) }
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
        // Callers are woken first, and what they do not wait for is done meanwhile.
        nextDeadline = min(nextDeadline, round.end(settings.idleNanoseconds))
        clear(multi)
        return true
    }

    // MARK: - Orders

    private func carryOut(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let orders = transfer.takeOrders()
        if orders.contains(.remove) {
            remove(transfer, multi)
        } else if orders.contains(.start) {
            start(transfer, multi)
        } else if orders.contains(.unpause) {
            unpause(transfer, multi)
        }
    }

    private func start(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        transfer.mark.round = round
        transfer.mark.touch(transfer)
        guard let origin = transfer.origin else { return add(transfer, multi) }
        // Whoever waits for the place of one that has just ended comes first.
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

    /// Hands a transfer to libcurl, which has a place for it.
    private func add(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let handle = transfer.handle.pointer
        transfers[handle] = transfer
        let code = settings.functions.add(multi.pointer, handle)
        guard code != CURLM_OK else { return }
        forget(transfer)
        end(transfer, Self.failure("take the call", code))
    }

    /// Hands the transfers to libcurl that have waited for the places which there are.
    private func admit(_ multi: MultiHandle) {
        while let transfer = queue.admitNext() {
            transfer.begin(at: round.time)
            transfer.mark.touch(transfer)
            add(transfer, multi)
        }
    }

    /// Forgets a transfer that libcurl had, and gives back its place.
    private func forget(_ transfer: CurlTransfer) {
        transfers[transfer.handle.pointer] = nil
        if let origin = transfer.origin { queue.release(origin: origin) }
    }

    private func unpause(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        guard transfers[transfer.handle.pointer] === transfer else { return }
        // Whichever direction still has to wait says so again when it is asked.
        let code = settings.functions.resume(transfer.handle.pointer)
        transfer.mark.touch(transfer)
        guard code != CURLE_OK else { return }
        transfer.finish(
            TransportError(code, isAtProxy: false, detail: "")
                ?? TransportError(.failed, "libcurl does not go on with the call.")
        )
        remove(transfer, multi)
    }

    /// Takes a transfer out whose caller wants no more of it.
    private func remove(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        if queue.remove(transfer) { return end(transfer, nil) }
        // The handle of a transfer that is over may be another's.
        let handle = transfer.handle.pointer
        guard transfers[handle] === transfer else { return }
        forget(transfer)
        curl_multi_remove_handle(multi.pointer, handle)
        end(transfer, nil)
    }

    /// Ends all transfers, because libcurl has failed.
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

    /// A transfer is over, and its handle is free.
    private func end(_ transfer: CurlTransfer, _ error: TransportError?) {
        finish(transfer, error)
        pool.put(transfer.handle)
    }

    /// A transfer is over, and its caller is told.
    private func finish(_ transfer: CurlTransfer, _ error: TransportError?) {
        transfer.finish(error)
        transfer.mark.touch(transfer)
        transfer.mark.round = nil
    }

    // MARK: - Results

    /// Ends the transfers that libcurl has done with.
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

    /// Frees the handles of the transfers that libcurl has done with.
    private func clear(_ multi: MultiHandle) {
        for transfer in ended {
            curl_multi_remove_handle(multi.pointer, transfer.handle.pointer)
            pool.put(transfer.handle)
        }
        ended.removeAll(keepingCapacity: true)
    }

    /// Does what has become due.
    private func elapse(_ multi: MultiHandle) {
        guard nextDeadline <= round.time else { return }
        nextDeadline = .max
        for transfer in Array(transfers.values) + queue.waiting {
            switch transfer.elapse(settings.idleNanoseconds, at: round.time) {
            case .nothing: break
            case .orders: carryOut(transfer, multi)
            case .expiry: remove(transfer, multi)
            }
            transfer.mark.touch(transfer)
        }
    }

    /// How long the network may be waited for; libcurl's own timers shorten it.
    private var milliseconds: Int32 {
        guard nextDeadline < .max else { return .max }
        let nanoseconds = max(0, nextDeadline - clock.monotonicNanoseconds)
        return Int32(min(nanoseconds / 1_000_000 + 1, Int64(Int32.max)))
    }

    // MARK: - The end

    /// Ends what is open, and lets go of every connection.
    private func close(_ multi: MultiHandle) {
        let error = TransportError(.shutDown, "The transport was shut down.")
        for transfer in Array(transfers.values) + queue.waiting {
            transfer.abort(error)
            remove(transfer, multi)
        }
        waiting.store(0, ordering: .relaxed)
        _ = round.end(settings.idleNanoseconds)
        clear(multi)
        mailbox.close()
        pool.drain()
        self.multi = nil
    }
}
