import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

/// The calls by the names of OpenTelemetry's conventions for generative AI.
@Suite("Metrics by OpenTelemetry's names")
struct GenAIMetricsTests {
    private static func metrics(_ change: (inout MetricsLimits) -> Void = { _ in }) -> UsageMetrics {
        var limits = MetricsLimits()
        limits.includesGenAI = true
        change(&limits)
        return UsageMetrics(build: BuildInformation(version: "1"), limits: limits)
    }

    private static let chat =
        #"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o-mini","#
        + #"gen_ai_response_model="gpt-4o-mini""#

    /// The instruments of `docs/gen-ai/client-inference.md`, `gen-ai-token-metrics.md` and `client-embeddings.md`, version
    /// 0.1.0, with their units; `time_per_output_chunk` is not measured.
    @Test(
        "A family has the conventions' name, with dots and unit as Prometheus' exporter of OpenTelemetry writes them",
        arguments: [
            ("gen_ai.client.inference.duration", "s", "histogram"),
            ("gen_ai.client.inference.time_to_first_chunk", "s", "histogram"),
            ("gen_ai.client.inference.usage.input_tokens", "{token}", "counter"),
            ("gen_ai.client.inference.usage.output_tokens", "{token}", "counter"),
            ("gen_ai.client.inference.usage.cache_read.input_tokens", "{token}", "counter"),
            ("gen_ai.client.inference.usage.cache_write.input_tokens", "{token}", "counter"),
            ("gen_ai.client.inference.usage.reasoning.output_tokens", "{token}", "counter"),
            ("gen_ai.client.inference.operation.input_tokens", "{token}", "histogram"),
            ("gen_ai.client.inference.operation.output_tokens", "{token}", "histogram"),
            ("gen_ai.client.embeddings.duration", "s", "histogram"),
            ("gen_ai.client.embeddings.operation.input_tokens", "{token}", "histogram"),
            ("gen_ai.client.operation.duration", "s", "histogram"),
        ]
    )
    func names(instrument: String, unit: String, kind: String) throws {
        let name = String(instrument.map { $0 == "." ? "_" : $0 }) + (unit == "s" ? "_seconds" : "")
        let families = Self.metrics().registry.descriptors
        let family = try #require(families.first { $0.name == name })
        #expect(family.kind.rawValue == kind)
    }

