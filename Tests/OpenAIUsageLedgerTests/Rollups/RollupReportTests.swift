import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Reports from rollups")
struct RollupReportTests {
    /// The 24th hour of a day in which clocks go back, zones with odd offsets, and one without any.
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
        "America/St_Johns", "Pacific/Kiritimati",
    ]

    /// Sunday 2026-10-25T00:00:00Z, on which Europe's clocks go back.
    private static let start: Int64 = 1_792_886_400_000_000

    static func record(_ number: Int, _ generator: inout SplitMix64) -> CallRecord {
        var record = Records.random(number, &generator)
        // A week around the change of clocks, with some calls at the edges of quarters.
        var startedAt = start + Int64.random(in: -4 * 86_400_000_000..<4 * 86_400_000_000, using: &generator)
        if generator.chance(20) { startedAt -= startedAt % 900_000_000 }
        record.startedAtMicroseconds = startedAt
        record.id = CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff))
        record.operationID = record.id.description
        // Few values, so that rollups sum up several calls.
        record.project = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
        record.model = ["x", "y", nil].randomElement(using: &generator) ?? nil
        record.requestModel = generator.chance(50) ? "x" : "z"
        record.organization = generator.chance(50) ? "o" : nil
        record.client = "c"
        record.host = "h"
        record.requestedOrganization = nil
        record.requestedProject = nil
        record.key = generator.chance(50) ? KeyFingerprint(hint: "sk-...abcd", digest: UInt64(number % 3)) : nil
        record.tags = generator.chance(50) ? ["team": generator.chance(50) ? "red" : "blue"] : [:]
        record.serviceTier = generator.chance(50) ? "default" : nil
        record.requestedServiceTier = nil
        record.backgroundWindow = nil
        record.errorType = nil
        record.errorCode = nil
        return record
    }

    private static func filter(_ generator: inout SplitMix64) -> CallFilter {
        var filter = CallFilter()
        if generator.chance(30) { filter.require(.project, generator.chance(50) ? ["a", "c"] : ["a", "-"]) }
        if generator.chance(20) { filter.require(.model, ["x"]) }
        if generator.chance(20) { filter.require(.outcome, ["completed", "error"]) }
        if generator.chance(20) { filter.require(.tag("team"), generator.chance(50) ? ["red"] : ["-"]) }
        if generator.chance(20) { filter.require(.key, ["#000000000001"]) }
        if generator.chance(10) { filter.require(.organization, ["o"]) }
        if generator.chance(10) { filter.require(.serviceTier, ["default"]) }
        return filter
    }

    static func query(_ generator: inout SplitMix64) throws -> ReportQuery {
        let dimensions: [ReportDimension] = [
            .project, .model, .endpoint, .organization, .key, .client, .host, .serviceTier, .outcome, .hour, .day,
            .week,
            .month, .tag("team"),
        ]
        let length = 5 * 86_400_000_000 as Int64
        let edges = [
            Int64.random(in: -length...length, using: &generator),
            Int64.random(in: -length...length, using: &generator),
        ]
        .map { start + (generator.chance(30) ? $0 - $0 % 86_400_000_000 : $0) }.sorted()
        let isWhole = generator.chance(20)
        return ReportQuery(
            from: isWhole ? .min : edges[0],
            to: isWhole ? .max : edges[1],
            timeZone: try #require(TimeZone(identifier: zones.randomElement(using: &generator) ?? "UTC")),
            groupBy: (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in
                dimensions.randomElement(using: &generator)
            },
            filter: filter(&generator)
        )
    }

    /// Compares two reports exactly, but for percentiles, which may be off by 1 %.
    func compare(_ found: Report, _ exact: Report, _ comment: Comment) {
        func plain(_ row: ReportRow) -> ReportRow {
            var row = row
            (row.duration, row.processing, row.timeToFirstToken, row.errorDuration) = (nil, nil, nil, nil)
            return row
        }
        #expect(found.rows.map(plain) == exact.rows.map(plain), comment)
        #expect(plain(found.totals) == plain(exact.totals), comment)
        for (found, exact) in zip(found.rows + [found.totals], exact.rows + [exact.totals]) {
            let pairs = [
                (found.duration, exact.duration), (found.processing, exact.processing),
                (found.timeToFirstToken, exact.timeToFirstToken), (found.errorDuration, exact.errorDuration),
            ]
            for (found, exact) in pairs {
                guard let found, let exact else {
                    #expect(found == nil && exact == nil, comment)
                    continue
                }
                for (found, exact) in [
                    (found.p50Microseconds, exact.p50Microseconds), (found.p95Microseconds, exact.p95Microseconds),
                    (found.p99Microseconds, exact.p99Microseconds),
                ] {
                    #expect(abs(Double(found) - Double(exact)) <= max(1, Double(exact) * 0.01), comment)
                }
            }
        }
    }

    @Test(
        "Rollups equal the rows, for any filter, range, zone and grouping, whatever changed late",
        arguments: [1, 2, 3] as [UInt64]
    )
    func equalRows(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = Int.random(in: 1...200, using: &generator)
        // Some series are beyond the capacity, and stand in the rows.
        if seed % 3 == 0 { options.labelCapacity = 2 }
        let cache = ReportCache()
        var asked: [ReportQuery] = []
        var open: [CallRecord] = []
        for _ in 0..<3 {
            let ledger = try Ledger(path: folder.ledger, options: options)
            for number in 0..<200 {
                let record = Self.record(number, &generator)
                if generator.chance(20) {
                    var interim = record
                    interim.outcome = .open
                    ledger.recordOpen(interim)
                    open.append(record)
                } else {
                    ledger.record(record)
                }
                if generator.chance(5) { await ledger.flush() }
            }
            // Some end in this session, some in a later one, when they are interrupted, and some never.
            for record in open where generator.chance(40) { ledger.record(record) }
            open.removeAll { _ in generator.chance(30) }
            await ledger.flush()
            if generator.chance(70) {
                let salt = UInt64.random(in: .min ... .max, using: &generator)
                _ = try await ledger.reprice(RepriceQuery(from: .min, to: .max)) { record in
                    var generator = SplitMix64(seed: salt ^ UInt64(bitPattern: record.id.rawValue))
                    guard generator.chance(50) else { return record.cost }
                    let status = CostStatus.allCases.randomElement(using: &generator) ?? .none
                    return CallCost(picoUSD: Int64.random(in: 0...1_000_000, using: &generator), status: status)
                }
            }
            await ledger.close()
            let reader = try LedgerReader(path: folder.ledger)
            for number in 0..<40 {
                let query = try Self.query(&generator)
                let found = try reader.report(query, exactLimit: 0)
                let exact = try reader.report(query, exactLimit: .max)
                compare(found, exact, "seed \(seed), query \(number): \(query)")
                if number < 3 { asked.append(query) }
            }
            // What a cache keeps of earlier sessions equals what the table has now.
            let cached = try LedgerReader(path: folder.ledger, cache: cache)
            for query in asked {
                // With later ends, as days pass.
                for part in [1, 2, 3, 3] as [Int64] {
                    var grown = query
                    grown.toMicroseconds = query.toMicroseconds / 3 * part + query.fromMicroseconds / 3 * (3 - part)
                    let expected = try reader.report(grown, exactLimit: 0)
                    let found = try cached.report(grown, exactLimit: 0)
                    #expect(found == expected, "seed \(seed): \(grown)")
                }
            }
            #expect(cache.usage.reports > 0 || seed % 3 == 0)
        }
    }

    @Test("The sum over days is the range, in every zone", arguments: zones)
    func days(zone: String) async throws {
        var generator = SplitMix64(seed: 9)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 50
        try await fill(folder, (0..<600).map { Self.record($0, &generator) }, options: options)
        let reader = try LedgerReader(path: folder.ledger)
        let timeZone = try #require(TimeZone(identifier: zone))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let first = calendar.startOfDay(for: Date(timeIntervalSince1970: Double(Self.start / 1_000_000 - 3 * 86_400)))
        func micros(_ day: Int) throws -> Int64 {
            Int64(try #require(calendar.date(byAdding: .day, value: day, to: first)).timeIntervalSince1970) * 1_000_000
        }
        let whole = ReportQuery(from: try micros(0), to: try micros(6), timeZone: timeZone, groupBy: [])
        let byDay = ReportQuery(
            from: whole.fromMicroseconds,
            to: whole.toMicroseconds,
            timeZone: timeZone,
            groupBy: [.day]
        )
        let report = try reader.report(byDay, exactLimit: 0)
        #expect(try reader.report(whole, exactLimit: 0).totals == report.totals)
        #expect(report.rows.count == 6)
        for day in 0..<6 {
            let one = ReportQuery(from: try micros(day), to: try micros(day + 1), timeZone: timeZone, groupBy: [])
            var totals = try reader.report(one, exactLimit: 0).totals
            totals.group = report.rows[day].group
            #expect(totals == report.rows[day], "\(zone), day \(day)")
        }
    }

    @Test("Days and hours add up to the range in every zone of the database, from rollups as from rows")
    func everyZone() async throws {
        var generator = SplitMix64(seed: 11)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 100
        // Around the days on which the clocks of the Chatham Islands, Lord Howe, Paris and New York change.
        let changes: [Int64] = [1_775_311_200, 1_775_314_800, 1_792_890_000, 1_793_512_800, 1_774_746_000]
        let records = (0..<120).map { number in
            var record = Self.record(number, &generator)
            let change = changes.randomElement(using: &generator) ?? 0
            record.startedAtMicroseconds =
                change * 1_000_000 + Int64.random(in: -7_200_000_000...7_200_000_000, using: &generator)
            record.id = CallID(rawValue: record.startedAtMicroseconds << 11 | Int64(number))
            return record
        }
        try await fill(folder, records, options: options)
        let reader = try LedgerReader(path: folder.ledger)
        let identifiers = TimeZone.knownTimeZoneIdentifiers
        #expect(identifiers.count > 300)
        // Of zones whose clocks show the same at each of the calls, one stands for all.
        var shown = Set<[Int]>()
        for identifier in identifiers {
            let timeZone = try #require(TimeZone(identifier: identifier))
            let offsets = records.map {
                timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.startedAtMicroseconds) / 1_000_000))
            }
            guard shown.insert(offsets).inserted else { continue }
            for dimension in [ReportDimension.day, .hour] {
                var query = ReportQuery(from: .min, to: .max, timeZone: timeZone, groupBy: [dimension])
                let found = try reader.report(query, exactLimit: 0)
                compare(found, try reader.report(query, exactLimit: .max), "\(identifier) by \(dimension)")
                #expect(found.rows.reduce(0) { $0 + $1.calls } == 120 && found.totals.calls == 120)
                let names = found.rows.map { $0.group[0] ?? "" }
                #expect(Set(names).count == names.count, "\(identifier)")
                query.groupBy = []
                #expect(try reader.report(query, exactLimit: 0).totals == found.totals)
            }
        }
        #expect(shown.count > 20)
    }

    @Test("An hour that the clock cuts off within itself is another one than the hour before")
    func hourCutOff() async throws {
        let folder = TemporaryFolder()
        // On the Chatham Islands clocks go from 03:45 back to 02:45, which is 14:00 in UTC, and forth again at the same minute.
        let starts = [1_775_311_080, 1_775_311_260, 1_790_431_200 - 120, 1_790_431_200 + 120] as [Int64]
        let records = starts.enumerated().map { Records.plain($0.offset, at: $0.element * 1_000_000) }
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        let timeZone = try #require(TimeZone(identifier: "Pacific/Chatham"))
        let query = ReportQuery(from: .min, to: .max, timeZone: timeZone, groupBy: [.hour])
        for limit in [0, .max] {
            let report = try reader.report(query, exactLimit: limit)
            #expect(
                report.rows.map { $0.group[0] } == [
                    "2026-04-05T03:00+13:45", "2026-04-05T02:00+12:45", "2026-09-27T02:00+12:45",
                    "2026-09-27T03:00+13:45",
                ]
            )
        }
    }
}
