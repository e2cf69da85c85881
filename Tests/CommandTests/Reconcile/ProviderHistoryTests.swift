import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct ProviderHistoryTests {
    private static let day: Int64 = 86_400
    private static let start: Int64 = 1_795_392_000
    private static let key = ProviderHistory.Key(kind: .costs, start: start, end: start + day)

    /// An answer some days after the end of the bucket.
    private static func bucket(_ days: Int64, _ count: Int) -> ProviderBucket {
        ProviderBucket(
            kind: .costs,
            start: start,
            end: start + day,
            results: [.number(String(count))],
            fetchedAt: (start + day + days * day) * 1_000_000
        )
    }

    private static func isSettled(_ history: ProviderHistory) -> Bool { history.isSettled(key, settling: 3 * day) }

    @Test
    func `A day has settled when it has stayed the same for three days`() {
        var history = ProviderHistory()
        #expect(!Self.isSettled(history))
        _ = history.add(Self.bucket(0, 1))
        #expect(!Self.isSettled(history))
        _ = history.add(Self.bucket(2, 2))
        _ = history.add(Self.bucket(4, 2))
        #expect(!Self.isSettled(history))
        _ = history.add(Self.bucket(5, 2))
        #expect(Self.isSettled(history))
    }

    @Test
    func `A day that is first asked long after its end has settled`() {
        var history = ProviderHistory()
        _ = history.add(Self.bucket(30, 1))
        #expect(Self.isSettled(history))
    }

    @Test
    func `Only a change after the day had settled is a restatement`() {
        var history = ProviderHistory()
        _ = history.add(Self.bucket(0, 1))
        _ = history.add(Self.bucket(1, 2))
        #expect(history.restatement(Self.key, settling: 3 * Self.day) == nil)
        _ = history.add(Self.bucket(4, 2))
        _ = history.add(Self.bucket(9, 3))
        let change = history.restatement(Self.key, settling: 3 * Self.day)
        #expect(change?.before.bucket.text == "[2]")
        #expect(change?.after.bucket.text == "[3]")
    }

    @Test
    func `Lines restore the history, and damaged ones are skipped`() {
        var history = ProviderHistory()
        let lines = [Self.bucket(0, 1), Self.bucket(1, 1), Self.bucket(5, 1)].compactMap { history.add($0)?.text }
        #expect(lines.count == 3)
        #expect(lines[1].contains("\"unchanged\":true"))
        let restored = ProviderHistory([lines[0], "{\"fetched_at\":", "", "{}", lines[1], lines[2]])
        #expect(Self.isSettled(restored))
        #expect(restored.latest(Self.key)?.text == "[1]")
        #expect(restored.latest(Self.key)?.fetchedAt == Self.bucket(5, 1).fetchedAt)
        #expect(history.add(Self.bucket(2, 7)) == nil)
    }

    @Test
    func `Days that have settled are not asked`() {
        let period = ReconcilePeriod(from: Self.start + 5, to: Self.start + 5 * Self.day - 1)
        #expect(period == ReconcilePeriod(from: Self.start, to: Self.start + 5 * Self.day))
        let asked = period.unsettled(width: 3_600) { start in
            // One hour of the second day, and the whole of the last one, have not settled.
            start != Self.start + Self.day + 3_600 && start < Self.start + 4 * Self.day
        }
        #expect(
            asked == [
                ReconcilePeriod(from: Self.start + Self.day, to: Self.start + 2 * Self.day),
                ReconcilePeriod(from: Self.start + 4 * Self.day, to: Self.start + 5 * Self.day),
            ]
        )
    }
}
