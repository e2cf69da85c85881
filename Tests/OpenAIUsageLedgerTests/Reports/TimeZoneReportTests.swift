import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Periods of time zones")
struct TimeZoneReportTests {
    /// One call every quarter of an hour of a UTC range, grouped by a period.
    private func groups(
        _ zone: String,
        _ dimension: ReportDimension,
        from: Int64,
        hours: Int64
    ) async throws -> [(String, Int64)] {
        let folder = TemporaryFolder()
        let quarter: Int64 = 900_000_000
        let records = (0..<(hours * 4)).map { Records.plain(Int($0), at: from + $0 * quarter) }
        try await fill(folder, records)
        let query = ReportQuery(
            from: from,
            to: from + hours * 4 * quarter,
            timeZone: try #require(TimeZone(identifier: zone)),
            groupBy: [dimension]
        )
        return try LedgerReader(path: folder.ledger).report(query).rows.map { ($0.group[0] ?? "", $0.calls) }
    }

    @Test(
        "Days have 23, 24, 24.5 or 25 hours, as the zone has it",
        arguments: [
            ("Europe/Paris", "2026-03-28T23:00:00Z", "2026-03-29", 23 * 4),
            ("Europe/Paris", "2026-10-24T22:00:00Z", "2026-10-25", 25 * 4),
            ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-08", 23 * 4),
            ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-01", 25 * 4),
            ("Asia/Kolkata", "2026-10-24T18:30:00Z", "2026-10-25", 24 * 4),
            ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05", 98),
            ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04", 94),
            ("UTC", "2026-10-25T00:00:00Z", "2026-10-25", 24 * 4),
        ]
    )
    func days(zone: String, start: String, name: String, quarters: Int) async throws {
        let begin = Int64(try #require(ISO8601DateFormatter().date(from: start)).timeIntervalSince1970) * 1_000_000
        let found = try await groups(zone, .day, from: begin - 7_200_000_000, hours: 30)
        #expect(found.map(\.0).firstIndex(of: name) == 1)
        #expect(found[0].1 == 8)
        #expect(found[1].1 == Int64(quarters))
    }

    @Test("The hour that comes twice is two groups, in the order of time")
    func repeatedHour() async throws {
        let found = try await groups(
            "Europe/Paris",
            .hour,
            from: 1_792_881_000_000_000 - 1_800_000_000 - 600_000_000,
            hours: 5
        )
        let names = found.map(\.0)
        let first = try #require(names.firstIndex(of: "2026-10-25T02:00+02:00"))
        #expect(names[first + 1] == "2026-10-25T02:00+01:00")
        #expect(names[first + 2] == "2026-10-25T03:00+01:00")
        #expect(found[first].1 == 4 && found[first + 1].1 == 4)
    }

    @Test("The half hour that comes twice on Lord Howe Island is apart")
    func repeatedHalfHour() async throws {
        // 2026-04-04T14:00:00Z is 01:00+11:00; at 15:00Z clocks go back from 02:00 to 01:30.
        let found = try await groups("Australia/Lord_Howe", .hour, from: 1_775_311_200_000_000, hours: 3)
        #expect(
            found.map(\.0) == [
                "2026-04-05T01:00+11:00", "2026-04-05T01:00+10:30", "2026-04-05T02:00+10:30", "2026-04-05T03:00+10:30",
            ]
        )
        #expect(found.map(\.1) == [4, 2, 4, 2])
    }

    @Test(
        "Weeks are those of ISO 8601",
        arguments: [
            ("2026-12-31T12:00:00Z", "2026-W53"), ("2027-01-03T23:59:59Z", "2026-W53"),
            ("2027-01-04T00:00:00Z", "2027-W01"),
            ("2024-12-30T00:00:00Z", "2025-W01"), ("2026-01-01T00:00:00Z", "2026-W01"),
            ("2026-11-23T00:00:00Z", "2026-W48"),
            ("2021-01-03T00:00:00Z", "2020-W53"),
        ]
    )
    func weeks(time: String, name: String) async throws {
        let at = Int64(try #require(ISO8601DateFormatter().date(from: time)).timeIntervalSince1970) * 1_000_000
        #expect(try await groups("UTC", .week, from: at, hours: 1).first?.0 == name)
    }

    @Test("A month begins at the zone's midnight")
    func months() async throws {
        // 2026-10-31T23:00:00Z is the first of November in Paris.
        let found = try await groups("Europe/Paris", .month, from: 1_793_484_000_000_000, hours: 4)
        #expect(found.map(\.0) == ["2026-10", "2026-11"])
        #expect(found.map(\.1) == [4, 12])
    }

    @Test(
        "Days agree with the calendar of the system at random times",
        arguments: [
            "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham",
            "America/St_Johns",
        ]
    )
    func calendar(zone: String) async throws {
        let folder = TemporaryFolder()
        let timeZone = try #require(TimeZone(identifier: zone))
        var generator = SplitMix64(seed: 4_711)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        var expected: [String: Int64] = [:]
        var records: [CallRecord] = []
        for number in 0..<400 {
            let at = Int64.random(in: 1_577_836_800_000_000..<1_893_456_000_000_000, using: &generator)
            records.append(Records.plain(number, at: at))
            let parts = calendar.dateComponents(
                [.year, .month, .day],
                from: Date(timeIntervalSince1970: Double(at) / 1e6)
            )
            let (year, month, day) = (try #require(parts.year), try #require(parts.month), try #require(parts.day))
            expected["\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)", default: 0] += 1
        }
        try await fill(folder, records)
        let query = ReportQuery(from: 0, to: .max, timeZone: timeZone, groupBy: [.day])
        let rows = try LedgerReader(path: folder.ledger).report(query).rows
        #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0.group[0] ?? "", $0.calls) }) == expected)
        #expect(rows.map { $0.group[0] ?? "" } == expected.keys.sorted())
    }
}
