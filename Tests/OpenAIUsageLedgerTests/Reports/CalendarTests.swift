import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Calendar and percentiles")
struct CalendarTests {
    @Test("Days become dates and dates days, without a gap from year -400 to 4000")
    func roundTrip() {
        var previous = CivilDate(daysSince1970: -865_626)
        for day in Int64(-865_625)...741_000 {
            let date = CivilDate(daysSince1970: day)
            if date.daysSince1970 != day { Issue.record("\(date) is not day \(day)") }
            let follows =
                date.day == previous.day + 1 && date.month == previous.month && date.year == previous.year
                || date.day == 1 && previous.day >= 28
            if !follows { Issue.record("\(date) follows \(previous)") }
            previous = date
        }
    }

    @Test(
        "Known days",
        arguments: [
            (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (11_017, "2000-03-01"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"), (47_541, "2100-03-01"), (-719_468, "0000-03-01"),
        ] as [(Int64, String)]
    )
    func known(day: Int64, text: String) {
        #expect(CivilDate(daysSince1970: day).text == text)
    }

    @Test(
        "Numbers of periods grow with time, also over the ends of summer time",
        arguments: [
            "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
        ]
    )
    func monotonic(zone: String) throws {
        var offset = TimeZoneOffset(try #require(TimeZone(identifier: zone)))
        for period in [TimePeriod.hour, .day, .week, .month] {
            var last = Int64.min
            var names: [Int64: String] = [:]
            // A year in steps of a quarter of an hour.
            for step in Int64(0)..<(366 * 96) {
                let at = 1_767_225_600_000_000 + step * 900_000_000
                let seconds = offset.seconds(at: at)
                let local = at + seconds * 1_000_000
                let number = period.number(local: local, offset: seconds)
                if number < last { Issue.record("\(zone) \(period) goes back at \(at)") }
                last = max(last, number)
                let name = period.name(local: local, offset: seconds)
                if let known = names[number], known != name { Issue.record("\(known) and \(name) are one \(period)") }
                names[number] = name
            }
            #expect(Set(names.values).count == names.count, "\(zone) \(period)")
        }
    }

    @Test("Offsets are those of the time zone, in any order of asking")
    func offsets() throws {
        let zone = try #require(TimeZone(identifier: "Australia/Lord_Howe"))
        var offset = TimeZoneOffset(zone)
        var generator = SplitMix64(seed: 5)
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: 0..<2_000_000_000, using: &generator)
            let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            #expect(offset.seconds(at: seconds * 1_000_000) == Int64(expected))
        }
    }

    @Test("Quotients are rounded down", arguments: [(7, 2, 3), (-7, 2, -4), (-8, 2, -4), (0, 5, 0), (-1, 1_000, -1)])
    func quotients(value: Int64, divisor: Int64, expected: Int64) {
        #expect(value.flooredQuotient(by: divisor) == expected)
    }

    @Test("Percentiles are those of the sorted values, whatever their size", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func percentiles(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<50 {
            var samples = LatencySamples()
            var other = LatencySamples()
            var values: [Int64] = []
            for _ in 0..<Int.random(in: 1..<300, using: &generator) {
                let range: ClosedRange<Int64> = generator.chance(20) ? .min ... .max : 0...5_000_000_000
                let value = Int64.random(in: range, using: &generator)
                values.append(value)
                if generator.chance(50) { samples.add(value) } else { other.add(value) }
                samples.add(nil)
            }
            samples.add(other)
            values.sort()
            func expected(_ percent: Int) -> Int64 {
                // The smallest value that at least so many of a hundred do not exceed.
                values.enumerated().first { ($0.offset + 1) * 100 >= percent * values.count }?.element ?? 0
            }
            let found = samples.percentiles()
            #expect(
                found
                    == LatencyPercentiles(
                        p50Microseconds: expected(50),
                        p95Microseconds: expected(95),
                        p99Microseconds: expected(99)
                    ),
                "seed \(seed)"
            )
        }
        var nothing = LatencySamples()
        #expect(nothing.percentiles() == nil)
    }
}
