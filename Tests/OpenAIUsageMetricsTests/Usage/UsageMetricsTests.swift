import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Metrics of calls")
struct UsageMetricsTests {
    private func metrics() -> UsageMetrics {
        UsageMetrics(build: BuildInformation(version: "1.2.3"), clock: ManualClock(CallRecord.sampleStart))
    }

    /// A streamed chat completion with everything that can be measured.
    private func full() -> CallRecord {
        .sample {
            $0.isStream = true
            $0.requestID = "req_1"
            $0.usage[.inputTokens] = 1_000
            $0.usage[.cachedInputTokens] = 400
            $0.usage[.audioInputTokens] = 0
            $0.usage[.outputTokens] = 101
            $0.usage[.reasoningTokens] = 64
            $0.cost = CallCost(picoUSD: 6_750_000, status: .exact)
            $0.timing.durationMicroseconds = 3_000_000
            $0.timing.timeToHeadersMicroseconds = 430_000
            $0.timing.timeToFirstTokenMicroseconds = 500_000
            $0.timing.processingMicroseconds = 412_000
            $0.timing.gatewayMicroseconds = 210
        }
    }

    @Test("A call is counted in all families")
    func call() {
        let metrics = metrics()
        metrics.record(full())
        metrics.record(full())
        let scrape = Scrape(metrics)
        let who = "project=\"proj_a\",model=\"gpt-4o-mini\",operation=\"chat_completions\""
        let served = "model=\"gpt-4o-mini\",operation=\"chat_completions\""
        #expect(scrape["calls_total{\(who),code=\"200\"}"] == "2")
        #expect(scrape["input_tokens_total{\(who)}"] == "2000")
        #expect(scrape["input_cached_tokens_total{\(who)}"] == "800")
        #expect(scrape["input_audio_tokens_total{\(who)}"] == "0")
        #expect(scrape["output_tokens_total{\(who)}"] == "202")
        #expect(scrape["output_reasoning_tokens_total{\(who)}"] == "128")
        #expect(scrape["output_audio_tokens_total{\(who)}"] == nil)
        #expect(scrape["cost_usd_total{\(who)}"] == "0.0000135")
        let ended = "\(served),stream=\"true\",outcome=\"success\""
        #expect(scrape["call_duration_seconds_sum{\(ended)}"] == "6")
        #expect(scrape["call_duration_seconds_bucket{\(ended),le=\"2.8\"}"] == "0")
        #expect(scrape["call_duration_seconds_bucket{\(ended),le=\"4.0\"}"] == "2")
        #expect(scrape["input_tokens_per_call_sum{\(served)}"] == "2000")
        #expect(scrape["output_tokens_per_call_count{\(served)}"] == "2")
        #expect(scrape["requested_model_calls_total{requested_model=\"gpt-4o-mini\",model=\"gpt-4o-mini\"}"] == "2")
        #expect(scrape["upstream_processing_seconds_sum{\(served)}"] == "0.824")
        #expect(scrape["upstream_overhead_seconds_sum{operation=\"chat_completions\"}"] == "0.036")
        #expect(scrape["gateway_overhead_seconds_sum"] == "0.00042")
        #expect(scrape["time_to_first_token_seconds_sum{\(served)}"] == "1")
        #expect(scrape["time_per_output_token_seconds_sum{\(served)}"] == "0.05")
        #expect(scrape.count("call_errors_total") == 0)
        #expect(scrape.sum("calls_without_usage_total") == 0)
        #expect(scrape.sum("unpriced_calls_total") == 0)
        #expect(metrics.registry.misuses.isEmpty)
    }

