import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

struct TimestampTests {
    @Test(arguments: [0, 1, -1, 1_764_533_400_123_456, -62_135_596_800_000_000])
    func `A time is that of its date`(microseconds: Int64) {
        let time = Timestamp(microsecondsSince1970: microseconds)
        let date = Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
        #expect(time.date == date)
        #expect(abs((Timestamp(date) - time).components.seconds) == 0)
        // A date has more than microseconds for times of this century.
        #expect(abs(Timestamp(date).microsecondsSince1970 - microseconds) <= 8)
    }

    @Test func `Dates and sums out of range are the first or the last time`() {
        #expect(Timestamp(Date(timeIntervalSince1970: 1e20)) == .distantFuture)
        #expect(Timestamp(Date(timeIntervalSince1970: -1e20)) == .distantPast)
        #expect(Timestamp(Date(timeIntervalSince1970: .infinity)) == .distantFuture)
        #expect(.distantFuture + .seconds(1) == Timestamp.distantFuture)
        #expect(.distantPast - .seconds(1) == Timestamp.distantPast)
        #expect(Timestamp(microsecondsSince1970: 0) + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp(microsecondsSince1970: 0) - .seconds(Int64.max) == .distantPast)
    }

    @Test func `Ranges without an end are queries like others`() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<3 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(try await ledger.prune(PruneQuery(before: .distantPast, isDryRun: true)).calls == 0)
        #expect(try await ledger.prune(PruneQuery(before: .distantPast)).calls == 0)
        await ledger.close()
        try await afterAllIsPruned()
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.report(ReportQuery(from: .distantPast, to: .distantFuture)).totals.calls == 3)
        var query = CallsQuery()
        (query.from, query.to) = (.distantPast, .distantFuture)
        #expect(try reader.calls(query).count == 3)
        #expect(try reader.reprice(RepriceQuery(from: .distantPast, to: .distantFuture)) { $0.cost }.totals.calls == 3)
    }

    private func afterAllIsPruned() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<3 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(try await ledger.prune(PruneQuery(before: .distantFuture)).calls == 3)
        await ledger.close()
        let reader = try LedgerReader(path: folder.ledger)
        let query = ReportQuery(from: .distantPast, to: .distantFuture, groupBy: [.project, .key, .client, .tag("a")])
        #expect(try reader.report(query).totals.calls == 3)
    }

    @Test func `Times and durations are added`() {
        let time = Timestamp(microsecondsSince1970: 1_000_000)
        #expect((time + .milliseconds(1_500)).description == "1970-01-01T00:00:02.500000Z")
        #expect((time - .seconds(2)).description == "1969-12-31T23:59:59.000000Z")
        #expect((time + .seconds(5)) - time == .seconds(5))
    }

    @Test func `Queries and results have times with units`() {
        let (from, to) = (Timestamp(microsecondsSince1970: 5), Timestamp(microsecondsSince1970: 9))
        var report = ReportQuery(from: from, to: to)
        #expect(report == ReportQuery(from: Int64(5), to: 9))
        report.to = from + .microseconds(1)
        #expect(report.from == from && report.to == Timestamp(microsecondsSince1970: 6))
        var calls = CallsQuery()
        #expect(calls.from == nil && calls.to == nil)
        (calls.from, calls.to) = (from, to)
        #expect(calls.from == from && calls.to == to)
        #expect(RepriceQuery(from: from, to: to) == RepriceQuery(from: Int64(5), to: 9))
        #expect(PruneQuery(before: to) == PruneQuery(before: Int64(9)))
    }
}
