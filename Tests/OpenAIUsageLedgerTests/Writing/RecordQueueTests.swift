import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("The queue")
struct RecordQueueTests {
    @Test("Everything that is queued is taken at once, in its order")
    func order() {
        let queue = RecordQueue(capacity: 10, clock: SystemUsageClock())
        for number in 0..<5 { queue.add(Records.plain(number)) }
        queue.addOpen(Records.plain(5))
        let items = queue.take() ?? []
        var open = Records.plain(5)
        open.timing.duration = nil
        #expect(items.map(\.record) == (0..<5).map { Records.plain($0) } + [open])
        #expect(items.map(\.isOpen) == [false, false, false, false, false, true])
        #expect(queue.isIdle)
        #expect(queue.statistics.queued == 5)
    }

    @Test("What is being written still takes room, until it is settled")
    func room() {
        let queue = RecordQueue(capacity: 2, clock: SystemUsageClock())
        queue.add(Records.plain(0))
        queue.add(Records.plain(1))
        let items = queue.take() ?? []
        queue.add(Records.plain(2))
        #expect(queue.statistics.dropped[.queueFull] == 1)
        queue.resolve(items[0..<1], [.written], isCommit: true)
        queue.add(Records.plain(3))
        #expect(queue.statistics.queued == 2)
        queue.resolve(items[1..<2], [.dropped(.encodeError)], isCommit: true)
        let statistics = queue.statistics
        #expect(statistics.written == 1)
        #expect(statistics.dropped[.encodeError] == 1)
        #expect(statistics.commits == 2)
        #expect(statistics.isBalanced)
    }

    @Test("Records that are long take the room of many")
    func bytes() {
        let queue = RecordQueue(capacity: 1_000, capacityBytes: 100_000, clock: SystemUsageClock())
        var long = Records.plain(0)
        long.rawUsage = String(repeating: "1", count: 16_000)
        var accepted = 0
        while queue.statistics.totalDropped == 0 {
            long.id = CallID(rawValue: long.id.rawValue + 1)
            queue.add(long)
            accepted += 1
        }
        #expect(accepted == 7 && queue.statistics.dropped[.queueFull] == 1)
        queue.addOpen(long)
        let items = queue.take() ?? []
        #expect(items.count == 6)
        queue.resolve(items[..<1], [.written], isCommit: true)
        queue.add(long)
        queue.add(long)
        #expect(queue.statistics.queued == 6 && queue.statistics.totalDropped == 2)
        #expect(queue.statistics.isBalanced)
    }

    @Test("A stall names the reason of a full queue, and ends with the next commit")
    func stall() {
        let queue = RecordQueue(capacity: 1, clock: SystemUsageClock())
        queue.add(Records.plain(0))
        let items = queue.take() ?? []
        queue.noteFailure(LedgerError(.diskFull, "full"))
        queue.add(Records.plain(1))
        #expect(queue.statistics.dropped[.diskFull] == 1)
        queue.noteFailure(LedgerError(.busy, "locked"))
        queue.add(Records.plain(2))
        #expect(queue.statistics.dropped[.databaseLocked] == 1)
        queue.resolve(items[...], [.written], isCommit: true)
        queue.add(Records.plain(3))
        queue.add(Records.plain(4))
        #expect(queue.statistics.dropped[.queueFull] == 1)
        #expect(queue.statistics.errors == 2)
        #expect(queue.statistics.lastError == "locked")
        #expect(queue.statistics.isBalanced)
    }

    @Test("A closed queue gives out what it has, then nothing, and takes nothing more")
    func close() {
        let queue = RecordQueue(capacity: 5, clock: SystemUsageClock())
        queue.add(Records.plain(0))
        queue.close(deadline: .max)
        #expect(!queue.isPastDeadline)
        queue.add(Records.plain(1))
        #expect(queue.statistics.dropped[.shutdown] == 1)
        #expect(queue.take()?.count == 1)
        #expect(queue.take() == nil)
        queue.close(deadline: 0)
        #expect(queue.isPastDeadline)
    }

    @Test("A flush waits for what came before it, not for what comes after")
    func flush() async {
        let queue = RecordQueue(capacity: 5, clock: SystemUsageClock())
        await queue.flush()
        queue.add(Records.plain(0))
        let items = queue.take() ?? []
        queue.add(Records.plain(1))
        queue.resolve(items[...], [.written], isCommit: true)
        let rest = queue.take() ?? []
        queue.resolve(rest[...], [.written], isCommit: true)
        await queue.flush()
        #expect(queue.statistics.queued == 0)
        queue.finish()
        await queue.waitUntilFinished()
    }

    @Test("A queue of no capacity takes one record")
    func capacity() {
        #expect(RecordQueue(capacity: -3, clock: SystemUsageClock()).statistics.capacity == 1)
    }
}
