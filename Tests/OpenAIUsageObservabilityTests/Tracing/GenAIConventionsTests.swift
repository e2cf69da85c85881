import OpenAIUsage
import Testing
import Tracing

@testable import OpenAIUsageObservability

struct GenAIConventionsTests {
    /// A call of which everything is known.
    private static let record: CallRecord = {
        var record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: 0,
            source: .library,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/images/generations"
        )
        record.requestModel = "gpt-image-1"
        record.model = "gpt-image-1-2025"
        record.isStream = true
        record.responseID = "img_1"
        record.timing.timeToFirstTokenMicroseconds = 250_000
        for (counter, tokens) in [
            (TokenCounter.inputTokens, 11), (.outputTokens, 12), (.cachedInputTokens, 3), (.cacheWriteTokens, 4),
            (.reasoningTokens, 5), (.audioInputTokens, 6), (.audioOutputTokens, 7), (.imageInputTokens, 8),
            (.imageOutputTokens, 9),
        ] as [(TokenCounter, Int64)] {
            record.usage[counter] = tokens
        }
        record.requestedServiceTier = "flex"
        record.serviceTier = "default"
        record.requestID = "req_1"
        record.attempt = 2
        record.status = 500
        record.outcome = .error
        record.errorCode = "server_error"
        return record
    }()

    private static let rows: [(String, String?, SpanAttribute?)] = [
        ("gen_ai.operation.name", "gen_ai.operation.name", "generate_content"),
        ("gen_ai.provider.name", "gen_ai.provider.name", "openai"),
        ("gen_ai.output.type", "gen_ai.output.type", "image"),
        ("gen_ai.request.model", "gen_ai.request.model", "gpt-image-1"),
        ("gen_ai.request.stream", "gen_ai.request.stream", .bool(true)),
        ("gen_ai.response.model", "gen_ai.response.model", nil),
        ("gen_ai.response.id", "gen_ai.response.id", "img_1"),
        ("gen_ai.response.time_to_first_chunk", "gen_ai.response.time_to_first_chunk", .double(0.25)),
        ("gen_ai.usage.input_tokens", "gen_ai.usage.input_tokens", 11),
        ("gen_ai.usage.output_tokens", "gen_ai.usage.output_tokens", 12),
        ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read.input_tokens", 3),
        ("gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens", 4),
        ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning.output_tokens", 5),
        ("gen_ai.usage.audio.input_tokens", nil, 6), ("gen_ai.usage.audio.output_tokens", nil, 7),
        ("gen_ai.usage.image.input_tokens", nil, 8), ("gen_ai.usage.image.output_tokens", nil, 9),
        ("openai.api.type", "openai.api.type", nil),
        ("openai.request.service_tier", "openai.request.service_tier", "flex"),
        ("openai.response.service_tier", "openai.response.service_tier", "default"),
        ("openai.request_id", "openai.request_id", "req_1"), ("http.request.method", "http.request.method", "POST"),
        ("http.request.resend_count", "http.request.resend_count", 2),
        ("http.response.status_code", "http.response.status_code", 500),
        ("server.address", "server.address", "api.openai.com"), ("oai_usage.outcome", "oai_usage.outcome", "error"),
        ("error.type", "error.type", "server_error"),
    ]

    @Test(arguments: rows)
    func `Each attribute has its name in each version, and its value`(
        _ name: String,
        _ earlier: String?,
        _ value: SpanAttribute?
    ) throws {
        let row = try #require(SpanAttributeRow.all.first { $0.name == name })
        #expect(row.name(in: .version0) == name && row.name(in: .version1) == earlier)
        #expect(row.value(Self.record) == value)
    }

    @Test func `The table is whole, and no name stands there twice`() {
        #expect(SpanAttributeRow.all.map(\.name) == Self.rows.map(\.0))
        for version in GenAIConventions.allCases {
            let names = SpanAttributeRow.all.compactMap { $0.name(in: version) }
            #expect(Set(names).count == names.count)
        }
    }

    @Test func `Usage that another span has is left out`() {
        var record = Self.record
        record.isCounted = false
        let tokens = SpanAttributeRow.all.filter { $0.name.hasPrefix("gen_ai.usage.") }
        #expect(tokens.count == 9 && tokens.allSatisfy { $0.value(record) == nil })
    }
}
