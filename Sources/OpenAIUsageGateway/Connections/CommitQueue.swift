import NIOCore
import Synchronization

/// The commit notices for the calls of one event loop; they wake the loop once for all that have arrived.
final class CommitQueue: Sendable {
    private struct Notice: Sendable {
        let call: NIOLoopBound<ProxiedCall>
        let generation: Int
    }

    private let eventLoop: any EventLoop
    private let notices = Mutex<[Notice]>([])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Returns the closure that the ledger's writer calls, on any thread, when a record is kept.
    func waiter(for call: ProxiedCall, generation: Int) -> @Sendable () -> Void {
        let notice = Notice(call: NIOLoopBound(call, eventLoop: eventLoop), generation: generation)
        return { self.post(notice) }
    }

    private func post(_ notice: Notice) {
        let isFirst = notices.withLock { notices in
            notices.append(notice)
            return notices.count == 1
        }
        if isFirst { eventLoop.execute { self.deliver() } }
    }

    private func deliver() {
        let notices = self.notices.withLock { notices in
            defer { notices = [] }
            return notices
        }
        for notice in notices { notice.call.value.handle(.committed(generation: notice.generation)) }
        notices.last?.call.value.flush()
    }
}
