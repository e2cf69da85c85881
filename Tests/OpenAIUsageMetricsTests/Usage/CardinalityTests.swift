import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("The bound of the number of series")
struct CardinalityTests {
    private static let openCounters = [
        "calls_total", "call_errors_total", "input_tokens_total", "output_tokens_total",
        "input_cached_tokens_total", "output_reasoning_tokens_total", "input_audio_tokens_total",
        "output_audio_tokens_total", "cost_usd_total",
    ]
    private static let openHistograms = [
        "call_duration_seconds", "upstream_processing_seconds", "time_to_first_token_seconds",
        "time_per_output_token_seconds", "rate_limit_headroom_ratio",
    ]
    private static let endpoints = [
        "chat.completions", "responses", "embeddings", "images.edits", "audio.speech", "audio.transcriptions",
        "moderations", "batches.create", "files.create", "realtime.websocket", "models.list", "completions",
    ]

    private func metrics() -> UsageMetrics {
        UsageMetrics(build: BuildInformation(version: "1"), clock: ManualClock(CallRecord.sampleStart))
    }

    @Test("A hundred thousand calls with random names stay within the caps", arguments: [1] as [UInt64])
    func caps(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let metrics = metrics()
        let calls = 100_000
        var tokens: Int64 = 0
        var pico: Int128 = 0
        var errors = 0
        for _ in 0..<calls {
            let endpoint = Self.endpoints[Int.random(in: 0..<Self.endpoints.count, using: &random)]
            let record = CallRecord.sample(endpoint) {
                $0.project = "proj_\(random.next())"
                $0.model = Bool.random(using: &random) ? "m\(random.next())" : "m\(random.next() % 30)"
                $0.status = [200, 200, 200, nil, 400, 429, 500, Int(random.next() % 600)][Int(random.next() % 8)]
                $0.outcome = [.completed, .error, .cut, .timeout, .clientDisconnected][Int(random.next() % 5)]
                $0.isStream = true
                for counter in [TokenCounter.inputTokens, .cachedInputTokens, .reasoningTokens, .audioInputTokens] {
                    $0.usage[counter] = 3
                }
                $0.usage[.audioOutputTokens] = 1
                $0.usage[.outputTokens] = Int64.random(in: 2..<1_000, using: &random)
                $0.cost = CallCost(picoUSD: Int64.random(in: 0..<1_000_000_000, using: &random), status: .partial)
                $0.timing.durationMicroseconds = 2_000_000
                $0.timing.processingMicroseconds = 1_000_000
                $0.timing.timeToHeadersMicroseconds = 1_100_000
                $0.timing.timeToFirstTokenMicroseconds = 1_200_000
                $0.rateLimits = RateLimits()
                $0.rateLimits?["requests"] = .init(limit: 100, remaining: 50, resetMicroseconds: 1)
                $0.rateLimits?["tokens"] = .init(limit: 100, remaining: 50, resetMicroseconds: 1)
            }
            metrics.record(record)
            tokens += record.usage.outputTokens ?? 0
            pico += Int128(record.cost.picoUSD ?? 0)
            if ErrorClass(record) != nil { errors += 1 }
        }
        let scrape = Scrape(metrics)
        for name in Self.openCounters { #expect(scrape.count(name) <= 790, "seed \(seed): \(name)") }
        for name in Self.openHistograms { #expect(scrape.count(name + "_count") <= 53, "seed \(seed): \(name)") }
        #expect(scrape.count("unpriced_calls_total") <= 100, "seed \(seed)")
        #expect(scrape.count("rate_limit_remaining") <= 400, "seed \(seed)")
        #expect(scrape.order.count < 20_000, "seed \(seed): \(scrape.order.count)")
        #expect(scrape.sum("calls_total") == Double(calls), "seed \(seed)")
        #expect(scrape.sum("call_errors_total") == Double(errors), "seed \(seed)")
        #expect(scrape.sum("call_duration_seconds_count") == Double(calls), "seed \(seed)")
        #expect(scrape.sum("rate_limit_headroom_ratio_count") == Double(2 * calls), "seed \(seed)")
        #expect(scrape.sum("unpriced_calls_total") == Double(calls), "seed \(seed)")
        #expect(scrape.sum("input_tokens_total") == Double(3 * calls), "seed \(seed)")
        #expect(scrape.sum("output_tokens_total") == Double(tokens), "seed \(seed)")
        #expect(total(scrape, "cost_usd_total") == pico, "seed \(seed)")
        #expect(scrape["label_overflow_total{label=\"project\"}"].flatMap(Int.init) ?? 0 > 0, "seed \(seed)")
        #expect(scrape["label_overflow_total{label=\"model\"}"].flatMap(Int.init) ?? 0 > 0, "seed \(seed)")
        #expect(metrics.registry.misuses.isEmpty, "seed \(seed)")
    }

    /// The sum of exact decimals.
    private func total(_ scrape: Scrape, _ name: String) -> Int128 {
        scrape.order.filter { $0.hasPrefix("oai_usage_\(name){") }.reduce(0) { sum, series in
            let parts = (scrape.values[series] ?? "").split(separator: ".")
            let decimals = parts.count > 1 ? String(parts[1]) : ""
            let padded = decimals + String(repeating: "0", count: 12 - decimals.utf8.count)
            return sum + (Int128((parts.first ?? "") + padded) ?? 0)
        }
    }

    @Test("A series that is there stays there, and never falls", arguments: [9] as [UInt64])
    func monotony(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let metrics = metrics()
        var before: [String: Double] = [:]
        for _ in 0..<40 {
            for _ in 0..<200 {
                metrics.record(
                    .sample {
                        $0.project = "proj_\(random.next() % 90)"
                        $0.model = "m\(random.next() % 60)"
                        $0.usage[.inputTokens] = 7
                        $0.timing.durationMicroseconds = 1
                    }
                )
            }
            let scrape = Scrape(metrics)
            for (series, value) in before where !series.hasPrefix("process_") {
                let now = scrape.values[series].flatMap(Double.init)
                #expect(now ?? -1 >= value, "seed \(seed): \(series)")
            }
            before = scrape.values.compactMapValues { Double($0) }
        }
    }

    @Test("A model, and all but some projects, have series only once a call with them has succeeded")
    func admission() {
        var limits = MetricsLimits()
        limits.projects = 4
        let clock = ManualClock(CallRecord.sampleStart)
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), clock: clock, limits: limits)
        func record(_ status: Int?, _ project: String, _ model: String) {
            metrics.record(
                .sample {
                    $0.status = status
                    $0.outcome = status == 200 ? .completed : .error
                    $0.project = project
                    $0.model = model
                    $0.requestModel = model
                    $0.timing.durationMicroseconds = 1
                }
            )
        }
        for index in 0..<100 { record(404, "minted_\(index)", "minted_\(index)") }
        record(nil, "minted", "minted")
        var scrape = Scrape(metrics)
        #expect(scrape.labels("project", of: "calls_total") == ["minted_0", "other"])
        #expect(scrape.labels("model", of: "calls_total") == ["other"])
        #expect(scrape.labels("model", of: "call_duration_seconds_count") == ["other"])
        // That is not an overflow: there was room.
        #expect(scrape.sum("label_overflow_total") == 0)
        record(200, "proj_a", "gpt-5")
        record(429, "proj_a", "gpt-5")
        scrape = Scrape(metrics)
        #expect(scrape.labels("project", of: "calls_total") == ["minted_0", "other", "proj_a"])
        #expect(scrape.labels("model", of: "call_errors_total") == ["other", "gpt-5"])
        #expect(scrape.sum("calls_total") == 103)
    }

