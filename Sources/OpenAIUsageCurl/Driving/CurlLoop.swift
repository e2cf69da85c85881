import CCurl
import OpenAIUsage

/// What the driving thread does: it carries out orders, lets libcurl work, and waits for the network.
///
/// SAFETY: it is made on a caller's thread and handed to the driving thread, which alone uses it from then on.
final class CurlLoop: @unchecked Sendable {
    private let mailbox: CurlMailbox
    private let settings: CurlSettings
    private let pool: EasyHandlePool
    private let round = CurlRound()
    private let clock = SystemUsageClock()
    private var multi: MultiHandle?
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// When a transfer may be due at the earliest.
    private var nextDeadline = Int64.max

    init(multi: MultiHandle, mailbox: CurlMailbox, settings: CurlSettings, pool: EasyHandlePool) {
        self.multi = multi
        self.mailbox = mailbox
        self.settings = settings
        self.pool = pool
    }

    /// Works until the mailbox says that it is over.
    func run() {
        guard let multi else { return }
        while true {
            round.time = clock.monotonicNanoseconds
            let (posted, isStopping) = mailbox.take()
            for transfer in posted { carryOut(transfer, multi) }
            if isStopping { break }
            var running: Int32 = 0
            curl_multi_perform(multi.pointer, &running)
            settle(multi)
            elapse(multi)
            nextDeadline = min(nextDeadline, round.end(settings.idleNanoseconds))
            if mailbox.fallAsleep() { curl_multi_poll(multi.pointer, nil, 0, milliseconds, nil) }
        }
        close(multi)
    }

    // MARK: - Orders

    private func carryOut(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let orders = transfer.takeOrders()
        if orders.contains(.remove) {
            remove(transfer, multi)
        } else if orders.contains(.start) {
            start(transfer, multi)
        } else if orders.contains(.unpause) {
            unpause(transfer)
        }
    }

    private func start(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        let handle = transfer.handle.pointer
        transfer.mark.round = round
        transfers[handle] = transfer
        let code = curl_multi_add_handle(multi.pointer, handle)
        guard code == CURLM_OK else {
            transfers[handle] = nil
            end(transfer, TransportError(.failed, "The call failed: \(String(cString: curl_multi_strerror(code)))."))
            return
        }
        transfer.mark.touch(transfer)
    }

    private func unpause(_ transfer: CurlTransfer) {
        guard transfers[transfer.handle.pointer] === transfer else { return }
        // Whichever direction still has to wait says so again when it is asked.
        curl_easy_pause(transfer.handle.pointer, CURLPAUSE_CONT)
        transfer.mark.touch(transfer)
    }

    /// Takes a transfer out whose caller wants no more of it.
    private func remove(_ transfer: CurlTransfer, _ multi: MultiHandle) {
        // The handle of a transfer that is over may be another's.
        let handle = transfer.handle.pointer
        guard transfers[handle] === transfer else { return }
        transfers[handle] = nil
        curl_multi_remove_handle(multi.pointer, handle)
        end(transfer, nil)
    }

    /// A transfer is over: its handle is free, and its caller is told.
    private func end(_ transfer: CurlTransfer, _ error: TransportError?) {
        transfer.finish(error)
        transfer.mark.touch(transfer)
        transfer.mark.round = nil
        pool.put(transfer.handle)
    }

    // MARK: - Results

    /// Ends the transfers that libcurl has done with.
    private func settle(_ multi: MultiHandle) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = ccurl_message_result(message)
            curl_multi_remove_handle(multi.pointer, handle)
            guard let transfer = transfers.removeValue(forKey: handle) else { continue }
            let isAtProxy = code != CURLE_OK && transfer.handle.isAtProxy
            end(transfer, TransportError(code, isAtProxy: isAtProxy, detail: transfer.handle.failure))
        }
    }

    /// Does what has become due.
    private func elapse(_ multi: MultiHandle) {
        guard nextDeadline <= round.time else { return }
        nextDeadline = .max
        for transfer in Array(transfers.values) {
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
        for transfer in Array(transfers.values) {
            transfer.abort(error)
            remove(transfer, multi)
        }
        _ = round.end(settings.idleNanoseconds)
        mailbox.close()
        pool.drain()
        self.multi = nil
    }
}
