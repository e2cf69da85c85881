import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Metrics of rate limits")
struct RateLimitMetricsTests {
    private let clock = ManualClock(CallRecord.sampleStart + 1_000_000)
    private let who = "project=\"proj_a\",model=\"gpt-4o-mini\""

    private func record(remaining: Int64, at offset: Int64 = 0, model: String = "gpt-4o-mini-2024-07-18") -> CallRecord
    {
        .sample {
            $0.startedAtMicroseconds += offset
            $0.model = model
            $0.timing.timeToHeadersMicroseconds = 500_000
            $0.timing.durationMicroseconds = 9_000_000
            $0.rateLimits = RateLimits()
            $0.rateLimits?["requests"] = .init(limit: 10_000, remaining: remaining, resetMicroseconds: 6_000)
            $0.rateLimits?["tokens"] = .init(limit: 2_000_000, remaining: 500_000, resetMicroseconds: 1_500_000)
        }
    }

    @Test("The latest limits are shown with their times")
    func gauges() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(record(remaining: 9_999))
        let scrape = Scrape(metrics)
        #expect(scrape["rate_limit{\(who),resource=\"requests\"}"] == "10000")
        #expect(scrape["rate_limit_remaining{\(who),resource=\"requests\"}"] == "9999")
        #expect(scrape["rate_limit{\(who),resource=\"tokens\"}"] == "2000000")
        #expect(scrape["rate_limit_remaining{\(who),resource=\"tokens\"}"] == "500000")
        #expect(scrape["rate_limit_updated_timestamp_seconds{\(who)}"] == "1.7954253005e+09")
        #expect(scrape["rate_limit_reset_timestamp_seconds{\(who),resource=\"requests\"}"] == "1.795425300506e+09")
        #expect(scrape["rate_limit_reset_timestamp_seconds{\(who),resource=\"tokens\"}"] == "1795425302")
    }

    @Test("Every window has gauges, an exhausted one too, and no other window's error hides it")
    func windows() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(record(remaining: 9_999))
        metrics.record(
            .sample {
                $0.startedAtMicroseconds += 1_000_000
                $0.status = 429
                $0.outcome = .error
                $0.rateLimits = RateLimits()
                for (name, left) in [
                    ("project-tokens", 0), ("images", 0), ("input-images", 3), ("tokens-day\n", 0), ("requests", 0),
                ] as [(String, Int64)] {
                    $0.rateLimits?[name] = .init(limit: 50, remaining: left, resetMicroseconds: 2_000_000)
                }
            }
        )
        let scrape = Scrape(metrics)
        for name in ["project_tokens", "images", "requests"] {
            #expect(scrape["rate_limit_remaining{\(who),resource=\"\(name)\"}"] == "0", "\(name)")
            #expect(scrape["rate_limit{\(who),resource=\"\(name)\"}"] == "50", "\(name)")
            let reset = "rate_limit_reset_timestamp_seconds{\(who),resource=\"\(name)\"}"
            #expect(scrape[reset] != nil, "\(name)")
        }
        #expect(scrape["rate_limit_remaining{\(who),resource=\"input_images\"}"] == "3")
        #expect(scrape["rate_limit_remaining{\(who),resource=\"tokens-day\"}"] == "0")
        #expect(scrape["rate_limit_remaining{\(who),resource=\"tokens\"}"] == "500000")
        #expect(scrape["rate_limit_updated_timestamp_seconds{\(who)}"] == "1795425301")
        #expect(metrics.registry.misuses.isEmpty)
    }

    @Test("The windows of one owner, and of all, are bounded")
    func windowBound() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        for owner in 0..<50 {
            metrics.record(
                .sample {
                    $0.model = "m\(owner)"
                    $0.rateLimits = RateLimits()
                    for index in 0..<40 { $0.rateLimits?["w\(index)"] = .init(limit: 1, remaining: 0) }
                }
            )
        }
        #expect(Scrape(metrics).count("rate_limit_remaining") == 400)
    }

    @Test("Limits told more than 10 minutes ago are no longer shown")
    func lifetime() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(record(remaining: 1))
        clock.advance(seconds: 599)
        #expect(Scrape(metrics).count("rate_limit_remaining") == 2)
        clock.advance(seconds: 2)
        let scrape = Scrape(metrics)
        for name in ["rate_limit", "rate_limit_remaining", "rate_limit_updated_timestamp_seconds"] {
            #expect(scrape.count(name) == 0, "\(name)")
        }
        // What was observed stays observed.
        #expect(scrape.sum("rate_limit_headroom_ratio_count") == 2)
        metrics.record(record(remaining: 2, at: 601_000_000))
        #expect(Scrape(metrics)["rate_limit_remaining{\(who),resource=\"requests\"}"] == "2")
    }

    @Test("A long call that ends late does not overwrite newer limits")
    func order() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(record(remaining: 5, at: 1_000_000))
        metrics.record(record(remaining: 9, at: 0))
        #expect(Scrape(metrics)["rate_limit_remaining{\(who),resource=\"requests\"}"] == "5")
        metrics.record(record(remaining: 4, at: 2_000_000))
        #expect(Scrape(metrics)["rate_limit_remaining{\(who),resource=\"requests\"}"] == "4")
    }

    @Test("What was not told is not shown")
    func partial() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(
            .sample {
                $0.rateLimits = RateLimits()
                $0.rateLimits?["requests"] = .init(remaining: 7)
            }
        )
        let scrape = Scrape(metrics)
        #expect(scrape["rate_limit_remaining{\(who),resource=\"requests\"}"] == "7")
        #expect(scrape.count("rate_limit") == 0)
        #expect(scrape.count("rate_limit_reset_timestamp_seconds") == 0)
        #expect(scrape.count("rate_limit_remaining") == 1)
        #expect(scrape.count("rate_limit_headroom_ratio_count") == 0)
        #expect(scrape.count("rate_limit_updated_timestamp_seconds") == 1)
    }

    @Test("Limits of a model that was never served are not shown under its name or another's")
    func unserved() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        var refused = record(remaining: 3, model: "minted")
        refused.requestModel = "minted"
        refused.status = 404
        refused.outcome = .error
        metrics.record(refused)
        #expect(Scrape(metrics).count("rate_limit_remaining") == 0)
        metrics.record(record(remaining: 2))
        var limited = record(remaining: 0, at: 1)
        limited.status = 429
        limited.outcome = .error
        metrics.record(limited)
        #expect(Scrape(metrics)["rate_limit_remaining{\(who),resource=\"requests\"}"] == "0")
    }

    @Test("Every response's headroom is observed")
    func headroom() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        metrics.record(record(remaining: 0))
        metrics.record(record(remaining: 10_000))
        metrics.record(
            .sample {
                $0.rateLimits = RateLimits()
                $0.rateLimits?["requests"] = .init(limit: 0, remaining: 0)
                $0.rateLimits?["project-tokens"] = .init(limit: 10, remaining: 20)
                $0.rateLimits?["tokens-minute"] = .init(limit: 10, remaining: -1)
            }
        )
        let scrape = Scrape(metrics)
        let model = "model=\"gpt-4o-mini\""
        let requests = "\(model),resource=\"requests\""
        #expect(scrape["rate_limit_headroom_ratio_bucket{\(requests),le=\"0.0\"}"] == "1")
        #expect(scrape["rate_limit_headroom_ratio_bucket{\(requests),le=\"0.9\"}"] == "1")
        #expect(scrape["rate_limit_headroom_ratio_count{\(requests)}"] == "2")
        #expect(scrape["rate_limit_headroom_ratio_sum{\(model),resource=\"tokens\"}"] == "0.5")
        #expect(scrape["rate_limit_headroom_ratio_sum{\(model),resource=\"project_tokens\"}"] == "1")
        #expect(scrape["rate_limit_headroom_ratio_sum{\(model),resource=\"other\"}"] == "0")
    }

    @Test("The owners of limits are bounded, and make room when they are old")
    func bound() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock)
        for index in 0..<150 { metrics.record(record(remaining: 1, model: "m\(index)")) }
        var scrape = Scrape(metrics)
        #expect(scrape.count("rate_limit_remaining") == 200)
        #expect(scrape["label_overflow_total{label=\"project\"}"] == "50")
        clock.advance(seconds: 700)
        metrics.record(record(remaining: 1, at: 700_000_000, model: "m149"))
        scrape = Scrape(metrics)
        #expect(scrape.labels("model", of: "rate_limit_remaining") == ["m149"])
    }
}
