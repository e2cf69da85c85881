import Foundation
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct TimestampArgumentTests {
    /// 2026-11-23T09:15:01Z.
    static let now: Int64 = 1_795_425_301_000_000

    static func microseconds(_ text: String, _ zone: String) throws -> Int64 {
        let point = try #require(TimestampArgument(argument: text))
        let timeZone = try #require(TimeZoneArgument(argument: zone)).timeZone
        return point.microseconds(now: now, timeZone: timeZone)
    }

    static func microseconds(_ date: String) throws -> Int64 {
        Int64(try Date(date, strategy: .iso8601).timeIntervalSince1970) * 1_000_000
    }

    @Test(arguments: [
        ("now", "UTC", "2026-11-23T09:15:01Z"), ("7d", "UTC", "2026-11-16T09:15:01Z"),
        ("90m", "Asia/Kolkata", "2026-11-23T07:45:01Z"), ("today", "UTC", "2026-11-23T00:00:00Z"),
        ("today", "America/New_York", "2026-11-23T05:00:00Z"), ("today", "Pacific/Auckland", "2026-11-22T11:00:00Z"),
        ("yesterday", "Europe/Paris", "2026-11-21T23:00:00Z"), ("2026-11-01", "UTC", "2026-11-01T00:00:00Z"),
        ("2026-07-01", "Europe/Paris", "2026-06-30T22:00:00Z"), ("2026-03-29", "Europe/Paris", "2026-03-28T23:00:00Z"),
        ("2026-03-30", "Europe/Paris", "2026-03-29T22:00:00Z"), ("2026-11-01T12:30", "UTC", "2026-11-01T12:30:00Z"),
        ("2026-11-01T12:30:45Z", "Europe/Paris", "2026-11-01T12:30:45Z"),
        ("2026-11-01T12:30+05:30", "UTC", "2026-11-01T07:00:00Z"),
        ("2026-11-01T12:30:00-08:00", "UTC", "2026-11-01T20:30:00Z"), ("2024-02-29", "UTC", "2024-02-29T00:00:00Z"),
    ])
    func `A time is read in its zone`(text: String, zone: String, expected: String) throws {
        #expect(try Self.microseconds(text, zone) == Self.microseconds(expected))
    }

    @Test(arguments: [
        "", "soon", "2026-13-01", "2026-02-30", "2025-02-29", "2026-1-1", "2026-11-01T25:00", "2026-11-01T12",
        "2026-11-01T12:00+99:00", "1-1-2026", "2026-11-01T12:00:00.1234567Z", "2026-11-01T12:00:00.Z",
        "2026-11-01T12:00.5Z", "2026-11-01T12:00:00.5", "2026/11/01", "7", "yesterdayish",
    ])
    func `Anything else is refused`(text: String) {
        #expect(TimestampArgument(argument: text) == nil)
    }

    @Test(
        arguments: [
            ("2026-11-01T12:30:45.25Z", 250_000), ("2026-11-01T12:30:45.000001+00:00", 1),
            ("2026-11-01T12:30:45.123456Z", 123_456),
        ] as [(String, Int64)]
    )
    func `A time with an offset may have a fraction of seconds`(text: String, fraction: Int64) throws {
        #expect(try Self.microseconds(text, "UTC") == Self.microseconds("2026-11-01T12:30:45Z") + fraction)
    }

    @Test(arguments: ["Mars/Olympus", "", "CET2", "EST", "utc", "Europe"])
    func `A zone that IANA does not name is refused`(name: String) {
        #expect(TimeZoneArgument(argument: name) == nil)
    }
}