    @Test("They are there by choice only")
    func choice() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        metrics.record(.sample())
        #expect(!Scrape(metrics).text.contains("gen_ai"))
    }

    @Test("Tokens are counted by modality, and what is not broken down is unknown")
    func modalities() {
        let metrics = Self.metrics()
        metrics.record(
            .sample { record in
                record.usage[.inputTokens] = 100
                record.usage[.audioInputTokens] = 30
                record.usage[.imageInputTokens] = 20
                record.usage[.cachedInputTokens] = 40
                record.usage[.outputTokens] = 50
                record.usage[.textOutputTokens] = 50
                record.usage[.reasoningTokens] = 10
            }
        )
        let scrape = Scrape(metrics)
        func value(_ family: String, _ modality: String) -> String? {
            scrape.values[
                "gen_ai_client_inference_usage_\(family)_total{\(Self.chat),gen_ai_token_modality=\"\(modality)\"}"
            ]
        }
        #expect(value("input_tokens", "audio") == "30")
        #expect(value("input_tokens", "image") == "20")
        #expect(value("input_tokens", "unknown") == "50")
        #expect(value("output_tokens", "text") == "50" && value("output_tokens", "unknown") == nil)
        #expect(value("cache_read_input_tokens", "unknown") == "40")
        #expect(value("cache_write_input_tokens", "unknown") == nil)
        #expect(value("reasoning_output_tokens", "unknown") == "10")
        #expect(scrape.values["gen_ai_client_inference_operation_input_tokens_sum{\(Self.chat)}"] == "100")
        #expect(scrape.values["gen_ai_client_inference_operation_output_tokens_count{\(Self.chat)}"] == "1")
    }

    @Test("A provider's parts that exceed its total do not add to it")
    func excess() {
        var usage = TokenUsage()
        usage[.inputTokens] = 10
        usage[.textInputTokens] = 8
        usage[.audioInputTokens] = 8
        usage[.outputTokens] = -1
        let tokens = GenAITokens(usage)
        #expect(tokens.byModality(.input).map(\.tokens) == [8, 2])
        #expect(tokens.byModality(.input).map(\.modality) == [.text, .audio])
        #expect(tokens.byModality(.output).isEmpty)
    }

    @Test("A failed inference counts no tokens, and its duration bears the error")
    func failure() {
        let metrics = Self.metrics()
        metrics.setListedModels { $0 == "gpt-4o-mini" }
        metrics.record(
            .sample { record in
                record.status = 429
                record.outcome = .error
                record.errorCode = "rate_limit_exceeded"
                record.model = nil
                record.usageState = .error
                record.timing.durationMicroseconds = 20_000
            }
        )
        let scrape = Scrape(metrics)
        let labels =
            #"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o-mini","#
            + #"gen_ai_response_model="""#
        let tokens = "gen_ai_client_inference_usage_input_tokens_total{\(labels),gen_ai_token_modality=\"unknown\"}"
        #expect(scrape.values[tokens] == "0")
        let duration = "gen_ai_client_inference_duration_seconds_count{\(labels),error_type=\"rate_limit_exceeded\"}"
        #expect(scrape.values[duration] == "1")
    }

    @Test("An embedding has families of its own, and a list of models none")
    func embeddings() {
        let metrics = Self.metrics()
        metrics.record(
            .sample("embeddings") { record in
                record.requestModel = "text-embedding-3-small"
                record.model = "text-embedding-3-small"
                record.usage[.inputTokens] = 7
                record.timing.durationMicroseconds = 20_000
            }
        )
        metrics.record(.sample("models.list") { $0.timing.durationMicroseconds = 20_000 })
        let scrape = Scrape(metrics)
        let labels =
            #"gen_ai_operation_name="embeddings",gen_ai_provider_name="openai","#
            + #"gen_ai_request_model="text-embedding-3-small",gen_ai_response_model="text-embedding-3-small""#
        #expect(scrape.values["gen_ai_client_embeddings_operation_input_tokens_sum{\(labels)}"] == "7")
        #expect(scrape.values["gen_ai_client_embeddings_duration_seconds_count{\(labels),error_type=\"\"}"] == "1")
        #expect(!scrape.names.contains { $0.hasPrefix("gen_ai_client_inference") })
        #expect(!scrape.names.contains { $0.hasPrefix("gen_ai_client_operation") })
    }

    @Test("A client that left is counted once, when it left")
    func disconnect() {
        let metrics = Self.metrics()
        var record = CallRecord.sample { $0.timing.durationMicroseconds = 20_000 }
        metrics.recordDisconnect(record)
        record.isDisconnectCounted = true
        record.timing.durationMicroseconds = 90_000_000
        metrics.record(record)
        let scrape = Scrape(metrics)
        let counts = scrape.order.filter { $0.hasPrefix("gen_ai_client_inference_duration_seconds_count") }
        #expect(counts.count == 1 && counts.first?.contains(#"error_type="client_disconnected""#) == true)
    }

    @Test("Names that callers choose make no series, and the families have a cap")
    func cap() {
        let metrics = Self.metrics { $0.labelSets = 20 }
        for number in 0..<500 {
            metrics.record(
                .sample { record in
                    record.requestModel = "made-up-\(number)"
                    record.model = nil
                    record.status = 404
                    record.outcome = .error
                }
            )
            metrics.record(
                .sample { record in
                    record.requestModel = "real-\(number)"
                    record.model = "real-\(number)"
                    record.usage[.inputTokens] = 1
                }
            )
        }
        let scrape = Scrape(metrics)
        #expect(!scrape.text.contains("made-up"))
        let name = "gen_ai_client_inference_usage_input_tokens_total"
        let series = scrape.order.filter { $0.hasPrefix(name) }
        #expect(series.count < 500)
        #expect(series.reduce(0) { $0 + (scrape.values[$1].flatMap(Int.init) ?? 0) } == 500)
    }
}
