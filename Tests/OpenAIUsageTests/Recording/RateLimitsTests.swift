import OpenAIUsage
import Testing

struct RateLimitsTests {
    @Test
    func `The fields of a head become windows by resource`() throws {
        let limits = try #require(
            RateLimits(
                ObservedCall.header([
                    ("x-ratelimit-limit-requests", "10000"), ("X-RateLimit-Remaining-Requests", "9999"),
                    ("x-ratelimit-reset-requests", "6ms"), ("x-ratelimit-limit-tokens", "2000000"),
                    ("x-ratelimit-remaining-project-tokens", "57000"), ("x-ratelimit-reset-tokens", "1m0s"),
                    ("content-type", "application/json"), ("x-ratelimit-limit-images", "5"),
                ])
            )
        )
        #expect(limits.windows.map(\.resource) == ["requests", "tokens", "project-tokens", "images"])
        #expect(limits["requests"] == RateLimits.Window(limit: 10_000, remaining: 9_999, resetMicroseconds: 6_000))
        #expect(limits["tokens"] == RateLimits.Window(limit: 2_000_000, remaining: nil, resetMicroseconds: 60_000_000))
        #expect(limits["project-tokens"] == RateLimits.Window(remaining: 57_000))
        #expect(limits["images"] == RateLimits.Window(limit: 5))
        #expect(limits["audio"] == nil)
    }

    @Test
    func `A head without such fields has no limits`() {
        #expect(RateLimits(ObservedCall.header([])) == nil)
        #expect(RateLimits(ObservedCall.header([("ratelimit-limit", "5"), ("x-ratelimit", "5")])) == nil)
        #expect(RateLimits(ObservedCall.header([("x-ratelimit-policy", "5"), ("x-ratelimit-scope-x", "5")])) == nil)
    }

    static let counts: [(text: String, count: Int64?)] = [
        ("0", 0), ("1", 1), ("10000", 10_000), ("1e6", 1_000_000), ("10.0", 10), (" 7", 7), ("7 per minute", 7),
        ("9223372036854775807", .max), ("", nil), (" ", nil), ("-", nil), ("+", nil), (".", nil), ("abc", nil),
        ("1,000", nil),
        ("1.5", nil), ("0x10", nil), ("9223372036854775808", nil), ("unlimited", nil), ("e5", nil), ("NaN", nil),
        ("--1", nil),
    ]

    @Test(arguments: counts)
    func `A count that cannot be read is unknown, never zero`(text: String, count: Int64?) {
        let fields = ObservedCall.header([("x-ratelimit-limit-tokens", text), ("x-ratelimit-remaining-tokens", text)])
        #expect(RateLimits(fields)?["tokens"] == RateLimits.Window(limit: count, remaining: count))
    }

    @Test
    func `A field that stands twice counts as it stands last`() {
        let fields = ObservedCall.header([
            ("x-ratelimit-limit-tokens", "5"), ("x-ratelimit-limit-tokens", "7"), ("x-ratelimit-reset-tokens", "1s"),
            ("x-ratelimit-reset-tokens", "soon"),
        ])
        #expect(RateLimits(fields)?["tokens"] == RateLimits.Window(limit: 7))
    }

    @Test
    func `Windows are set, replaced and taken out`() {
        var limits = RateLimits()
        limits["a"] = RateLimits.Window(limit: 1)
        limits["b"] = RateLimits.Window(limit: 2)
        limits["a"] = RateLimits.Window(limit: 3)
        limits["c"] = nil
        #expect(limits.windows.map(\.resource) == ["a", "b"])
        #expect(limits["a"]?.limit == 3)
        var other = RateLimits()
        other["b"] = RateLimits.Window(limit: 2)
        #expect(limits != other)
        limits["a"] = nil
        #expect(limits == other)
    }
}
