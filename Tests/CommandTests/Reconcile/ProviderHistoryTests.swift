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
            results: (try? JSONDocument(parsing: results(count)).root.value.elements) ?? [],
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
        #expect(change?.before.bucket.text == Self.results(2))
        #expect(change?.after.bucket.text == Self.results(3))
    }

    /// The results of an answer: a cost of a number of dollars.
    private static func results(_ count: Int) -> String { "[{\"amount\":{\"value\":\(count)}}]" }

    private static func restored(_ lines: [String]) -> ProviderHistory {
        let period = ReconcilePeriod(from: start, to: start + day)
        return ProviderHistory(lines, of: period, now: start + 60 * day)
    }

    @Test
    func `Lines restore the history, and damaged ones are counted`() {
        var history = ProviderHistory()
        let lines = [Self.bucket(0, 1), Self.bucket(1, 1), Self.bucket(5, 1)].compactMap { history.add($0)?.text }
        #expect(lines.count == 3)
        #expect(lines[1].contains("\"unchanged\":true"))
        let restored = Self.restored([lines[0], "{\"fetched_at\":", "", "{}", lines[1], lines[2]])
        #expect(restored.damagedLines == 2)
        #expect(Self.isSettled(restored))
        #expect(restored.latest(Self.key)?.text == Self.results(1))
        #expect(restored.latest(Self.key)?.fetchedAt == Self.bucket(5, 1).fetchedAt)
        #expect(history.add(Self.bucket(2, 7)) == nil)
    }

    @Test
    func `A line never confirms other results than its own`() {
        var history = ProviderHistory()
        let lines = [Self.bucket(0, 1), Self.bucket(1, 2), Self.bucket(9, 2)].compactMap { history.add($0)?.text }
        #expect(Self.isSettled(Self.restored(lines)))
        // The line with the second results is lost, or damaged, or an earlier version has confirmed them without a hash.
        #expect(!Self.isSettled(Self.restored([lines[0], lines[2]])))
        #expect(!Self.isSettled(Self.restored([lines[0], String(lines[1].dropLast(9)), lines[2]])))
        let old =
            lines[2].prefix { $0 != "," }
            + lines[2].drop { $0 != "," }.replacing(/,"results_hash":"[0-9a-f]+"/, with: "")
        #expect(Self.isSettled(Self.restored([lines[0], lines[1], String(old)])))
        #expect(!Self.isSettled(Self.restored([lines[0], String(lines[1].dropLast(9)), String(old)])))
        // Asked again, it is settled in its time.
        var asked = Self.restored([lines[0], lines[2]])
        #expect(asked.add(Self.bucket(40, 1))?.results != nil)
        #expect(Self.isSettled(asked))
    }

    @Test
    func `A damaged line leaves nothing settled that was asked before it`() {
        var history = ProviderHistory()
        let lines = [Self.bucket(30, 1), Self.bucket(31, 1)].compactMap { history.add($0)?.text }
        #expect(Self.isSettled(Self.restored([lines[0]])))
        #expect(!Self.isSettled(Self.restored([lines[0], "{\"fetched_at\":"])))
        #expect(Self.isSettled(Self.restored([lines[0], "{\"fetched_at\":", lines[1]])))
    }

    @Test(
        arguments: [
            (.min + 1, .max, 86_400), (1, 2, .max), (0, 400 * 86_400, 60), (0, 86_400, 0), (0, 86_400, 7_200),
            (9_000_000_000_000_000_000, 9_000_000_000_000_086_400, 86_400),
        ] as [(Int64, Int64, Int64)]
    )
    func `Extremes in a line are damage`(from: Int64, to: Int64, width: Int64) {
        let line =
            "{\"fetched_at\":\"2026-11-29T00:00:00Z\",\"kind\":\"costs\",\"start_time\":\(from),\"end_time\":\(to),\"width\":\(width),\"results\":[]}"
        #expect(Self.restored([line]).damagedLines == 1)
    }

    @Test
    func `A row of buckets is one line, with the hash of each`() throws {
        func bucket(_ number: Int64, _ value: Int, daysLater: Int64) throws -> ProviderBucket {
            let result = try JSONDocument(parsing: "{\"amount\":{\"value\":\(value)}}").root.value
            let start = Self.start + number * Self.day
            let fetchedAt = (Self.start + (9 + daysLater) * Self.day) * 1_000_000
            return ProviderBucket(
                kind: .costs,
                start: start,
                end: start + Self.day,
                results: [result],
                fetchedAt: fetchedAt
            )
        }
        var history = ProviderHistory()
        for number in 0..<3 { _ = history.add(try bucket(Int64(number), number, daysLater: 0)) }
        var line = try #require(history.add(try bucket(0, 0, daysLater: 1)))
        let second = try #require(history.add(try bucket(1, 1, daysLater: 1)))
        let third = try #require(history.add(try bucket(2, 5, daysLater: 1)))
        #expect(line.append(second) == true)
        #expect(line.append(third) == false)
        #expect(line.hashes.count == 2)
        #expect(line.text.contains("\"results_hashes\":["))
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
