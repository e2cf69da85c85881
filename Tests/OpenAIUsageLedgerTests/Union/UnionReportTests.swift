import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Several ledgers in one report")
struct UnionReportTests {
    private static let day: Int64 = 86_400_000_000

    private static func record(_ number: Int, _ generator: inout SplitMix64) -> CallRecord {
        var record = Records.random(number, &generator)
        record.startedAtMicroseconds = Records.start + Int64.random(in: 0..<4 * day, using: &generator)
        record.id = CallID(rawValue: record.startedAtMicroseconds << 11 | Int64(number & 0x7ff))
        record.operationID = record.id.description
        record.project = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
        record.model = ["x", "y", nil].randomElement(using: &generator) ?? nil
        record.tags = generator.chance(50) ? ["team": generator.chance(50) ? "red" : "blue"] : [:]
        return record
    }

    /// Ledgers of the same calls: some that share them, and one that holds all.
    private static func ledgers(
        _ folders: [TemporaryFolder],
        _ whole: TemporaryFolder,
        _ generator: inout SplitMix64
    ) async throws {
        var options = LedgerOptions()
        options.flushThreshold = 50
        let parts = try folders.map { try Ledger(path: $0.ledger, options: options) }
        let all = try Ledger(path: whole.ledger, options: options)
        for number in 0..<400 {
            let record = Self.record(number, &generator)
            all.record(record)
            parts[Int.random(in: 0..<parts.count, using: &generator)].record(record)
        }
        for ledger in parts + [all] { await ledger.close() }
    }

    private static func query(_ generator: inout SplitMix64) throws -> ReportQuery {
        let dimensions: [ReportDimension] = [.project, .model, .outcome, .hour, .day, .month, .tag("team"), .endpoint]
        let edges = [0, 1].map { _ in Int64.random(in: -day...5 * day, using: &generator) }.sorted()
        var filter = CallFilter()
        if generator.chance(30) { filter.require(.project, ["a", "c"]) }
        let zone = ["UTC", "Asia/Kathmandu", "America/New_York"].randomElement(using: &generator) ?? "UTC"
        return ReportQuery(
            from: Records.start + edges[0],
            to: Records.start + edges[1],
            timeZone: try #require(TimeZone(reportName: zone)),
            groupBy: (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in
                dimensions.randomElement(using: &generator)
            },
            filter: filter
        )
    }

    private static func isNear(_ left: LatencyPercentiles?, _ right: LatencyPercentiles?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return zip(
            [left.p50Microseconds, left.p95Microseconds, left.p99Microseconds],
            [right.p50Microseconds, right.p95Microseconds, right.p99Microseconds]
        ).allSatisfy { left, right in
            abs(Double(left) - Double(right)) <= max(1, Double(right) * 0.01)
        }
    }

    /// A row without its percentiles.
    private static func plain(_ row: ReportRow) -> ReportRow {
        var row = row
        (row.duration, row.processing, row.timeToFirstToken, row.errorDuration) = (nil, nil, nil, nil)
        return row
    }

    @Test("A union is the report of a ledger that holds all calls", arguments: [1, 2, 3, 4] as [UInt64])
    func equalsWhole(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folders = (0..<3).map { _ in TemporaryFolder() }
        let whole = TemporaryFolder()
        try await Self.ledgers(folders, whole, &generator)
        let readers = try folders.map { try LedgerReader(path: $0.ledger) }
        let wholeReader = try LedgerReader(path: whole.ledger)
        for number in 0..<12 {
            let query = try Self.query(&generator)
            // Some ledgers have few calls in the range, and tell every latency; others have histograms.
            let limits = readers.map { _ in generator.chance(50) ? 0 : .max }
            var sum: MergeableReport?
            for (reader, limit) in zip(readers, limits) {
                let report = try reader.mergeableReport(query, exactLimit: limit)
                // What comes over a wire is what was sent.
                let sent = try #require(MergeableReport(report.bytes, of: query))
                #expect(sent.report == report.report)
                if sum == nil { sum = sent } else { sum?.add(sent) }
            }
            let union = try #require(sum?.report)
            let expected = try wholeReader.report(query, exactLimit: .max)
            let comment: Comment = "seed \(seed), query \(number)"
            #expect(union.rows.map(Self.plain) == expected.rows.map(Self.plain), comment)
            #expect(Self.plain(union.totals) == Self.plain(expected.totals), comment)
            for (found, exact) in zip(union.rows + [union.totals], expected.rows + [expected.totals]) {
                #expect(Self.isNear(found.duration, exact.duration), comment)
                #expect(Self.isNear(found.processing, exact.processing), comment)
                #expect(Self.isNear(found.timeToFirstToken, exact.timeToFirstToken), comment)
                #expect(Self.isNear(found.errorDuration, exact.errorDuration), comment)
            }
            if limits.allSatisfy({ $0 == .max }) { #expect(union == expected, comment) }
        }
    }

    @Test("Bytes of a report that were changed anywhere are refused, or are other sums; nothing overflows")
    func mutations() async throws {
        var generator = SplitMix64(seed: 7)
        let folders = [TemporaryFolder()]
        try await Self.ledgers(folders, TemporaryFolder(), &generator)
        let reader = try LedgerReader(path: folders[0].ledger)
        let query = ReportQuery(from: 0, to: .max, groupBy: [.project])
        var refused = 0
        for limit in [0, 10_000] {
            let bytes = try reader.mergeableReport(query, exactLimit: limit).bytes
            #expect(MergeableReport(bytes, of: query) != nil)
            var other = query
            other.groupBy = [.model]
            #expect(MergeableReport(bytes, of: other) == nil)
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = Int.random(in: 0..<changed.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: changed.removeSubrange(place...min(place + 3, changed.count - 1))
                    default: changed.insert(0xff, at: place)
                    }
                    if changed.isEmpty { changed = [0] }
                }
                guard var report = MergeableReport(changed, of: query) else {
                    refused += 1
                    continue
                }
                report.add(report)
                _ = report.report.json
            }
        }
        #expect(refused > 100)
    }

    @Test("A ledger that is named twice, or its copy, is refused")
    func twice() async throws {
        let (first, copy, other) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
        try await fill(first, [Records.plain(1)])
        try await fill(other, [Records.plain(2)])
        try FileManager.default.copyItem(atPath: first.ledger, toPath: copy.ledger)
        let union = LedgerUnion([first, copy].map { LedgerFileSource(AsyncLedgerReader(path: $0.ledger)) })
        let request = ReportRequest()
        await #expect(throws: LedgerUnion.Conflict.self) { try await union.report(request, now: .max - 1) }
        let sound = LedgerUnion([first, other].map { LedgerFileSource(AsyncLedgerReader(path: $0.ledger)) })
        let report = try await sound.report(request, now: Records.start + Self.day)
        #expect(report.totals.calls == 2)
        #expect(report.query.fromMicroseconds == Records.start + 1_000)
    }
}
