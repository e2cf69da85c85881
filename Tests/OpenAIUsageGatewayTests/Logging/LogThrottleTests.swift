import Testing

@testable import OpenAIUsageGateway

struct LogThrottleTests {
    private static let minute: Int64 = 60_000
    private let unreachable = LogThrottle.Kind(message: "A call failed.", code: "unreachable", upstream: "a:1")
    private let timeout = LogThrottle.Kind(message: "A call failed.", code: "timeout", upstream: "a:1")

    @Test func aKindIsWrittenOnceAMinute() {
        var throttle = LogThrottle()
        #expect(throttle.receive(unreachable, at: 0) == .write(repeated: 0))
        #expect(throttle.receive(unreachable, at: 1) == .countFirst)
        for now in 2..<1_235 { #expect(throttle.receive(unreachable, at: Int64(now)) == .count) }
        // Another kind is another line.
        #expect(throttle.receive(timeout, at: 5) == .write(repeated: 0))
        #expect(throttle.receive(unreachable, at: Self.minute - 1) == .count)
        #expect(throttle.receive(unreachable, at: Self.minute) == .write(repeated: 1_235))
        #expect(throttle.receive(unreachable, at: Self.minute + 1) == .countFirst)
    }

    @Test func theLastCountIsToldThoughNothingFollows() {
        var throttle = LogThrottle()
        #expect(throttle.nextExpiry(after: 0) == nil)
        _ = throttle.receive(unreachable, at: 100)
        #expect(throttle.nextExpiry(after: 100) == nil)
        for now in 101...103 { _ = throttle.receive(unreachable, at: Int64(now)) }
        #expect(throttle.nextExpiry(after: 200) == Self.minute - 100)
        #expect(throttle.expire(at: Self.minute + 99) == [])
        #expect(throttle.expire(at: Self.minute + 100) == [.init(kind: unreachable, repeated: 3)])
        // The count was the line of its minute.
        #expect(throttle.receive(unreachable, at: Self.minute + 101) == .countFirst)
        #expect(throttle.expire(at: 2 * Self.minute + 100) == [.init(kind: unreachable, repeated: 1)])
        // After a minute of silence it is as if nothing had been.
        #expect(throttle.expire(at: 4 * Self.minute) == [])
        #expect(throttle.nextExpiry(after: 4 * Self.minute) == nil)
        #expect(throttle.receive(unreachable, at: 4 * Self.minute) == .write(repeated: 0))
    }

    /// A failure that goes on is told every minute, not only when it began.
    @Test func aFailureThatGoesOnIsToldEveryMinute() {
        var throttle = LogThrottle()
        var lines = 0
        for second in 0..<600 {
            let now = Int64(second) * 1_000
            if case .write = throttle.receive(unreachable, at: now) { lines += 1 }
            lines += throttle.expire(at: now).count
        }
        #expect(lines == 10)
    }

    @Test func theEndTellsAllCounts() {
        var throttle = LogThrottle()
        for now in 0..<3 { _ = throttle.receive(unreachable, at: Int64(now)) }
        for now in 3..<5 { _ = throttle.receive(timeout, at: Int64(now)) }
        #expect(throttle.finish() == [.init(kind: unreachable, repeated: 2), .init(kind: timeout, repeated: 1)])
        #expect(throttle.finish() == [])
    }

    @Test func kindsHaveABound() {
        var throttle = LogThrottle(capacity: 3)
        func kind(_ number: Int) -> LogThrottle.Kind { .init(message: "m", code: "\(number)", upstream: "") }
        for number in 0..<3 { #expect(throttle.receive(kind(number), at: 0) == .write(repeated: 0)) }
        #expect(throttle.receive(kind(3), at: 1) == .writeOthers(repeated: 0))
        #expect(throttle.receive(kind(4), at: 2) == .countFirst)
        for number in 5..<1_000 { #expect(throttle.receive(kind(number), at: 3) == .count) }
        #expect(throttle.receive(kind(1), at: 4) == .countFirst)
        #expect(throttle.receive(kind(1_000), at: 1 + Self.minute) == .write(repeated: 0))
        let summaries = throttle.finish()
        #expect(summaries.first { $0.kind == LogThrottle.others }?.repeated == 996)
        #expect(summaries.first { $0.kind == kind(1) }?.repeated == 1)
    }

    @Test func everyLineIsWrittenOrCountedOnce() {
        var throttle = LogThrottle(interval: 50, capacity: 4)
        var told = 0
        var now: Int64 = 0
        for number in 0..<10_000 {
            now += Int64(number % 7)
            let kind = LogThrottle.Kind(message: "m", code: "\(number * number % 11)", upstream: "")
            switch throttle.receive(kind, at: now) {
            case .write(let repeated), .writeOthers(let repeated): told += 1 + repeated
            case .count, .countFirst: break
            }
            if number % 13 == 0 { told += throttle.expire(at: now).reduce(0) { $0 + $1.repeated } }
        }
        told += throttle.finish().reduce(0) { $0 + $1.repeated }
        #expect(told == 10_000)
    }
}
