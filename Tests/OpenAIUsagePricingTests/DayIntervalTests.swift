import Testing

@testable import OpenAIUsagePricing

struct DayIntervalTests {
    private static func interval(_ first: Int?, _ last: Int?) -> DayInterval {
        DayInterval(first: first.map { UTCDay(number: $0) }, last: last.map { UTCDay(number: $0) })
    }

    @Test(arguments: [
        (Int?.none, Int?.none, "any day"), (0, nil, "1970-01-01..."), (nil, 0, "...1970-01-01"),
        (0, 30, "1970-01-01...1970-01-31"),
    ])
    func isWrittenWithItsEnds(first: Int?, last: Int?, text: String) {
        #expect(Self.interval(first, last).description == text)
    }

    @Test func bothEndsBelongToIt() {
        let interval = Self.interval(10, 20)
        for day in 0..<30 { #expect(interval.contains(UTCDay(number: day)) == (10...20).contains(day)) }
        #expect(Self.interval(nil, nil).contains(UTCDay(number: -1_000_000)))
        #expect(!Self.interval(nil, 5).contains(UTCDay(number: 6)))
        #expect(!Self.interval(5, nil).contains(UTCDay(number: 4)))
    }

    @Test func overlapsAreThoseOfTheirDays() {
        let ends: [Int?] = [nil, 0, 1, 2, 3, 4]
        for first in ends {
            for last in ends where (first ?? -1) <= (last ?? 5) {
                for otherFirst in ends {
                    for otherLast in ends where (otherFirst ?? -1) <= (otherLast ?? 5) {
                        let left = Self.interval(first, last)
                        let right = Self.interval(otherFirst, otherLast)
                        let shared = (-2...6).contains { day in
                            left.contains(UTCDay(number: day)) && right.contains(UTCDay(number: day))
                        }
                        #expect(left.overlaps(right) == shared, "\(left) \(right)")
                        #expect(right.overlaps(left) == shared, "\(left) \(right)")
                    }
                }
            }
        }
    }

    @Test func reversedEndsAreSeen() {
        #expect(Self.interval(2, 1).isReversed)
        #expect(!Self.interval(1, 1).isReversed)
        #expect(!Self.interval(nil, 1).isReversed)
        #expect(!Self.interval(1, nil).isReversed)
    }
}