    private func refused(_ model: String, _ status: Int = 429) -> CallRecord {
        .sample {
            $0.status = status
            $0.outcome = .error
            $0.usageState = .error
            $0.model = model
            $0.requestModel = model
            $0.rateLimits = RateLimits()
            $0.rateLimits?["requests"] = .init(limit: 500, remaining: 0, resetMicroseconds: 1_000_000)
        }
    }

    @Test("An error of an alias is counted under it once the alias or its snapshot has served a call")
    func alias() {
        let metrics = metrics()
        metrics.record(refused("gpt-4o-mini"))
        #expect(Scrape(metrics).labels("model", of: "call_errors_total") == ["other"])
        // The sample asks for gpt-4o-mini, and gpt-4o-mini-2024-07-18 serves it.
        metrics.record(.sample())
        metrics.record(refused("gpt-4o-mini"))
        var scrape = Scrape(metrics)
        #expect(scrape.labels("model", of: "call_errors_total") == ["other", "gpt-4o-mini"])
        let window = "project=\"proj_a\",model=\"gpt-4o-mini\",resource=\"requests\""
        #expect(scrape["rate_limit_remaining{\(window)}"] == "0")
        metrics.record(
            .sample {
                $0.model = "mini-2026-01-31"
                $0.requestModel = "mini-2026-01-31"
            }
        )
        for model in ["mini", "minute", "mini-2026-02-28"] { metrics.record(refused(model, 500)) }
        scrape = Scrape(metrics)
        #expect(scrape.labels("model", of: "call_errors_total") == ["other", "gpt-4o-mini", "mini"])
        #expect(scrape.sum("call_errors_total") == 5)
    }

