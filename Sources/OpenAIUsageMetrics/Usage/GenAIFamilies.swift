/// The metric families of OpenTelemetry's conventions for generative AI, version 0.1.0, in Prometheus' spelling.
///
/// Source: `docs/gen-ai/client-inference.md`, `gen-ai-token-metrics.md` and `client-embeddings.md` of
/// open-telemetry/semantic-conventions-genai. `time_per_output_chunk` is left out: chunks are relayed, not timed one by one.
struct GenAIFamilies: Sendable {
    let inferenceDuration: MetricFamilyID
    let timeToFirstChunk: MetricFamilyID
    /// The counters of ``GenAITokenKind``, in its order.
    let tokens: [MetricFamilyID]
    let inferenceInputTokens: MetricFamilyID
    let inferenceOutputTokens: MetricFamilyID
    let embeddingsDuration: MetricFamilyID
    let embeddingsInputTokens: MetricFamilyID
    /// The duration of what is neither an inference nor an embedding, such as a retrieval.
    let operationDuration: MetricFamilyID

    /// The labels that all families have.
    static let labels = [
        "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_response_model",
    ]

    init(_ registry: MetricsRegistry) {
        func histogram(
            _ name: String,
            unit: String? = "seconds",
            buckets: [Double] = BucketBounds.genAIDurations,
            labels: [String] = [],
            _ help: String
        ) -> MetricFamilyID {
            registry.register(
                .histogram(
                    "gen_ai_client_" + name,
                    unit: unit,
                    labels: Self.labels + labels,
                    buckets: buckets,
                    help: help
                )
            )
        }
        inferenceDuration = histogram(
            "inference_duration_seconds",
            labels: ["error_type"],
            "Time of an inference, until its end or until its client disconnected."
        )
        timeToFirstChunk = histogram(
            "inference_time_to_first_chunk_seconds",
            "Time from the start of a streamed inference to its first content."
        )
        tokens = GenAITokenKind.allCases.map { kind in
            registry.register(
                .counter(
                    "gen_ai_client_inference_usage_" + kind.name,
                    unit: "tokens",
                    labels: Self.labels + ["gen_ai_token_modality"],
                    help: kind.help
                )
            )
        }
        inferenceInputTokens = histogram(
            "inference_operation_input_tokens",
            unit: "tokens",
            buckets: BucketBounds.genAITokens,
            "Input tokens of an inference."
        )
        inferenceOutputTokens = histogram(
            "inference_operation_output_tokens",
            unit: "tokens",
            buckets: BucketBounds.genAITokens,
            "Output tokens of an inference."
        )
        embeddingsDuration = histogram(
            "embeddings_duration_seconds",
            labels: ["error_type"],
            "Time of a call for embeddings, until its end or until its client disconnected."
        )
        embeddingsInputTokens = histogram(
            "embeddings_operation_input_tokens",
            unit: "tokens",
            buckets: BucketBounds.genAITokens,
            "Input tokens of a call for embeddings."
        )
        operationDuration = histogram(
            "operation_duration_seconds",
            labels: ["error_type"],
            "Time of a call for generative AI that is neither an inference nor for embeddings."
        )
    }
}

/// A counter of an inference's tokens.
enum GenAITokenKind: Int, Sendable, CaseIterable {
    case input, output, cacheRead, cacheWrite, reasoning

    /// The name without the family's prefix.
    var name: String {
        switch self {
        case .input: "input_tokens"
        case .output: "output_tokens"
        case .cacheRead: "cache_read_input_tokens"
        case .cacheWrite: "cache_write_input_tokens"
        case .reasoning: "reasoning_output_tokens"
        }
    }

    var help: String {
        switch self {
        case .input: "Input tokens, cached and written ones included."
        case .output: "Output tokens, reasoning and what only the provider's total tells of included."
        case .cacheRead: "Input tokens read from the cache, a part of the input."
        case .cacheWrite: "Input tokens written to the cache, a part of the input."
        case .reasoning: "Reasoning tokens, a part of the output."
        }
    }
}
