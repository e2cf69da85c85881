/// The JSON members that the bodies and events of many endpoints share.
enum ResponseSelection {
    typealias Node = JSONSelection.Node
    typealias Members = [(name: String, node: Node)]

    static func field(_ field: ResponseField) -> Node { Node(field: field.rawValue) }
    static func counter(_ counter: TokenCounter) -> Node { Node(field: ResponseField.counter(counter)) }
    static func presence(_ field: ResponseField) -> Node { Node(field: field.rawValue, isPresenceOnly: true) }

    /// The lifetimes of cache writes, as Anthropic reports them and LiteLLM repeats them.
    private static let cacheLifetimes = Node(members: [
        ("ephemeral_5m_input_tokens", field(.cacheWriteFiveMinutes)),
        ("ephemeral_1h_input_tokens", field(.cacheWriteHour)),
    ])

    private static let inputDetails = Node(members: [
        ("cached_tokens", counter(.cachedInputTokens)),
        ("cache_write_tokens", counter(.cacheWriteTokens)),
        ("cache_creation_tokens", counter(.cacheWriteTokens)),
        ("cache_creation_input_tokens", counter(.cacheWriteTokens)),
        ("cache_read_tokens", counter(.cachedInputTokens)),
        ("cache_read_input_tokens", counter(.cachedInputTokens)),
        (
            "cache_write_tokens_details",
            Node(members: [
                ("ttl_30m_tokens", counter(.cacheWrite30MinuteTokens)),
                ("ttl_12h_tokens", counter(.cacheWrite12HourTokens)),
            ])
        ),
        ("cache_creation_token_details", cacheLifetimes),
        ("web_search_requests", field(.webSearches)),
        ("text_tokens", counter(.textInputTokens)),
        ("audio_tokens", counter(.audioInputTokens)),
        ("image_tokens", counter(.imageInputTokens)),
        (
            "cached_tokens_details",
            Node(members: [
                ("text_tokens", counter(.cachedTextInputTokens)),
                ("audio_tokens", counter(.cachedAudioInputTokens)),
                ("image_tokens", counter(.cachedImageInputTokens)),
                ("cached_text_tokens", counter(.cachedTextInputTokens)),
                ("cached_image_tokens", counter(.cachedImageInputTokens)),
            ])
        ),
    ])

    private static let outputDetails = Node(members: [
        ("reasoning_tokens", counter(.reasoningTokens)),
        ("text_tokens", counter(.textOutputTokens)),
        ("audio_tokens", counter(.audioOutputTokens)),
        ("image_tokens", counter(.imageOutputTokens)),
        ("accepted_prediction_tokens", counter(.acceptedPredictionTokens)),
        ("rejected_prediction_tokens", counter(.rejectedPredictionTokens)),
    ])

    /// The counters of a usage object, in the names of all its dialects.
    private static let counters: Members = [
        ("prompt_tokens", counter(.inputTokens)),
        ("input_tokens", field(.namedInput)),
        ("completion_tokens", counter(.outputTokens)),
        ("output_tokens", counter(.outputTokens)),
        ("total_tokens", counter(.totalTokens)),
        ("prompt_tokens_details", inputDetails),
        ("input_tokens_details", inputDetails),
        ("prompt_token_details", inputDetails),
        ("input_token_details", inputDetails),
        ("completion_tokens_details", outputDetails),
        ("output_tokens_details", outputDetails),
        ("output_token_details", outputDetails),
        ("prompt_cache_hit_tokens", field(.cachedAlias)),
        ("num_cached_tokens", field(.cachedAlias)),
        ("cache_read_tokens", field(.cachedAlias)),
        ("cached_tokens", field(.cachedAlias)),
        ("reasoning_tokens", counter(.reasoningTokens)),
        // Anthropic's, which servers and gateways add to OpenAI's.
        ("cache_read_input_tokens", field(.cacheReadBeside)),
        ("cache_creation_input_tokens", field(.cacheWriteBeside)),
        // Bedrock's and the AI SDK's.
        ("promptTokens", counter(.inputTokens)),
        ("inputTokens", field(.namedInput)),
        ("completionTokens", counter(.outputTokens)),
        ("outputTokens", counter(.outputTokens)),
        ("totalTokens", counter(.totalTokens)),
        ("reasoningTokens", counter(.reasoningTokens)),
        ("cachedInputTokens", field(.cachedAlias)),
        ("cacheReadInputTokens", field(.cacheReadBeside)),
        ("cacheWriteInputTokens", field(.cacheWriteBeside)),
        // Gemini's own.
        ("promptTokenCount", counter(.inputTokens)),
        ("candidatesTokenCount", counter(.outputTokens)),
        ("thoughtsTokenCount", counter(.reasoningTokens)),
        ("cachedContentTokenCount", field(.cachedAlias)),
        ("totalTokenCount", counter(.totalTokens)),
    ]