    @Test("Exemplars name the call, and lie in their buckets")
    func exemplars() {
        let metrics = metrics()
        metrics.record(full())
        var failed = CallRecord.failure(500)
        failed.requestID = "req_2"
        failed.timing.durationMicroseconds = 1_000
        metrics.record(failed)
        let scrape = Scrape(metrics.registry.exposition(.openMetrics), openMetrics: true)
        let served = "model=\"gpt-4o-mini\",operation=\"chat_completions\""
        #expect(
            scrape.exemplars[
                "oai_usage_call_duration_seconds_bucket{\(served),stream=\"true\",outcome=\"success\",le=\"4.0\"}"
            ]
                == "{request_id=\"req_1\"} 3 1795425303"
        )
        #expect(
            scrape.exemplars["oai_usage_time_to_first_token_seconds_bucket{\(served),le=\"0.56\"}"]
                == "{request_id=\"req_1\"} 0.5 1795425303"
        )
        let error =
            "project=\"proj_a\",model=\"gpt-4o-mini\",operation=\"chat_completions\",error=\"server_error\""
        #expect(
            scrape.exemplars["oai_usage_call_errors_total{\(error)}"] == "{request_id=\"req_2\"} 1 1795425300.001"
        )
    }

    @Test("An interim record is not counted")
    func interim() {
        let metrics = metrics()
        let before = metrics.registry.exposition(.openMetrics)
        let sink: any UsageSink = metrics
        sink.recordOpen(full())
        #expect(withoutProcess(metrics.registry.exposition(.openMetrics)) == withoutProcess(before))
        sink.record(full())
        #expect(withoutProcess(metrics.registry.exposition(.openMetrics)) != withoutProcess(before))
    }

    private func withoutProcess(_ body: [UInt8]) -> [Substring] {
        String(decoding: body, as: UTF8.self).split(separator: "\n").filter { !$0.contains("process_") }
    }

    @Test("What is not known is not counted as 0")
    func unknown() {
        let metrics = metrics()
        metrics.record(.sample { $0.usageState = .missing })
        let scrape = Scrape(metrics)
        for name in [
            "input_tokens_total", "output_tokens_total", "input_cached_tokens_total", "output_reasoning_tokens_total",
            "cost_usd_total", "call_duration_seconds_count", "time_to_first_token_seconds_count",
            "upstream_processing_seconds_count", "upstream_overhead_seconds_count", "rate_limit",
        ] {
            #expect(scrape.count(name) == 0, "\(name)")
        }
        #expect(scrape.sum("calls_total") == 1)
        #expect(scrape["calls_without_usage_total{operation=\"chat_completions\",reason=\"not_reported\"}"] == "1")
    }

    @Test(
        "The status is a label",
        arguments: [(200, "200"), (nil, "0"), (429, "429"), (599, "599"), (600, "other"), (42, "other"), (-1, "other")]
            as [(Int?, String)]
    )
    func code(_ status: Int?, _ label: String) {
        let metrics = metrics()
        metrics.record(.sample { $0.status = status })
        #expect(Scrape(metrics).labels("code", of: "calls_total") == [label])
    }

    @Test("NumberFormat that go back are left out")
    func negative() {
        let metrics = metrics()
        metrics.record(
            .sample {
                $0.usage[.inputTokens] = -5
                $0.usage[.outputTokens] = 3
                $0.cost = CallCost(picoUSD: -1, status: .provider)
                $0.timing.durationMicroseconds = -1
                $0.timing.timeToHeadersMicroseconds = 10
                $0.timing.processingMicroseconds = 5_000
            }
        )
        let scrape = Scrape(metrics)
        #expect(scrape.count("input_tokens_total") == 0)
        #expect(scrape.sum("output_tokens_total") == 3)
        #expect(scrape.count("cost_usd_total") == 0)
        #expect(scrape.count("call_duration_seconds_count") == 0)
        #expect(scrape["upstream_overhead_seconds_sum{operation=\"chat_completions\"}"] == "0")
        #expect(metrics.registry.misuses.isEmpty)
    }

    @Test("The speed of a stream is that of its tokens after the first")
    func outputSpeed() {
        func observed(_ change: (inout CallRecord) -> Void) -> Double {
            let metrics = metrics()
            var record = full()
            change(&record)
            metrics.record(record)
            return Scrape(metrics).sum("time_per_output_token_seconds_count")
        }
        #expect(observed { _ in } == 1)
        #expect(observed { $0.isStream = false } == 0)
        #expect(observed { $0.outcome = .cut } == 0)
        #expect(observed { $0.usage[.outputTokens] = 1 } == 0)
        #expect(observed { $0.usage[.outputTokens] = nil } == 0)
        #expect(observed { $0.timing.timeToFirstTokenMicroseconds = nil } == 0)
        #expect(observed { $0.timing.timeToFirstTokenMicroseconds = 4_000_000 } == 0)
    }

    @Test("The time to the first token is that of streams")
    func firstToken() {
        let metrics = metrics()
        var record = full()
        record.isStream = false
        metrics.record(record)
        #expect(Scrape(metrics).sum("time_to_first_token_seconds_count") == 0)
    }

    @Test("Retries and disconnects are counted by operation")
    func retries() {
        let metrics = metrics()
        metrics.record(.sample("embeddings") { $0.attempt = 2 })
        metrics.record(.sample("embeddings") { $0.attempt = 0 })
        metrics.record(.sample("responses") { $0.outcome = .clientDisconnected })
        metrics.record(.sample("responses") { $0.outcome = .abandoned })
        let scrape = Scrape(metrics)
        #expect(scrape["client_retries_total{operation=\"embeddings\"}"] == "1")
        #expect(scrape.sum("client_retries_total") == 1)
        #expect(scrape["client_disconnects_total{operation=\"responses\"}"] == "2")
        #expect(scrape.labels("outcome", of: "call_duration_seconds_count").isEmpty)
        #expect(scrape.count("call_errors_total") == 0)
    }

    @Test("Tokens that are written to the cache, and output that only the total tells of, are counted")
    func cacheWrites() {
        func sum(_ name: String, _ usage: [TokenCounter: Int64]) -> Double {
            let metrics = metrics()
            metrics.record(.sample { for (counter, value) in usage { $0.usage[counter] = value } })
            return Scrape(metrics).sum(name)
        }
        let writes = "input_cache_write_tokens_total"
        #expect(sum(writes, [.inputTokens: 9, .cacheWriteTokens: 5, .cacheWrite12HourTokens: 2]) == 5)
        #expect(sum(writes, [.inputTokens: 9, .cacheWrite30MinuteTokens: 3, .cacheWrite12HourTokens: 2]) == 5)
        #expect(sum(writes, [.inputTokens: 9]) == 0)
        let hidden = "output_hidden_tokens_total"
        #expect(sum(hidden, [.inputTokens: 9, .outputTokens: 1, .totalTokens: 30]) == 20)
        #expect(sum(hidden, [.inputTokens: 9, .outputTokens: 21, .totalTokens: 30]) == 0)
    }

    @Test("Unpriced calls are counted by model and reason")
    func unpriced() {
        let metrics = metrics()
        metrics.record(.sample { $0.cost = CallCost(status: .unpriced, reason: "unknown_model") })
        metrics.record(.sample { $0.cost = CallCost(picoUSD: 5, status: .partial, reason: "missing_meter") })
        let scrape = Scrape(metrics)
        let model = "model=\"gpt-4o-mini\""
        #expect(scrape["unpriced_calls_total{\(model),reason=\"unknown_model\"}"] == "1")
        #expect(scrape["unpriced_calls_total{\(model),reason=\"missing_meter\"}"] == "1")
        #expect(scrape.sum("cost_usd_total") == 5e-12)
    }

    @Test("Money never drifts, beyond what a Double or an Int64 can hold")
    func money() {
        let metrics = metrics()
        let record = CallRecord.sample { $0.cost = CallCost(picoUSD: .max, status: .exact) }
        for _ in 0..<1_000 { metrics.record(record) }
        metrics.record(.sample { $0.cost = CallCost(picoUSD: 1, status: .exact) })
        let who = "project=\"proj_a\",model=\"gpt-4o-mini\",operation=\"chat_completions\""
        #expect(Scrape(metrics)["cost_usd_total{\(who)}"] == "9223372036.854775807001")
    }

    @Test("Calls in flight are those that have begun and not ended")
    func inFlight() {
        let metrics = metrics()
        metrics.callStarted(operation: .responses)
        metrics.callStarted(operation: .responses)
        metrics.callStarted(operation: .other)
        metrics.callEnded(operation: .responses)
        let scrape = Scrape(metrics)
        #expect(scrape["calls_in_flight{operation=\"responses\"}"] == "1")
        #expect(scrape["calls_in_flight{operation=\"other\"}"] == "1")
        #expect(scrape["calls_in_flight{operation=\"files\"}"] == "0")
    }

    @Test("The version and the date of the prices are told when they are known")
    func build() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1.0\n", revision: "abc\"d"))
        let swift = BuildInformation.swiftVersion
        let series = "build_info{version=\"1.0\",revision=\"abc\\\"d\",swift_version=\"\(swift)\"}"
        #expect(Scrape(metrics)[series] == "1")
        #expect(Scrape(metrics)["price_book_updated_timestamp_seconds"] == nil)
        metrics.setPriceBookUpdated(timestampSeconds: 1_795_392_000)
        #expect(Scrape(metrics)["price_book_updated_timestamp_seconds"] == "1795392000")
        metrics.setPriceBookUpdated(timestampSeconds: nil)
        #expect(Scrape(metrics)["price_book_updated_timestamp_seconds"] == nil)
    }

    @Test("The public text follows the header")
    func exposition() {
        let metrics = metrics()
        #expect(metrics.exposition().contentType == "text/plain; version=0.0.4; charset=utf-8")
        let openMetrics = metrics.exposition(accept: "application/openmetrics-text;version=1.0.0")
        #expect(openMetrics.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(openMetrics.body.suffix(6) == Array("# EOF\n".utf8)[...])
    }

    @Test("Calls from many threads are all counted, and every scrape agrees with itself")
    func concurrency() async {
        let metrics = metrics()
        let record = full()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for index in 0..<1_000 {
                        var call = record
                        call.project = "proj_\((worker * 7 + index) % 9)"
                        metrics.record(call)
                    }
                }
            }
            group.addTask {
                for _ in 0..<50 {
                    let scrape = Scrape(metrics)
                    #expect(scrape.sum("calls_total") == scrape.sum("call_duration_seconds_count"))
                    #expect(scrape.sum("input_tokens_total") == scrape.sum("calls_total") * 1_000)
                }
            }
        }
        let scrape = Scrape(metrics)
        #expect(scrape.sum("calls_total") == 4_000)
        #expect(scrape.sum("output_tokens_total") == 404_000)
    }

    @Test("No key, no user and no path becomes part of the text")
    func secrets() {
        let metrics = metrics()
        metrics.record(
            .sample {
                $0.key = KeyFingerprint(hint: "sk-proj-...9876", digest: 0xABCD_EF01_2345)
                $0.client = "SECRET-client"
                $0.organization = "SECRET-organization"
                $0.path = "/v1/SECRET-path"
                $0.host = "SECRET-host"
                $0.clientRequestID = "SECRET-client-request"
                $0.tags = ["SECRET-tag": "SECRET-value"]
                $0.rawUsage = "SECRET-usage"
                $0.errorCode = "SECRET-code"
                $0.errorType = "SECRET-type"
                $0.outcome = .error
                $0.cost = CallCost(status: .unpriced, reason: "SECRET-reason")
            }
        )
        for format in ExpositionFormat.allCases {
            let text = String(decoding: metrics.registry.exposition(format), as: UTF8.self)
            #expect(!text.contains("SECRET"))
            #expect(!text.contains("9876"))
            #expect(!text.lowercased().contains("abcdef012345"))
        }
    }
}
