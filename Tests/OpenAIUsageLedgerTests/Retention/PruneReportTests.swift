import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Reports over pruned calls")
struct PruneReportTests {
    private static let quarter = RollupKey.quarterLength

    /// A query whose edges are whole quarters of an hour.
    private static func wholeQuery(_ generator: inout SplitMix64) throws -> ReportQuery {
        var query = try RollupReportTests.query(&generator)
        if query.fromMicroseconds > .min { query.fromMicroseconds = PruneBoundary.quarter(of: query.fromMicroseconds) }
        if query.toMicroseconds < .max { query.toMicroseconds = PruneBoundary.quarter(of: query.toMicroseconds) }
        return query
    }

    @Test(
        "Sums over whole quarters are those of all rows, whatever was pruned and when",
        arguments: [11, 12, 13, 14] as [UInt64]
    )
    func equalRows(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let (folder, twin) = (TemporaryFolder(), TemporaryFolder())
        var options = LedgerOptions()
        options.flushThreshold = Int.random(in: 1...200, using: &generator)
        let start = RollupReportTests.record(0, &generator).startedAtMicroseconds
        var open: [CallRecord] = []
        var boundary = Int64.min
        for session in 0..<3 {
            let ledgers = [
                try Ledger(path: folder.ledger, options: options), try Ledger(path: twin.ledger, options: options),
            ]
            let time = start + Int64.random(in: -4 * 86_400_000_000..<4 * 86_400_000_000, using: &generator)
            boundary = max(boundary, PruneBoundary.quarter(of: time))
            // An interrupted row that is pruned is final.
            open.removeAll { [boundary] in $0.startedAtMicroseconds < boundary }
            for number in 0..<150 {
                let record = RollupReportTests.record(session * 150 + number, &generator)
                if generator.chance(20) {
                    open.append(record)
                    var interim = record
                    interim.outcome = .open
                    for ledger in ledgers { ledger.recordOpen(interim) }
                } else {
                    for ledger in ledgers { ledger.record(record) }
                }
            }
            for _ in 0..<2 {
                for ledger in ledgers { await ledger.flush() }
                let report = try await ledgers[0].prune(PruneQuery(before: time))
                #expect(report.beforeMicroseconds == PruneBoundary.quarter(of: time))
                // What was in flight ends afterwards, and is told by the next run.
                let ended = open.indices.filter { _ in generator.chance(40) }
                for index in ended.reversed() {
                    let record = open.remove(at: index)
                    for ledger in ledgers { ledger.record(record) }
                }
            }
            // Some are in flight until the end of the session, when they are interrupted, and end in a later one after all.
            open.removeAll { _ in generator.chance(30) }
            for ledger in ledgers { await ledger.close() }
            let (reader, whole) = (try LedgerReader(path: folder.ledger), try LedgerReader(path: twin.ledger))
            for number in 0..<30 {
                let query = try Self.wholeQuery(&generator)
                let found = try reader.report(query, exactLimit: 0)
                RollupReportTests().compare(
                    found,
                    try whole.report(query, exactLimit: .max),
                    "seed \(seed), session \(session), query \(number): \(query)"
                )
                #expect(found.pruned?.isExact != false)
            }
            for number in 0..<30 {
                let query = try RollupReportTests.query(&generator)
                let found = try reader.report(query)
                var counted = query
                if let pruned = found.pruned {
                    #expect(
                        pruned.beforeMicroseconds == boundary
                            && pruned.countedFromMicroseconds <= query.fromMicroseconds
                            && pruned.countedToMicroseconds >= query.toMicroseconds
                    )
                    #expect(
                        query.fromMicroseconds - pruned.countedFromMicroseconds < Self.quarter
                            || query.fromMicroseconds == .min
                    )
                    (counted.fromMicroseconds, counted.toMicroseconds) = (
                        pruned.countedFromMicroseconds, pruned.countedToMicroseconds
                    )
                }
                RollupReportTests().compare(
                    found,
                    try whole.report(counted, exactLimit: .max),
                    "seed \(seed), session \(session), edges \(number): \(query)"
                )
            }
            let wholeSummary = try whole.summary()
            #expect(try reader.summary().calls == wholeSummary.calls)
        }
    }

    @Test("What only rows told is counted apart: a group without a value, a filter that leaves out")
    func factsInRows() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.labelCapacity = 2
        let records = (0..<300).map { number in
            var record = Records.plain(
                number,
                at: Records.start + Int64(number) * 60_000_000,
                project: "p\(number % 6)"
            )
            record.tags = ["team": "t\(number)"]
            return record
        }
        let ledger = try Ledger(path: folder.ledger, options: options)
        for record in records { ledger.record(record) }
        await ledger.flush()
        let boundary = Records.start + 9_000_000_000
        #expect(try await ledger.prune(PruneQuery(before: boundary)).calls == 150)
        await ledger.close()
        let reader = try LedgerReader(path: folder.ledger)
        var query = ReportQuery(from: Records.start, to: Records.start + 18_000_000_000, groupBy: [.project])
        let grouped = try reader.report(query)
        #expect(grouped.totals.calls == 300 && grouped.pruned?.leftOutCalls == 0)
        let known = Set(grouped.rows.compactMap { $0.group[0] })
        #expect(known == ["p0", "p1", "p2", "p3", "p4", "p5"])
        let lost = try #require(grouped.rows.first { $0.group == [nil] })
        #expect(lost.calls == 100 && grouped.pruned?.ungroupedCalls == 100)
        #expect(grouped.json.contains(#""pruned_before":"2026-11-23T02:30:00Z""#))
        #expect(grouped.json.contains(#""ungrouped_calls":100"#))
        query.filter.require(.project, ["p5"])
        let filtered = try reader.report(query)
        #expect(filtered.totals.calls == 25 && filtered.pruned?.leftOutCalls == 100)
        #expect(filtered.pruned?.isExact == false)
        #expect(filtered.pruned?.notes.contains { $0.hasPrefix("100 pruned calls are left out") } == true)
        // Above the boundary nothing is said.
        query.fromMicroseconds = boundary
        let recent = try reader.report(query)
        #expect(recent.pruned == nil && recent.totals.calls == 25)
    }

    @Test("A first call whose row is gone is known by its quarter of an hour")
    func first() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let start = Records.start + 1_000_000_000
        for number in 0..<10 { ledger.record(Records.plain(number, at: start + Int64(number) * 900_000_000)) }
        await ledger.flush()
        _ = try await ledger.prune(PruneQuery(before: start + 3_600_000_000))
        await ledger.close()
        let summary = try LedgerReader(path: folder.ledger).summary()
        #expect(summary.firstMicroseconds == Records.start + 900_000_000 && summary.calls == 10)
    }

    @Test("Repricing says which calls keep their costs")
    func reprice() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<8 { ledger.record(Records.plain(number, at: Records.start + Int64(number) * 900_000_000)) }
        await ledger.flush()
        let boundary = Records.start + 3_600_000_000
        _ = try await ledger.prune(PruneQuery(before: boundary))
        let query = RepriceQuery(from: 0, to: boundary * 2)
        let report = try await ledger.reprice(query) { _ in CallCost(picoUSD: 5, status: .exact) }
        #expect(report.totals.calls == 4 && report.prunedBefore == boundary)
        #expect(report.json(query, priceVersion: "1").contains(#""pruned_before":"2026-11-23T01:00:00.000000Z""#))
        let later = RepriceQuery(from: boundary, to: .max)
        let repriced = try await ledger.reprice(later) { $0.cost }
        #expect(repriced.prunedBefore == nil)
        await ledger.close()
        let totals = try LedgerReader(path: folder.ledger).report(ReportQuery(from: 0, to: .max, groupBy: [])).totals
        #expect(totals.costPicoUSD == Int128(4_000_020))
    }
}
