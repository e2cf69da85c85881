import Testing

@testable import OpenAIUsageGateway

@Suite("Attempts to send a message")
struct DeliveryBackoffTests {
    private static let second: Int64 = 1_000_000_000

    @Test("The delay doubles from 15 seconds up to an hour")
    func doubling() {
        var backoff = DeliveryBackoff()
        var (now, delays): (Int64, [Int64]) = (0, [])
        for _ in 0..<12 {
            #expect(backoff.mayTry("a", at: now))
            _ = backoff.failed("a", at: now, reason: "status 500")
            var delay: Int64 = 0
            while !backoff.mayTry("a", at: now + delay * Self.second) { delay += 15 }
            delays.append(delay)
            now += delay * Self.second
        }
        #expect(delays == [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600, 3_600])
    }

    @Test("A change is told once; another message is not held up; a message that is not due any more is forgotten")
    func changes() {
        var backoff = DeliveryBackoff()
        #expect(backoff.failed("a", at: 0, reason: "status 500") == true)
        #expect(backoff.failed("b", at: 0, reason: "status 500") == false)
        #expect(backoff.failed("a", at: 15 * Self.second, reason: "status 500") == false)
        #expect(backoff.failed("a", at: 45 * Self.second, reason: "cannot be reached") == true)
        #expect(backoff.mayTry("c", at: 0))
        #expect(backoff.accepted("b") == true)
        #expect(backoff.accepted("b") == false)
        #expect(!backoff.mayTry("a", at: 46 * Self.second))
        backoff.keep(["b"])
        #expect(backoff.mayTry("a", at: 46 * Self.second))
    }
}
