import Foundation
import Testing

@testable import OpenAIUsage

struct HTTPDateTests {
    static let now: Int64 = 1_795_424_101
    static let cases: [(text: String, seconds: Int64?)] = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Mon, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Friday, 01-Jan-70 00:00:00 GMT", 3_155_760_000),
        ("Friday, 01-Jan-77 00:00:00 GMT", 220_924_800), ("Sun, 06 Nov 1994 08:49:37 UTC", nil),
        ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994", nil),
        ("Sun, 06 Nov 1994 08:49 GMT", nil), ("", nil), ("120", nil),
        ("Sun, 99999999999999999999 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08::37 GMT", nil),
    ]

    @Test(arguments: cases)
    func `All three forms of a date are read`(text: String, seconds: Int64?) {
        #expect(HTTPDate.seconds(text, now: Self.now) == seconds)
    }

    @Test
    func `Days agree with the calendar of Foundation`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "GMT"))
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = calendar.timeZone
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in stride(from: Int64(-20_000), through: 60_000, by: 37) {
            let seconds = day * 86_400 + day % 86_400
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(HTTPDate.seconds(text, now: Self.now) == seconds, "\(text)")
        }
    }
}