    @Test("An error of a model that the price book lists is counted under its name from the first call on")
    func listed() {
        let metrics = metrics()
        metrics.setListedModels { $0 == "gpt-5.1" || $0 == "ft:gpt-4o" }
        for model in ["gpt-5.1", "gpt-5.1-2031-01-01", "gpt-5", "ft:gpt-4o:acme::1"] { metrics.record(refused(model)) }
        let scrape = Scrape(metrics)
        #expect(scrape.labels("model", of: "call_errors_total") == ["other", "gpt-5.1", "ft:gpt-4o"])
        #expect(scrape.sum("label_overflow_total") == 0)
    }

    @Test("The aliases that calls vouch for are bounded, as the models are")
    func aliases() {
        let metrics = metrics()
        for index in 0..<2_000 { metrics.record(.sample { $0.requestModel = "alias\(index)" }) }
        for index in 0..<2_000 { metrics.record(refused("alias\(index)")) }
        let scrape = Scrape(metrics)
        for name in Self.openCounters { #expect(scrape.count(name) <= 790, "\(name)") }
        #expect(scrape.sum("call_errors_total") == 2_000)
    }

    @Test("An endpoint without models cannot mint the name of one")
    func unservedModel() {
        let metrics = metrics()
        metrics.record(
            .sample("files.create") {
                $0.requestModel = "minted"
                $0.model = "minted"
            }
        )
        metrics.record(
            .sample("batches.retrieve") {
                $0.requestModel = nil
                $0.model = "gpt-5"
            }
        )
        metrics.record(.sample("models.list") { $0.model = nil })
        #expect(Scrape(metrics).labels("model", of: "calls_total") == ["other", "gpt-5", "none"])
    }

    @Test("Fine-tuned models share the series of their base")
    func fineTuned() {
        let metrics = metrics()
        for index in 0..<500 {
            metrics.record(
                .sample {
                    $0.model = "ft:gpt-4o-mini-2024-07-18:acme::\(index)"
                    $0.usage[.inputTokens] = 1
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(scrape.labels("model", of: "input_tokens_total") == ["ft:gpt-4o-mini"])
        #expect(scrape.sum("input_tokens_total") == 500)
        #expect(scrape.sum("label_overflow_total") == 0)
    }

    @Test("A name that would break the text is made harmless")
    func hostileNames() {
        let metrics = metrics()
        metrics.record(
            .sample {
                $0.project = "p\"} 1\nevil_total 9\n{\\"
                $0.model = "m\u{0}\r\n\u{85}\"\\"
                $0.usage[.inputTokens] = 1
            }
        )
        let scrape = Scrape(metrics)
        let who = #"project="p\"} 1evil_total 9{\\",model="m\"\\",operation="chat_completions""#
        #expect(scrape["input_tokens_total{\(who)}"] == "1")
        #expect(!scrape.names.contains("evil_total"))
    }

    @Test("A project too many is folded, and the overflow is told once a call")
    func overflow() {
        let metrics = metrics()
        for index in 0..<600 {
            metrics.record(
                .sample {
                    $0.project = "proj_\(index)"
                    $0.usage[.inputTokens] = 1
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(scrape.sum("input_tokens_total") == 600)
        // 200 projects, and other.
        #expect(scrape.count("input_tokens_total") == 201)
        #expect(scrape.labels("model", of: "input_tokens_total") == ["gpt-4o-mini"])
        #expect(scrape["label_overflow_total{label=\"project\"}"] == "400")
        #expect(scrape["label_overflow_total{label=\"model\"}"] == "0")
    }

    @Test("A model too many is folded in the histograms, which have less room than the counters")
    func modelOverflow() {
        let metrics = metrics()
        for index in 0..<60 {
            metrics.record(
                .sample {
                    $0.model = "m\(index)"
                    $0.usage[.inputTokens] = 1
                    $0.timing.durationMicroseconds = 1
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(scrape.count("input_tokens_total") == 60)
        #expect(scrape.count("call_duration_seconds_count") == 41)
        let labels = "model=\"other\",operation=\"chat_completions\",stream=\"false\",outcome=\"success\""
        #expect(scrape["call_duration_seconds_count{\(labels)}"] == "20")
        #expect(scrape["label_overflow_total{label=\"model\"}"] == "30")
        #expect(scrape["label_overflow_total{label=\"project\"}"] == "0")
    }

    @Test("Cost, tokens and calls by project are exact with 50 projects of 20 models and 2 operations each")
    func manyProjects() {
        let metrics = metrics()
        var cost: [String: Int128] = [:]
        var calls: [String: Int] = [:]
        for round in 1...3 {
            for project in 0..<50 {
                for model in 0..<20 {
                    for endpoint in ["chat.completions", "responses"] {
                        let name = "proj_\(project)"
                        metrics.record(
                            .sample(endpoint) {
                                $0.project = name
                                $0.requestModel = "m\(model)"
                                $0.model = "m\(model)"
                                $0.isStream = endpoint == "responses"
                                for family in TokenFamily.allCases {
                                    if let counter = family.counter { $0.usage[counter] = Int64(round * (model + 1)) }
                                }
                                $0.cost = CallCost(picoUSD: Int64(project * 1_000 + model * 10 + round), status: .exact)
                                $0.timing.durationMicroseconds = 1_000_000
                                $0.timing.processingMicroseconds = 900_000
                                $0.timing.timeToFirstTokenMicroseconds = 500_000
                                $0.requestID = "req_\(round)"
                            }
                        )
                        cost[name, default: 0] += Int128(project * 1_000 + model * 10 + round)
                        calls[name, default: 0] += 1
                    }
                }
            }
        }
        let scrape = Scrape(metrics)
        #expect(scrape.order.count <= 10_000, "\(scrape.order.count)")
        for (project, expected) in cost {
            let own = "{project=\"\(project)\","
            func sum(_ name: String) -> Double {
                scrape.order.filter { $0.hasPrefix("oai_usage_\(name)\(own)") }.reduce(0) {
                    $0 + (scrape.values[$1].flatMap(Double.init) ?? .nan)
                }
            }
            #expect((sum("cost_usd_total") * 1e12).rounded() == Double(expected), "\(project)")
            #expect(sum("calls_total") == Double(calls[project] ?? 0), "\(project)")
            #expect(sum("input_tokens_total") == 2 * 6 * 210, "\(project)")
        }
        #expect(scrape["label_overflow_total{label=\"project\"}"] == "0")
        #expect(scrape.sum("label_overflow_total") > 0)
        #expect(!scrape.labels("project", of: "cost_usd_total").contains("other"))
    }
}
