import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct LocalTimeTextTests {
    @Test(arguments: [
        ("UTC", "2026-11-29 22:15:09.123"), ("Asia/Kathmandu", "2026-11-30 04:00:09.123"),
        ("America/New_York", "2026-11-29 17:15:09.123"),
    ])
    func `A time is that of the zone`(zone: String, text: String) throws {
        let times = LocalTimeText(try #require(TimeZone(reportName: zone)))
        let time = try #require(TimestampArgument("2026-11-29T22:15:09Z")?.microseconds(now: 0, timeZone: .gmt))
        #expect(times.text(time + 123_456, .milliseconds) == text)
    }

    @Test
    func `Whole days are told without times, and the last one is included`() throws {
        let paris = LocalTimeText(try #require(TimeZone(reportName: "Europe/Paris")))
        let from = try #require(TimestampArgument("2026-10-01T00:00:00+02:00")?.microseconds(now: 0, timeZone: .gmt))
        let to = try #require(TimestampArgument("2026-11-01T00:00:00+01:00")?.microseconds(now: 0, timeZone: .gmt))
        #expect(paris.range(from: from, to: to) == "2026-10-01 to 2026-10-31")
        #expect(paris.range(from: from, to: from + 86_400_000_000) == "2026-10-01")
        #expect(paris.range(from: from + 60_000_000, to: to) == "2026-10-01 00:01 to 2026-11-01 00:00")
        #expect(paris.range(from: from + 1_000_000, to: to) == "2026-10-01 00:00:01 to 2026-11-01 00:00:00")
    }

    @Test
    func `Calls are ranked by a value, unknown ones last, ties in their order`() throws {
        let order = try #require(CallOrder(argument: "duration"))
        var ranking = CallRanking(order, limit: 3)
        for (number, duration) in [5, 9, nil, 9, 1, 7].enumerated() as EnumeratedSequence<[Int64?]> {
            var record = CallRecord(
                id: CallID(rawValue: Int64(number + 1)),
                operationID: "\(number)",
                startedAt: Int64(number),
                source: .gateway,
                method: "POST",
                host: "api.openai.com",
                path: "/v1/responses"
            )
            record.timing.durationMicroseconds = duration
            ranking.add(record)
        }
        #expect(ranking.records.map(\.timing.durationMicroseconds) == [9, 9, 7])
        #expect(ranking.records.map(\.operationID) == ["1", "3", "5"])
        #expect(ranking.count == 6)
        #expect(CallOrder(argument: "duration:up") == nil && CallOrder(argument: "length") == nil)
    }
}
