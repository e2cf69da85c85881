import OpenAIUsage
import Tracing

/// A version of OpenTelemetry's semantic conventions for generative AI, by which spans name their attributes.
public enum GenAIConventions: String, Sendable, CaseIterable {
    /// Version 0.1.0 of the conventions' own repository.
    case version0 = "0.1.0"
    /// Version 1.41 of the general conventions, which most backends know.
    case version1 = "1.41"
}

/// An attribute of a call's span: its name in each version of the conventions, and its value.
///
/// Sources: `docs/gen-ai/client-inference.md` and `docs/gen-ai/openai.md` of open-telemetry/semantic-conventions-genai, and
/// `docs/gen-ai` of open-telemetry/semantic-conventions 1.41.
struct SpanAttributeRow: Sendable {
    /// The name in ``GenAIConventions/version0``.
    let name: String
    /// The name in ``GenAIConventions/version1``; `nil` if it has no such attribute.
    let earlierName: String?
    /// Returns the value; `nil` leaves the attribute out.
    let value: @Sendable (CallRecord) -> SpanAttribute?

    /// The name in a version; `nil` if it has no such attribute.
    func name(in conventions: GenAIConventions) -> String? {
        switch conventions {
        case .version0: name
        case .version1: earlierName
        }
    }

    /// An attribute with the same name in all versions.
    private static func same(
        _ name: String,
        _ value: @escaping @Sendable (CallRecord) -> SpanAttribute?
    ) -> SpanAttributeRow {
        SpanAttributeRow(name: name, earlierName: name, value: value)
    }

    private static func text(_ name: String, _ path: @escaping @Sendable (CallRecord) -> String?) -> SpanAttributeRow {
        same(name) { path($0).map { .string($0) } }
    }

    /// A number of tokens; absent if the usage is counted in another span.
    private static func tokens(
        _ name: String,
        earlier: String?,
        _ path: @escaping @Sendable (TokenUsage) -> Int64?
    ) -> SpanAttributeRow {
        SpanAttributeRow(name: name, earlierName: earlier) { record in
            record.isCounted ? path(record.usage).map { .int64($0) } : nil
        }
    }

    /// All attributes that follow from a record.
    static let all: [SpanAttributeRow] = [
        text("gen_ai.operation.name") { Endpoint.GenerativeOperation($0.endpoint).name },
        text("gen_ai.provider.name") { $0.generativeProvider },
        text("gen_ai.output.type") { Endpoint.GenerativeOperation($0.endpoint).outputType },
        text("gen_ai.request.model") { $0.requestModel },
        same("gen_ai.request.stream") { $0.isStream ? .bool(true) : nil },
        text("gen_ai.response.model") { $0.generativeResponseModel },
        text("gen_ai.response.id") { $0.responseID },
        same("gen_ai.response.time_to_first_chunk") { record in
            record.timing.timeToFirstTokenMicroseconds.map { .double(Double($0) / 1_000_000) }
        },
        tokens("gen_ai.usage.input_tokens", earlier: "gen_ai.usage.input_tokens") { $0.inputTokens },
        tokens("gen_ai.usage.output_tokens", earlier: "gen_ai.usage.output_tokens") { $0.outputTokens },
        tokens("gen_ai.usage.cache_read.input_tokens", earlier: "gen_ai.usage.cache_read.input_tokens") {
            $0.cachedInputTokens
        },
        tokens("gen_ai.usage.cache_write.input_tokens", earlier: "gen_ai.usage.cache_creation.input_tokens") {
            $0[.cacheWriteTokens]
        },
        tokens("gen_ai.usage.reasoning.output_tokens", earlier: "gen_ai.usage.reasoning.output_tokens") {
            $0.reasoningTokens
        },
        tokens("gen_ai.usage.audio.input_tokens", earlier: nil) { $0[.audioInputTokens] },
        tokens("gen_ai.usage.audio.output_tokens", earlier: nil) { $0[.audioOutputTokens] },
        tokens("gen_ai.usage.image.input_tokens", earlier: nil) { $0[.imageInputTokens] },
        tokens("gen_ai.usage.image.output_tokens", earlier: nil) { $0[.imageOutputTokens] },
        text("openai.api.type") { Endpoint.GenerativeOperation($0.endpoint).apiType },
        text("openai.request.service_tier") { $0.requestedServiceTier },
        text("openai.response.service_tier") { $0.serviceTier },
        text("openai.request_id") { $0.requestID },
        text("http.request.method") { $0.method },
        same("http.request.resend_count") { $0.attempt > 0 ? .int64(Int64($0.attempt)) : nil },
        same("http.response.status_code") { record in record.status.map { .int64(Int64($0)) } },
        text("server.address") { $0.host.isEmpty ? nil : $0.host },
        text("oai_usage.outcome") { $0.outcome.rawValue },
        text("error.type") { SpanSink.errorType($0) },
    ]
}
