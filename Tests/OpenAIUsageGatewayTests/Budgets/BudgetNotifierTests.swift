import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageGateway

@Suite("Messages on budgets")
struct BudgetNotifierTests {
    private func status(_ spent: Int128, at time: Int64 = 1_795_425_300_000_000) -> BudgetStatus {
        let budget = Budget(name: "search", amountPicoUSD: 1_000_000_000_000, unit: .day)
        var totals = ReportRow()
        totals.costPicoUSD = spent * 10_000_000_000
        return BudgetStatus(budget: budget, window: budget.window(at: time), totals: totals, time: time)
    }

    @Test("Each threshold is told once a window, the highest of several alone, and again in the next window")
    func once() throws {
        var notifier = BudgetNotifier(notes: [:])
        #expect(notifier.due([status(49)]).isEmpty)
        let first = try #require(notifier.due([status(55)]).first)
        #expect(first.notice.threshold == 50 && first.notice.kind == "budget_threshold")
        // It is due until it was sent.
        #expect(notifier.due([status(55)]) == [first])
        notifier.sent(first.name, first.note)
        #expect(notifier.due([status(60)]).isEmpty)
        let last = try #require(notifier.due([status(130)]).first)
        #expect(last.notice.threshold == 100)
        notifier.sent(last.name, last.note)
        #expect(notifier.due([status(140)]).isEmpty)
        // A correction that lowers the sum tells nothing again.
        #expect(notifier.due([status(90)]).isEmpty)
        #expect(notifier.due([status(55, at: 1_795_425_300_000_000 + 86_400_000_000)]).count == 1)
    }

    @Test("A clock that goes back tells nothing, and windows of another unit are not compared")
    func back() throws {
        let (now, day): (Int64, Int64) = (1_795_425_300_000_000, 86_400_000_000)
        var notifier = BudgetNotifier(notes: [BudgetNotifier.digestName: "2026-11-23T00:00:00Z"], digest: .day)
        let sent = try #require(notifier.due([status(85, at: now)]).first)
        #expect(sent.note == "2026-11-23 80 day")
        notifier.sent(sent.name, sent.note)
        #expect(notifier.due([status(130, at: now - day)]).isEmpty)
        #expect(notifier.due([status(130, at: now)]).count == 1)
        #expect(notifier.due([status(85, at: now + day)]).count == 1)
        #expect(!notifier.isDigestDue(at: "2026-11-22T00:00:00Z") && !notifier.isDigestDue(at: "2026-11-23T00:00:00Z"))
        #expect(notifier.isDigestDue(at: "2026-11-24T00:00:00Z") && !notifier.isFirstDigest)
        // The year's window starts before that of the day.
        let changed = BudgetNotifier(notes: ["budget:search": "2026-12-01 80 month"])
        #expect(changed.due([status(85, at: now)]).count == 1)
        let damaged = BudgetNotifier(notes: [BudgetNotifier.digestName: "???"], digest: .day)
        #expect(!damaged.isDigestDue(at: "2026-11-24T00:00:00Z") && damaged.isFirstDigest)
    }

    @Test("What was sent before a restart is not sent again")
    func restart() throws {
        let notifier = BudgetNotifier(notes: [:])
        let sent = try #require(notifier.due([status(85)]).first)
        let next = BudgetNotifier(notes: [sent.name: sent.note])
        #expect(next.due([status(86)]).isEmpty)
        #expect(next.due([status(100)]).first?.notice.id == "search/2026-11-23/100")
        // A note that is not understood counts as none.
        let damaged = BudgetNotifier(notes: [sent.name: "???"])
        #expect(damaged.due([status(86)]).count == 1)
    }

    @Test("A message has what is needed to act on it, in both shapes")
    func shapes() throws {
        let notice = BudgetNotice.threshold(80, status(81))
        #expect(notice.text.contains("$0.81 of $1.00") && notice.text.contains("(81 %)"))
        #expect(notice.json.contains(#""id":"search/2026-11-23/80""#))
        #expect(notice.json.contains(#""spent_usd":0.81"#) && notice.json.contains(#""amount_usd":1"#))
        #expect(notice.slack.hasPrefix(#"{"text":"Budget search"#))
        #expect(notice.slack.contains(#"\n(search/2026-11-23/80)""#))
        var mention = notice
        mention.text = "Budget <!channel> & co"
        #expect(mention.slack.contains("Budget &lt;!channel&gt; &amp; co"))
        #expect(BudgetNotice.threshold(100, status(219)).text.contains("(219 %)"))
        #expect(
            BudgetNotice.dollars(5_000_000_000) == "$0.01" && BudgetNotice.dollars(1_234_567_890_000_000) == "$1234.57"
        )
    }

    @Test("The watch reads the ledger, sends once, tries again what was not accepted, and remembers across restarts")
    func watch() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock(1_795_425_300_000_000)
        var options = LedgerOptions()
        options.clock = clock
        let ledger = try Ledger(path: folder.path("ledger.db"), options: options)
        var record = CallRecord(
            id: CallID(rawValue: 1_795_425_300_000_000 << 11),
            startedAt: 1_795_425_300_000_000,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/responses"
        )
        record.outcome = .completed
        record.cost = CallCost(picoUSD: 900_000_000_000, status: .exact)
        ledger.record(record)
        await ledger.flush()
        let sent = Mutex<[BudgetNotice]>([])
        let fails = Mutex(true)
        struct Refused: Error {}
        var settings = BudgetWatch.Settings()
        settings.budgets = [Budget(name: "all", amountPicoUSD: 1_000_000_000_000, unit: .month)]
        settings.digest = .day
        settings.send = { notice in
            if fails.withLock({ $0 }) { throw Refused() }
            sent.withLock { $0.append(notice) }
        }
        let told = Mutex<[String]>([])
        func watch() -> BudgetWatch {
            BudgetWatch(settings, ledger: ledger, clock: clock) { text in told.withLock { $0.append(text) } }
        }
        func step(_ watch: BudgetWatch, _ deliveries: inout BudgetWatch.Deliveries) async throws {
            try await watch.read()
            try await watch.deliver(&deliveries)
        }
        let first = watch()
        var deliveries = BudgetWatch.Deliveries()
        try await step(first, &deliveries)
        // It is told once that it fails, and tried again after 15 seconds.
        try await step(first, &deliveries)
        #expect(sent.withLock(\.isEmpty) && told.withLock(\.count) == 1)
        fails.withLock { $0 = false }
        try await step(first, &deliveries)
        #expect(sent.withLock(\.count) == 0)
        clock.advance(seconds: 15)
        try await step(first, &deliveries)
        try await step(first, &deliveries)
        #expect(told.withLock(\.count) == 2)
        #expect(sent.withLock { $0.map(\.id) } == ["all/2026-11-01/80"])
        #expect(first.latest.map(\.spentPicoUSD) == [900_000_000_000])
        // Another process over the same ledger.
        let second = watch()
        var other = BudgetWatch.Deliveries()
        try await step(second, &other)
        #expect(sent.withLock(\.count) == 1)
        clock.advance(seconds: 86_400)
        try await step(second, &other)
        try await step(second, &other)
        #expect(sent.withLock { $0.map(\.kind) } == ["budget_threshold", "budget_digest"])
        #expect(sent.withLock { $0.last?.text.contains("all: $0.90 of $1.00") } == true)
        await ledger.close()
    }
}
