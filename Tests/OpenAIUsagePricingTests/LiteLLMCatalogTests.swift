import Testing

@testable import OpenAIUsagePricing

struct LiteLLMCatalogTests {
    /// The prices of the only model of a list, by what they are about.
    private static func prices(_ members: String, mode: String = "chat") throws -> [String: String] {
        let catalog = try LiteLLMCatalog(parsing: LiteLLMFixture.list("m", members, mode: mode))
        return try #require(catalog.models.first).period.comparableValues.mapValues { $0.text }
    }

    private static func reason(_ members: String, mode: String = "chat") throws -> String? {
        let catalog = try LiteLLMCatalog(parsing: LiteLLMFixture.list("m", members, mode: mode))
        #expect(catalog.models.isEmpty)
        return catalog.rejections.first?.reason
    }

    @Test(arguments: [
        ("input_cost_per_token", "default input"), ("output_cost_per_token_batches", "batch output"),
        ("cache_read_input_token_cost_priority", "priority cached_input"),
        ("input_cost_per_token_cache_hit", "default cached_input"),
        ("cache_creation_input_token_cost_flex", "flex cache_write"),
        ("cache_creation_input_token_cost_above_12hr", "default cache_write_12h"),
        ("cache_creation_input_token_cost_above_1hr", "default cache_write_1h"),
        ("input_cost_per_audio_token", "default audio_input"), ("output_cost_per_audio_token", "default audio_output"),
        ("cache_read_input_audio_token_cost", "default cached_audio_input"),
        ("input_cost_per_image_token_batches", "batch image_input"),
        ("output_cost_per_image_token", "default image_output"),
        ("cache_read_input_image_token_cost", "default cached_image_input"),
        ("input_cost_per_token_decisions", "decisions input"), ("input_cost_per_token_ultrafast", "ultrafast input"),
    ])
    func `Each price of tokens has its meter and tier`(key: String, item: String) throws {
        #expect(try Self.prices(#""\#(key)": 1.25e-06"#) == [item: "1.25"])
    }

