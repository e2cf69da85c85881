import Foundation
import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

/// The small texts that headers are made of.
@Suite
struct HeaderTextTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_795_425_301, "Mon, 23 Nov 2026 09:15:01 GMT"),
        (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func dates(seconds: Int, text: String) {
        #expect(CivilTime(secondsSinceEpoch: seconds).headerText == text)
    }

    @Test
    func cookieDates() {
        #expect(CivilTime(secondsSinceEpoch: 1_795_425_301).cookieText == "Mon, 23-Nov-26 09:15:01 GMT")
    }

    @Test
    func datesAgreeWithFoundation() throws {
        let seed: UInt64 = 2026
        var random = SplitMix64(seed: seed)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for _ in 0..<500 {
            let seconds = Int.random(in: -2_000_000_000...8_000_000_000, using: &random)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday],
                from: Date(timeIntervalSince1970: Double(seconds))
            )
            let time = CivilTime(secondsSinceEpoch: seconds)
            #expect(time.year == parts.year, "seed \(seed), \(seconds)")
            #expect(time.month == parts.month)
            #expect(time.day == parts.day)
            #expect(time.hour == parts.hour)
            #expect(time.minute == parts.minute)
            #expect(time.second == parts.second)
            #expect(time.weekday + 1 == parts.weekday)
        }
    }

    @Test
    func theSystemsClock() {
        #expect(abs(SystemClock.secondsSinceEpoch() - Int(Date().timeIntervalSince1970)) <= 2)
    }

    @Test(arguments: [
        (-1, "0s"), (0, "0s"), (1, "1ms"), (6, "6ms"), (999, "999ms"), (1000, "1s"), (8640, "8.64s"), (1001, "1.001s"),
        (59_990, "59.99s"), (60_000, "1m0s"), (360_000, "6m0s"), (1_680_747, "28m0.747s"), (5_776_107, "1h36m16.107s"),
        (3_600_000, "1h0m0s"),
    ])
    func durations(milliseconds: Int, text: String) {
        #expect(GoDuration.text(milliseconds: milliseconds) == text)
    }

    @Test
    func base64AgreesWithFoundation() {
        var random = SplitMix64(seed: 64)
        for count in 0..<40 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var encoder = Base64Encoder()
            var buffer = ByteBuffer()
            for byte in bytes { encoder.encode(byte, to: &buffer) }
            encoder.finish(&buffer)
            #expect(String(buffer: buffer) == Data(bytes).base64EncodedString())
        }
    }

    @Test
    func requestIds() {
        let first = RequestID(seed: 1, number: 1)
        #expect(first == RequestID(seed: 1, number: 1))
        #expect(first != RequestID(seed: 1, number: 2))
        #expect(first != RequestID(seed: 2, number: 1))
        #expect(first.number(in: 5...5) == 5)
        let numbers = (0..<200).map { RequestID(seed: 1, number: $0).number(in: -1...1) }
        #expect(Set(numbers) == [-1, 0, 1])
    }

    @Test
    func aHeadForEveryConnection() throws {
        var encoder = HeadEncoder(now: { 1_795_425_301 })
        let head = ResponseHead(
            status: 418,
            contentType: .html,
            origin: .edge,
            requestID: RequestID(seed: 1, number: 1),
            organization: "o",
            project: "p",
            processingMilliseconds: 1
        )
        func text(_ framing: HeadEncoder.Framing, _ connection: StaticString?) -> String {
            var buffer = ByteBuffer()
            encoder.encode(head, framing: framing, connection: connection, to: &buffer)
            return String(buffer: buffer)
        }
        let start =
            "HTTP/1.1 418 I'm a teapot\r\ndate: Mon, 23 Nov 2026 09:15:01 GMT\r\n"
            + "content-type: text/html; charset=UTF-8\r\nserver: cloudflare\r\ncf-ray: \(head.requestID.ray)\r\n"
        #expect(text(.length(12), nil) == start + "content-length: 12\r\n\r\n")
        #expect(text(.chunked, "close") == start + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n")
        #expect(text(.close, "close") == start + "connection: close\r\n\r\n")
    }
}
