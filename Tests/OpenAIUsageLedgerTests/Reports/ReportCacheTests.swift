import Foundation
import GRDB
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Reports that are asked for again")
struct ReportCacheTests {
    private static let day: Int64 = 86_400_000_000

    /// Calls on the days before and after the start of the records, one an hour.
    private static func records(_ days: Range<Int64>) -> [CallRecord] {
        var records: [CallRecord] = []
        for hour in days.lowerBound * 24..<days.upperBound * 24 {
            let startedAt: Int64 = Records.start + hour * 3_600_000_000
            records.append(Records.plain(Int(hour + 2_400), at: startedAt, project: "a"))
        }
        return records
    }

    /// Opens a ledger whose every commit reaches the table of rollups.
    private static func ledger(_ folder: TemporaryFolder) throws -> Ledger {
        var options = LedgerOptions()
        options.flushThreshold = 1
        return try Ledger(path: folder.ledger, options: options)
    }

    private static func write(_ records: [CallRecord], to ledger: Ledger) async {
        for record in records {
            ledger.record(record)
            await ledger.flush()
        }
    }

    private static func fill(_ folder: TemporaryFolder, _ days: Range<Int64>) async throws {
        let ledger = try ledger(folder)
        await write(records(days), to: ledger)
        await ledger.close()
    }

    private func query(_ days: Range<Int64>, by: [ReportDimension] = [.day], zone: String = "UTC") -> ReportQuery {
        ReportQuery(
            from: Records.start + days.lowerBound * Self.day,
            to: Records.start + days.upperBound * Self.day,
            timeZone: TimeZone(identifier: zone) ?? .gmt,
            groupBy: by
        )
    }

    @Test("Whole days before the newest one are kept, and the newest one is read", arguments: ["UTC", "Asia/Tokyo"])
    func newest(zone: String) async throws {
        let folder = TemporaryFolder()
        let ledger = try Self.ledger(folder)
        await Self.write(Self.records(-5..<0), to: ledger)
        let cache = ReportCache()
        let reader = try LedgerReader(path: folder.ledger, cache: cache)
        let query = query(-6..<1, zone: zone)
        #expect(try reader.report(query, exactLimit: 0).totals.calls == 5 * 24)
        let kept = cache.usage
        #expect(kept.reports == 1 && kept.bytes > 0)
        await Self.write(Self.records(0..<1), to: ledger)
        #expect(try reader.report(query, exactLimit: 0).totals.calls == 6 * 24)
        await ledger.close()
    }

    @Test("On a new day, the days before the last one are not read again")
    func newDay() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, -5..<0)
        let cache = ReportCache()
        let query = query(-5..<2, by: [.project])
        #expect(try LedgerReader(path: folder.ledger, cache: cache).report(query, exactLimit: 0).totals.calls == 5 * 24)
        // Without the rollups of the four kept days, only the cache has their calls.
        try await DatabaseQueue(path: folder.ledger).write { try $0.execute(sql: "DELETE FROM rollup") }
        let ledger = try Self.ledger(folder)
        await Self.write(Self.records(0..<1), to: ledger)
        #expect(try LedgerReader(path: folder.ledger, cache: cache).report(query, exactLimit: 0).totals.calls == 5 * 24)
        await ledger.close()
    }

    @Test("A late call and a reprice of an old day are seen at once")
    func late() async throws {
        let folder = TemporaryFolder()
        let ledger = try Self.ledger(folder)
        await Self.write(Self.records(-5..<1), to: ledger)
        let cache = ReportCache()
        let (reader, plain) = (
            try LedgerReader(path: folder.ledger, cache: cache), try LedgerReader(path: folder.ledger)
        )
        let query = query(-5..<1, by: [.project])
        #expect(try reader.report(query, exactLimit: 0).totals.calls == 6 * 24)
        ledger.record(Records.plain(9_999, at: Records.start - 3 * Self.day + 1, project: "late"))
        await ledger.flush()
        #expect(try reader.report(query, exactLimit: 0).rows.map { $0.group } == [["a"], ["late"]])
        _ = try await ledger.reprice(RepriceQuery(from: .min, to: .max)) { _ in
            CallCost(picoUSD: 77, status: .exact)
        }
        let found = try reader.report(query, exactLimit: 0)
        let expected: Int128 = 77 * (6 * 24 + 1)
        #expect(found.totals.costPicoUSD == expected)
        #expect(try plain.report(query, exactLimit: 0) == found)
        await ledger.close()
    }

    @Test("An older copy in place of the ledger has other sums, although it counts as many changes")
    func restored() async throws {
        let folder = TemporaryFolder()
        let copy = folder.ledger + ".copy"
        try await Self.fill(folder, -5..<1)
        try FileManager.default.copyItem(atPath: folder.ledger, toPath: copy)
        func add(_ project: String) async throws {
            let ledger = try Self.ledger(folder)
            ledger.record(Records.plain(9_999, at: Records.start - 3 * Self.day + 1, project: project))
            await ledger.close()
        }
        let cache = ReportCache()
        let reader = try LedgerReader(path: folder.ledger, cache: cache)
        let query = query(-5..<1, by: [.project])
        _ = try reader.report(query, exactLimit: 0)
        try await add("first")
        #expect(try reader.report(query, exactLimit: 0).rows.map { $0.group } == [["a"], ["first"]])
        for file in [folder.ledger, folder.ledger + "-wal", folder.ledger + "-shm"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try FileManager.default.copyItem(atPath: copy, toPath: folder.ledger)
        try await add("second")
        #expect(try reader.report(query, exactLimit: 0).rows.map { $0.group } == [["a"], ["second"]])
    }

    @Test("A ledger of an earlier schema gets a stamp for each day with sums")
    func upgraded() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, -5..<1)
        try await DatabaseQueue(path: folder.ledger).write { database in
            try database.execute(sql: "DROP TABLE rollup_day; PRAGMA user_version = 6")
        }
        await (try Ledger(path: folder.ledger)).close()
        let days = try await DatabaseQueue(path: folder.ledger).read { database in
            try Int64.fetchAll(database, sql: "SELECT day FROM rollup_day ORDER BY day")
        }
        let first = Records.start / Self.day
        #expect(days == Array(first - 5...first))
    }

    @Test("The reports that were used the longest ago make room")
    func bounds() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, -9..<1)
        let one = ReportCache()
        _ = try LedgerReader(path: folder.ledger, cache: one).report(query(-9..<0), exactLimit: 0)
        let cache = ReportCache(capacity: one.usage.bytes * 2 + 1)
        let reader = try LedgerReader(path: folder.ledger, cache: cache)
        for start in -9..<(-3) as Range<Int64> { _ = try reader.report(query(start..<0), exactLimit: 0) }
        #expect(1...3 ~= cache.usage.reports)
        #expect(cache.usage.bytes <= one.usage.bytes * 2 + 1)
        let small = ReportCache(capacity: 100)
        #expect(
            try LedgerReader(path: folder.ledger, cache: small).report(query(-9..<0), exactLimit: 0).totals.calls == 216
        )
        #expect(small.usage.reports == 0)
    }
}