    @Test
    func `Prices of long context have their threshold`() throws {
        let prices = try Self.prices(
            #""input_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens_batches": 4e-06, "#
                + #""cache_creation_input_token_cost_above_12hr_above_200k_tokens": 1e-05"#
        )
        #expect(
            prices == [
                "default input": "2", "long_context batch input": "4", "long_context default cache_write_12h": "10",
                "long_context over_input_tokens": "200000",
            ]
        )
    }

    @Test(arguments: [
        ("audio_transcription", "input_cost_per_second", "0.0001", "audio_input_minute", "0.006"),
        ("realtime", "input_cost_per_second", "0.0005", "session_minute", "0.03"),
        ("audio_speech", "output_cost_per_second", "0.00025", "audio_output_minute", "0.015"),
        ("audio_speech", "input_cost_per_character", "1.5e-05", "input_character", "0.000015"),
        ("video_generation", "output_cost_per_video_per_second", "0.1", "video_output_second", "0.1"),
        ("video_generation", "output_cost_per_second", "0.3", "video_output_second", "0.3"),
    ])
    func `Other units are taken over by the mode`(
        mode: String,
        key: String,
        value: String,
        unit: String,
        price: String
    ) throws {
        #expect(try Self.prices(#""\#(key)": \#(value)"#, mode: mode) == [unit: price])
    }

    @Test
    func `Units of a model with prices of tokens are estimates`() throws {
        let prices = try Self.prices(
            #""input_cost_per_token": 2.5e-06, "input_cost_per_second": 0.0001"#,
            mode: "audio_transcription"
        )
        #expect(prices == ["default input": "2.5", "estimate audio_input_minute": "0.006"])
    }

    @Test(arguments: [
        ("1e-06", "1"), ("1.5e-07", "0.15"), ("0.00000015", "0.15"), ("2.5E-8", "0.025"), ("1.25e-05", "12.5"),
        ("3.125e-09", "0.003125"), ("0.0006", "600"), ("0.0", "0"), ("1.0e-06", "1"),
    ])
    func `The digits of a price are kept, whatever their form`(value: String, price: String) throws {
        #expect(try Self.prices(#""input_cost_per_token": \#(value)"#) == ["default input": price])
    }

    @Test(arguments: [
        ("\"input_cost_per_token\": 4.0000000000000003e-07", "more digits than a price"),
        ("\"input_cost_per_token\": 1.00000001e-06", "more digits than a price"),
        ("\"input_cost_per_token\": 2.5", "is more than 5000"),
        ("\"input_cost_per_token\": 1e-10", "is less than 0.001"),
        ("\"input_cost_per_token\": 1e9", "is too large"), ("\"input_cost_per_token\": 1e99", "is too large"),
        ("\"input_cost_per_token\": -1e-06", "is not a price"),
        ("\"input_cost_per_token\": \"1e-06\"", "is not a price"),
        ("\"input_cost_per_token\": null", "no price that is understood"), ("\"supports_vision\": true", "no price"),
        (
            "\"input_cost_per_token_above_128k_tokens\": 1e-06, \"input_cost_per_token_above_256k_tokens\": 2e-06",
            "two thresholds"
        ),
        (
            "\"input_cost_per_token\": 1e-06, \"regional_processing_uplift_multiplier_eu\": 1.1, "
                + "\"regional_processing_uplift_multiplier_us\": 1.2", "differ by region"
        ),
        ("\"input_cost_per_token\": 1e-06, \"regional_processing_uplift_multiplier_eu\": 1.1e0", "exponent"),
    ])
    func `What cannot be kept exactly is left out with a reason`(members: String, reason: String) throws {
        let found = try Self.reason(members)
        #expect(found?.contains(reason) == true, "\(found ?? "nil")")
    }

    @Test
    func `A mode without prices of ours is left out`() throws {
        #expect(try Self.reason(#""input_cost_per_query": 0.002"#, mode: "rerank")?.contains("rerank") == true)
    }

    @Test
    func `Output that is free of embeddings does not exist`() throws {
        let members =
            #""input_cost_per_token": 2e-08, "output_cost_per_token": 0.0, "output_cost_per_token_batches": 0.0"#
        #expect(try Self.prices(members, mode: "embedding") == ["default input": "0.02"])
        #expect(
            try Self.prices(members) == ["default input": "0.02", "default output": "0", "batch output": "0"]
        )
    }

    @Test
    func `Prices that are not understood are named`() throws {
        let catalog = try LiteLLMCatalog(
            parsing: LiteLLMFixture.list(
                "m",
                #""input_cost_per_token": 1e-06, "input_cost_per_pixel": 1e-08, "output_cost_per_second": 0.1, "#
                    + #""input_cost_per_token_above_x_tokens": 1e-06, "input_cost_per_token_above_k_tokens": 1e-06"#
            )
        )
        #expect(
            catalog.models.first?.ignored == [
                "input_cost_per_pixel", "output_cost_per_second", "input_cost_per_token_above_x_tokens",
                "input_cost_per_token_above_k_tokens",
            ]
        )
    }

    @Test
    func `Only the providers and models that are wanted are read`() throws {
        #expect(
            try LiteLLMCatalog(parsing: LiteLLMFixture.list).models.map(\.name) == [
                "gpt-4.1", "gpt-4o-mini", "gpt-9-gone", "gpt-9-nova", "whisper-9",
            ]
        )
        let others = try LiteLLMCatalog(parsing: LiteLLMFixture.list, providers: ["groq", "cohere"])
        #expect(others.models.map(\.name) == ["groq/llama-9-70b"])
        #expect(others.rejections.map(\.name) == ["rerank-9"])
        let some = try LiteLLMCatalog(parsing: LiteLLMFixture.list) { $0.contains("nova") }
        #expect(some.models.map(\.name) == ["gpt-9-nova"])
        #expect(some.rejections.isEmpty)
    }

    @Test(arguments: ["{}", "[]", "{\"gpt-4o\": {\"mode\": \"chat\"}}", "{", PriceBook.bundledText])
    func `What is not a list is refused`(text: String) {
        #expect(throws: JSONDocumentError.self) { try LiteLLMCatalog(parsing: text) }
    }
}
