import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Retention")
struct RetentionTests {
    private static let day: Int64 = 86_400_000_000
    private static let hour: Int64 = 3_600_000_000

    private static func options(keep: Duration? = nil, bytes: Int64? = nil) -> LedgerOptions {
        var options = LedgerOptions()
        (options.keep, options.keepBytes) = (keep, bytes)
        return options
    }

    @Test("Calls are pruned by age, a quarter of an hour at a time")
    func age() throws {
        let retention = try #require(Retention(Self.options(keep: .seconds(86_400))))
        let now = Records.start + 10 * Self.day + 1_000_000
        func target(_ oldest: Int64?) -> Int64? {
            retention.target(Retention.State(oldest: oldest, bytes: .max, logBytes: 0), now: now)
        }
        #expect(target(nil) == nil)
        #expect(target(Records.start) == Records.start + 9 * Self.day)
        #expect(target(Records.start + 9 * Self.day - 1) == Records.start + 9 * Self.day)
        #expect(target(Records.start + 9 * Self.day) == nil)
    }

    @Test("Calls are pruned by size, an hour at a time, and never those of the last hour")
    func size() throws {
        var retention = try #require(Retention(Self.options(bytes: 1_000_000)))
        let now = Records.start + 10 * Self.hour
        func target(_ oldest: Int64, bytes: Int64, log: Int64 = 0) -> Int64? {
            retention.target(Retention.State(oldest: oldest, bytes: bytes, logBytes: log), now: now)
        }
        #expect(target(Records.start, bytes: 1_000_000) == nil)
        #expect(target(Records.start, bytes: 1_000_001) == Records.start + Self.hour)
        #expect(target(Records.start + 5, bytes: 1_000_001) == Records.start + Self.hour)
        #expect(target(Records.start + 9 * Self.hour - 1, bytes: 9_000_000) == now - Self.hour)
        #expect(target(now - Self.hour, bytes: 9_000_000) == nil)
        // The log shrinks by itself, and is not paid for with rows.
        #expect(target(Records.start, bytes: 50_000_000, log: 49_500_000) == nil)
        #expect(target(Records.start, bytes: 50_000_000, log: 49_200_000) == Records.start + Self.hour)
        let state = Retention.State(oldest: now, bytes: 9_000_000, logBytes: 0)
        let notes = retention.notes(state)
        #expect(notes == [.tooSmall(bytes: 9_000_000, limit: 1_000_000)])
        #expect(notes.first?.isWarning == true)
        let repeated = retention.notes(state)
        #expect(repeated == [])
    }

    @Test("A ledger that keeps everything has no retention, and endless spans do not overflow")
    func bounds() throws {
        #expect(Retention(LedgerOptions()) == nil)
        let retention = try #require(Retention(Self.options(keep: .seconds(Int64.max))))
        let state = Retention.State(oldest: 0, bytes: 0, logBytes: 0)
        #expect(retention.target(state, now: Records.start) == nil)
    }

    @Test("Steps grow while they are short, shrink when they are long, and rest twice as long as they took")
    func pace() {
        var pace = PruneThrottle()
        var now: Int64 = 0
        for _ in 0..<10 {
            pace.note(start: now, end: now + 100_000)
            #expect(pace.nextStep - (now + 100_000) == PruneThrottle.shortestRest)
            now = pace.nextStep
        }
        #expect(pace.size == 256)
        pace.note(start: now, end: now + 1_500_000)
        #expect(pace.size == 256 && pace.nextStep == now + 4_500_000)
        for _ in 0..<10 { pace.note(start: now, end: now + 5_000_000) }
        #expect(pace.size == 16)
        // A share of at most a third, however long a step takes.
        pace.note(start: 0, end: 400_000_000)
        #expect(pace.nextStep == 1_200_000_000)
    }

    @Test("A writer prunes by itself, also what ends late, and calls go on")
    func writer() async throws {
        let folder = TemporaryFolder()
        let clock = ManualClock(Records.start + 2 * Self.day)
        let notes = Collector<RetentionEvent>()
        var options = Self.options(keep: .seconds(86_400))
        options.clock = clock
        options.idleMilliseconds = 1
        options.retentionObserver = { notes.append($0) }
        let old = (0..<2_000).map { Records.plain($0, at: Records.start + Int64($0) * 1_000_000) }
        try await fill(folder, old)
        let ledger = try Ledger(path: folder.ledger, options: options)
        var number = 2_000
        // Steps are put off by a clock that stands still.
        while notes.all.isEmpty {
            ledger.record(Records.plain(number, at: clock.wallMicroseconds))
            await ledger.flush()
            number += 1
            clock.advance(microseconds: 1_000)
        }
        guard case .pruned(let report)? = notes.all.first else {
            Issue.record("\(notes.all)")
            return
        }
        #expect(
            report.calls == 2_000
                && report.beforeMicroseconds == PruneBoundary.quarter(of: clock.wallMicroseconds - Self.day)
        )
        // Rows went in steps of 256 at most, and a record came through between any two.
        #expect(number - 2_000 >= 2_000 / 256)
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().calls == Int64(number))
        #expect(try reader.calls(CallsQuery()).count == number - 2_000)
        await ledger.close()
        #expect(ledger.statistics.errors == 0 && ledger.statistics.isBalanced)
    }

    @Test("A ledger is held at its size, with the oldest calls going first")
    func writerBySize() async throws {
        let folder = TemporaryFolder()
        let clock = ManualClock(Records.start + 2 * Self.day)
        let notes = Collector<RetentionEvent>()
        try await fill(folder, (0..<20_000).map { Records.plain($0, at: Records.start + Int64($0) * 4_000_000) })
        let size = try #require(LedgerFile.size(folder.ledger))
        var options = Self.options(bytes: size * 3 / 4)
        options.clock = clock
        options.idleMilliseconds = 1
        options.retentionObserver = { notes.append($0) }
        let ledger = try Ledger(path: folder.ledger, options: options)
        func used() throws -> Int64 {
            try LedgerReader(path: folder.ledger).read { database, _ in
                let pages = try PruneRun.Pages(database)
                return (pages.count - pages.free) * pages.size
            }
        }
        var looks = 0
        while try looks < 1_000 && used() > size * 3 / 4 {
            looks += 1
            for _ in 0..<20 {
                ledger.record(Records.plain(30_000, at: clock.wallMicroseconds))
                await ledger.flush()
                clock.advance(seconds: 1)
            }
        }
        #expect(try used() <= size * 3 / 4)
        await ledger.close()
        let oldest = try #require(try LedgerReader(path: folder.ledger).calls(CallsQuery()).first)
        #expect(
            oldest.startedAtMicroseconds > Records.start + Self.hour
                && oldest.startedAtMicroseconds < Records.start + 20 * Self.hour
        )
    }
}
