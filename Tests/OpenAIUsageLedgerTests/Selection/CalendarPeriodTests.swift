import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Periods of the calendar")
struct CalendarPeriodTests {
    private static func time(_ text: String) throws -> Int64 {
        try #require(TimestampArgument(text)).microseconds(now: 0, timeZone: .gmt)
    }

    private static func text(_ range: CalendarPeriod.Range?) -> String {
        range.map {
            "\(TimestampText.utc($0.from, isShort: true)) \(TimestampText.utc($0.to, isShort: true))"
        } ?? "-"
    }

    /// Now, the zone, the period, its range, and what it is compared with.
    @Test(
        "A period has a range and one to compare it with",
        arguments: [
            (
                "2026-03-31T12:00:00Z", "America/Los_Angeles", "last-month",
                "2026-02-01T08:00:00Z 2026-03-01T08:00:00Z", "2026-01-01T08:00:00Z 2026-02-01T08:00:00Z"
            ),
            (
                "2026-01-03T10:00:00Z", "UTC", "this-month",
                "2026-01-01T00:00:00Z 2026-01-03T10:00:00.000001Z", "2025-12-01T00:00:00Z 2025-12-03T10:00:00.000001Z"
            ),
            (
                "2026-03-31T10:00:00Z", "UTC", "mtd",
                "2026-03-01T00:00:00Z 2026-03-31T10:00:00.000001Z", "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z"
            ),
            (
                "2026-03-29T10:00:00Z", "Europe/Paris", "today",
                "2026-03-28T23:00:00Z 2026-03-29T10:00:00.000001Z", "2026-03-27T23:00:00Z 2026-03-28T11:00:00.000001Z"
            ),
            (
                "2026-11-29T10:00:00Z", "Asia/Kolkata", "this-week",
                "2026-11-22T18:30:00Z 2026-11-29T10:00:00.000001Z", "2026-11-15T18:30:00Z 2026-11-22T10:00:00.000001Z"
            ),
            (
                "2026-11-29T10:00:00Z", "UTC", "2026-W48",
                "2026-11-23T00:00:00Z 2026-11-29T10:00:00.000001Z", "2026-11-16T00:00:00Z 2026-11-22T10:00:00.000001Z"
            ),
            (
                "2026-11-29T10:00:00Z", "UTC", "2026-10",
                "2026-10-01T00:00:00Z 2026-11-01T00:00:00Z", "2026-09-01T00:00:00Z 2026-10-01T00:00:00Z"
            ),
            (
                "2026-11-29T10:00:00Z", "UTC", "last-quarter",
                "2026-07-01T00:00:00Z 2026-10-01T00:00:00Z", "2026-04-01T00:00:00Z 2026-07-01T00:00:00Z"
            ),
            (
                "2026-11-29T10:00:00Z", "UTC", "last-year",
                "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z", "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z"
            ),
            (
                "2026-11-29T10:00:00Z", "Europe/Paris", "2026-Q3",
                "2026-06-30T22:00:00Z 2026-09-30T22:00:00Z", "2026-03-31T22:00:00Z 2026-06-30T22:00:00Z"
            ),
            (
                "2026-11-29T10:00:00Z", "UTC", "2026-Q4",
                "2026-10-01T00:00:00Z 2026-11-29T10:00:00.000001Z", "2026-07-01T00:00:00Z 2026-08-29T10:00:00.000001Z"
            ),
            (
                "2026-11-29T10:00:00Z", "Europe/Paris", "2026-10-25",
                "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z", "2026-10-23T22:00:00Z 2026-10-24T22:00:00Z"
            ),
            ("2026-11-29T10:00:00Z", "UTC", "2026-12", "-", "-"), ("2026-11-29T10:00:00Z", "UTC", "2027-Q1", "-", "-"),
            // Clocks of Santiago skip the first hour of 2026-09-06.
            (
                "2026-09-08T00:00:00Z", "America/Santiago", "2026-W37",
                "2026-09-07T03:00:00Z 2026-09-08T00:00:00.000001Z", "2026-08-31T04:00:00Z 2026-09-01T01:00:00.000001Z"
            ),
        ]
    )
    func ranges(now: String, zone: String, name: String, range: String, previous: String) throws {
        let now = try Self.time(now)
        let zone = try #require(TimeZone(reportName: zone))
        let period = try #require(CalendarPeriod(name))
        #expect(Self.text(period.range(now: now, timeZone: zone)) == range)
        #expect(Self.text(period.previous(now: now, timeZone: zone)) == previous)
    }

    @Test("A day that begins with a gap begins behind it")
    func gap() throws {
        let zone = try #require(TimeZone(reportName: "America/Santiago"))
        let now = try Self.time("2026-09-06T12:00:00Z")
        let range = CalendarPeriod.relative(.day, ago: 0).range(now: now, timeZone: zone)
        #expect(Self.text(range) == "2026-09-06T04:00:00Z 2026-09-06T12:00:00.000001Z")
    }

    @Test("Days add up to their month, in any zone", arguments: 1...12)
    func days(month: Int) throws {
        let now = try Self.time("2027-06-01T00:00:00Z")
        for name in [
            "UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
        ] {
            let zone = try #require(TimeZone(reportName: name))
            let whole = try #require(CalendarPeriod.month(year: 2026, month: month).range(now: now, timeZone: zone))
            let offset =
                Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(whole.from) / 1e6))) * 1_000_000
            var end = whole.from
            var day = CivilDate(year: 2026, month: Int64(month), day: 1).daysSince1970
            while end < whole.to {
                // The days one after the other, each as the yesterday of its morrow.
                let noon = (day + 1) * 86_400_000_000 + 43_200_000_000 - offset
                let yesterday = CalendarPeriod.relative(.day, ago: 1)
                let range = try #require(yesterday.range(now: noon, timeZone: zone))
                if range.from == end { end = range.to }
                day += 1
                try #require(day < CivilDate(year: 2026, month: Int64(month), day: 1).daysSince1970 + 40)
            }
            #expect(end == whole.to, "\(name)")
        }
    }

    @Test(
        "What is not a period is refused",
        arguments: [
            "", "last-mnth", "2026-13", "2026-00", "2026-1", "2026-W54", "2025-W53", "26-01", "2026-02-30",
            "2026-02-29", "2026-2-01", "2026-Q0", "2026-Q5", "2026-Q03", "2026-04-31", "-1",
        ]
    )
    func invalid(text: String) { #expect(CalendarPeriod(text) == nil) }

    @Test("Week 53 is there in long years", arguments: [2026, 2032])
    func longYears(year: Int) { #expect(CalendarPeriod("\(year)-W53") != nil) }
}
