/// A list of prices of the shape that the LiteLLM project publishes.
enum LiteLLMFixture {
    /// A few models, some as the bundled book prices them, some not.
    static let list = """
        {
            "sample_spec": {
                "input_cost_per_token": 0.0,
                "litellm_provider": "one of many",
                "mode": "one of: chat, embedding"
            },
            "gpt-4o-mini": {
                "cache_read_input_token_cost": 7.5e-08,
                "input_cost_per_token": 1.5e-07,
                "input_cost_per_token_batches": 7.5e-08,
                "litellm_provider": "openai",
                "max_input_tokens": 128000,
                "mode": "chat",
                "output_cost_per_token": 6e-07,
                "search_context_cost_per_query": {"search_context_size_low": 0.025},
                "supports_vision": true
            },
            "gpt-4.1": {
                "cache_read_input_token_cost": 5e-07,
                "input_cost_per_token": 3e-06,
                "litellm_provider": "openai",
                "mode": "chat",
                "output_cost_per_token": 8e-06
            },
            "gpt-9-nova": {
                "cache_creation_input_token_cost": 2.5e-06,
                "cache_creation_input_token_cost_above_12hr": 5e-06,
                "cache_creation_input_token_cost_above_12hr_above_272k_tokens_priority": 2e-05,
                "cache_read_input_token_cost": 1e-07,
                "deprecation_date": "2031-01-31",
                "input_cost_per_token": 2e-06,
                "input_cost_per_token_above_272k_tokens": 4e-06,
                "input_cost_per_token_flex": 1e-06,
                "litellm_provider": "openai",
                "mode": "responses",
                "output_cost_per_token": 1e-05,
                "output_cost_per_token_above_272k_tokens": 1.5e-05,
                "regional_processing_uplift_multiplier_eu": 1.1,
                "regional_processing_uplift_multiplier_us": 1.1
            },
            "whisper-9": {
                "input_cost_per_second": 0.0001,
                "litellm_provider": "openai",
                "mode": "audio_transcription",
                "output_cost_per_second": 0.0001
            },
            "gpt-9-thirds": {
                "input_cost_per_second": 0.000833333333333,
                "litellm_provider": "openai",
                "mode": "realtime"
            },
            "gpt-9-typo": {
                "input_cost_per_token": 2.5,
                "litellm_provider": "openai",
                "mode": "chat"
            },
            "gpt-9-gone": {
                "deprecation_date": "2024-01-31",
                "input_cost_per_token": 2e-06,
                "litellm_provider": "openai",
                "mode": "chat"
            },
            "groq/llama-9-70b": {
                "input_cost_per_token": 5.9e-07,
                "litellm_provider": "groq",
                "mode": "chat",
                "output_cost_per_token": 7.9e-07
            },
            "rerank-9": {
                "input_cost_per_query": 0.002,
                "litellm_provider": "cohere",
                "mode": "rerank"
            }
        }
        """

    /// A list of one model of OpenAI's.
    static func list(_ name: String, _ members: String, mode: String = "chat", provider: String = "openai") -> String {
        #"{"\#(name)": {\#(members), "litellm_provider": "\#(provider)", "mode": "\#(mode)"}}"#
    }
}