    static let usage = Node(
        field: ResponseField.usage.rawValue,
        members: counters + [
            ("seconds", field(.seconds)),
            (
                "cost",
                Node(field: ResponseField.providerCost.rawValue, members: [("total_cost", field(.providerCostTotal))])
            ),
            // DeepInfra's.
            ("estimated_cost", field(.providerCost)),
            // LLM Gateway's.
            ("cost_usd_total", field(.providerCost)),
            // OpenRouter's, whose parts are named after the called API.
            (
                "cost_details",
                Node(members: [
                    ("upstream_inference_cost", field(.upstreamCost)),
                    ("upstream_inference_prompt_cost", field(.upstreamInputCost)),
                    ("upstream_inference_input_cost", field(.upstreamInputCost)),
                    ("upstream_inference_completions_cost", field(.upstreamOutputCost)),
                    ("upstream_inference_output_cost", field(.upstreamOutputCost)),
                ])
            ),
            ("is_byok", field(.isOwnKey)),
            // xAI's, Mistral's and Perplexity's.
            ("cost_in_usd_ticks", field(.providerCostTicks)), ("prompt_audio_seconds", field(.seconds)),
            ("num_search_queries", field(.searchQueries)),
            // Anthropic's.
            ("cache_creation", cacheLifetimes),
            ("server_tool_use", Node(members: [("web_search_requests", field(.webSearches))])),
            (
                "server_side_tool_usage_details",
                Node(members: [
                    ("web_search_calls", field(.webSearches)), ("code_interpreter_calls", field(.codeInterpretations)),
                    ("file_search_calls", field(.fileSearches)), ("mcp_calls", field(.mcpCalls)),
                ])
            ),
        ],
        isVerbatim: true
    )

    static let secondUsage = Node(
        field: ResponseField.secondUsage.rawValue,
        members: counters + [("model", field(.secondModel))]
    )

    static let error = Node(
        field: ResponseField.error.rawValue,
        members: [
            ("type", field(.errorType)), ("code", field(.errorCode)), ("status", field(.errorType)),
            ("message", presence(.errorMessage)), ("msg", presence(.errorMessage)), ("detail", presence(.errorMessage)),
            ("reason", presence(.errorMessage)),
        ],
        isPresenceOnly: true
    )

    /// An error at the top level of the document: `{"object": "error", "message": ..., "type": ..., "code": 400}`.
    static let flatError: Members = [
        ("object", field(.object)), ("code", field(.flatErrorCode)), ("message", presence(.flatErrorMessage)),
        ("msg", presence(.flatErrorMessage)), ("error_code", field(.flatErrorCode)),
        ("error_type", field(.flatErrorType)),
        ("error_message", presence(.flatErrorMessage)),
    ]

    /// The members that identify any object.
    static let object: Members = [
        ("id", field(.identity)), ("model", field(.model)), ("service_tier", field(.serviceTier)),
        ("status", field(.status)), ("created_at", field(.createdAt)), ("usage", usage), ("error", error),
    ]

    /// An object with its own usage: a batch, a run, a job, an image, a transcription, an agent's session.
    static let plainObject = JSONSelection(
        Node(
            members: object + [
                ("type", field(.type)), ("trained_tokens", counter(.trainedTokens)),
                ("seconds", field(.videoSeconds)), ("size", field(.size)), ("quality", field(.quality)),
                ("data", Node(elements: field(.datum))), ("memory_limit", field(.memory)),
                ("usage_bytes", field(.storedBytes)), ("output_file_id", field(.outputFile)),
                ("svg_usage", secondUsage),
                ("session", Node(members: [("model", field(.model))])),
                ("agent", Node(members: [("model", field(.model))])),
                ("turn", Node(members: [("id", field(.identity)), ("usage", usage)])),
                (
                    "per_model_usage",
                    Node(
                        elements: Node(
                            field: ResponseField.modelUsage.rawValue,
                            members: counters + [("model_name", field(.modelName))]
                        )
                    )
                ),
                ("metadata", Node(members: [("token_usage", counter(.totalTokens))])),
            ] + flatError
        )
    )

    /// An error of any endpoint, and the identity of the object.
    static let errorOnly = JSONSelection(
        Node(
            members: [
                ("id", field(.identity)), ("model", field(.model)), ("status", field(.status)), ("error", error),
                ("type", field(.flatErrorType)),
            ] + flatError
        )
    )
}
