import Testing

@testable import OpenAIUsagePricing

struct UTCDayTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-23", 20_780), ("2100-02-28", 47_540),
        ("2100-03-01", 47_541), ("0001-01-01", -719_162),
    ])
    func daysAreCountedFrom1970(text: String, number: Int) throws {
        let day = try #require(UTCDay(text))
        #expect(day.number == number)
        #expect(UTCDay(number: number).description == text)
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01 ",
        "0000-01-01", "+026-01-01", "",
    ])
    func rejectsWhatIsNoDay(text: String) {
        #expect(UTCDay(text) == nil)
    }

    @Test func everyDayOfFourCenturiesSurvivesARoundTrip() {
        var failures = 0
        for number in stride(from: -146_097, through: 146_097, by: 1) {
            let day = UTCDay(number: number)
            if UTCDay(day.description) != day { failures += 1 }
        }
        #expect(failures == 0)
    }

    @Test func aMomentBelongsToTheDayThatItIsIn() {
        #expect(UTCDay(microseconds: 0).number == 0)
        #expect(UTCDay(microseconds: 86_399_999_999).number == 0)
        #expect(UTCDay(microseconds: 86_400_000_000).number == 1)
        #expect(UTCDay(microseconds: -1).number == -1)
        #expect(UTCDay(microseconds: -86_400_000_000).number == -1)
        #expect(UTCDay(microseconds: -86_400_000_001).number == -2)
        #expect(UTCDay(microseconds: TestCall.microseconds("2026-11-23")).description == "2026-11-23")
    }
}
