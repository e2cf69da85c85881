import NIOCore
import Synchronization

/// The commit notices for the calls of one event loop; they wake the loop once for all that have arrived.
final class CommitMailbox: Sendable {
    private struct Word: Sendable {
        let call: NIOLoopBound<ProxiedCall>
        let generation: Int
    }

    private let eventLoop: any EventLoop
    private let words = Mutex<[Word]>([])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Returns the closure that the ledger's writer calls, on any thread, when a record is kept.
    func word(for call: ProxiedCall, generation: Int) -> @Sendable () -> Void {
        let word = Word(call: NIOLoopBound(call, eventLoop: eventLoop), generation: generation)
        return { self.post(word) }
    }

    private func post(_ word: Word) {
        let isFirst = words.withLock { words in
            words.append(word)
            return words.count == 1
        }
        if isFirst { eventLoop.execute { self.deliver() } }
    }

    private func deliver() {
        let words = self.words.withLock { words in
            defer { words = [] }
            return words
        }
        for word in words { word.call.value.handle(.committed(generation: word.generation)) }
        words.last?.call.value.flush()
    }
}
