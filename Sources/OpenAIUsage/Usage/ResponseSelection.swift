/// What is read from the bodies and events of the API, by their shape.
enum ResponseSelection {
    typealias Node = JSONSelection.Node
    typealias Members = [(name: String, node: Node)]

    static func field(_ field: ResponseField) -> Node { Node(field: field.rawValue) }
    static func counter(_ counter: TokenCounter) -> Node { Node(field: ResponseField.counter(counter)) }
    private static func presence(_ field: ResponseField) -> Node { Node(field: field.rawValue, isPresenceOnly: true) }

    private static let inputDetails = Node(members: [
        ("cached_tokens", counter(.cachedInputTokens)),
        ("cache_write_tokens", counter(.cacheWriteTokens)),
        (
            "cache_write_tokens_details",
            Node(members: [
                ("ttl_30m_tokens", counter(.cacheWrite30MinuteTokens)),
                ("ttl_12h_tokens", counter(.cacheWrite12HourTokens)),
            ])
        ),
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
        ("input_tokens", counter(.inputTokens)),
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
        ("prompt_cache_hit_tokens", counter(.cachedInputTokens)),
        ("num_cached_tokens", counter(.cachedInputTokens)),
        ("cached_tokens", counter(.cachedInputTokens)),
        ("reasoning_tokens", counter(.reasoningTokens)),
    ]

    static let usage = Node(
        field: ResponseField.usage.rawValue,
        members: counters + [
            ("seconds", field(.seconds)),
            (
                "cost",
                Node(field: ResponseField.providerCost.rawValue, members: [("total_cost", field(.providerCostTotal))])
            ),
            ("cost_details", Node(members: [("upstream_inference_cost", field(.upstreamCost))])),
            ("is_byok", field(.isOwnKey)),
            // Other providers: xAI, Mistral, Perplexity.
            ("cost_in_usd_ticks", field(.providerCostTicks)), ("prompt_audio_seconds", field(.seconds)),
            ("num_search_queries", field(.webSearches)),
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

    private static let secondUsage = Node(
        field: ResponseField.secondUsage.rawValue,
        members: counters + [("model", field(.secondModel))]
    )

    static let error = Node(
        field: ResponseField.error.rawValue,
        members: [("type", field(.errorType)), ("code", field(.errorCode))],
        isPresenceOnly: true
    )

    /// What names an object, whatever it is.
    private static let object: Members = [
        ("id", field(.identity)), ("model", field(.model)), ("service_tier", field(.serviceTier)),
        ("status", field(.status)), ("created_at", field(.createdAt)), ("usage", usage), ("error", error),
    ]

    /// A chat completion or its chunk, a completion or its chunk, a list of embeddings.
    static let completion: JSONSelection = {
        let annotations = Node(elements: Node(members: [("type", field(.citation))]))
        let delta = Node(members: [
            ("annotations", annotations),
            ("content", presence(.content)),
            ("refusal", presence(.content)),
            ("reasoning", presence(.content)),
            ("reasoning_content", presence(.content)),
            ("tool_calls", presence(.contentObject)),
            ("function_call", presence(.contentObject)),
            ("audio", presence(.contentObject)),
        ])
        let choice = Node(members: [
            ("finish_reason", field(.finishReason)), ("delta", delta), ("text", presence(.content)),
            ("message", Node(members: [("annotations", annotations)])),
        ])
        return JSONSelection(
            Node(members: [
                ("id", field(.identity)), ("model", field(.model)), ("service_tier", field(.serviceTier)),
                ("usage", usage), ("error", error),
                ("choices", Node(field: ResponseField.choices.rawValue, elements: choice)),
                ("x_groq", Node(members: [("usage", usage)])),
            ])
        )
    }()

    /// A response object, with the calls of its hosted tools.
    private static let responseMembers: Members =
        object + [
            ("incomplete_details", Node(members: [("reason", field(.incompleteReason))])),
            (
                "output",
                Node(
                    elements: Node(
                        field: ResponseField.item.rawValue,
                        members: [
                            ("type", field(.itemType)), ("status", field(.itemStatus)),
                            ("action", Node(members: [("type", field(.itemAction))])),
                            ("container_id", field(.itemContainer)),
                        ]
                    )
                )
            ),
            (
                "tools",
                Node(
                    elements: Node(
                        field: ResponseField.tool.rawValue,
                        members: [
                            ("type", field(.toolType)), ("model", field(.toolModel)),
                            ("container", Node(members: [("memory_limit", field(.toolMemory))])),
                            ("environment", Node(members: [("memory_limit", field(.toolMemory))])),
                        ]
                    )
                )
            ),
            (
                "tool_usage",
                Node(members: [
                    ("image_gen", secondUsage),
                    ("web_search", Node(members: [("num_requests", field(.searchRequests))])),
                ])
            ),
        ]

    static let response = JSONSelection(Node(members: responseMembers))

    /// A realtime or a live session; the model that transcribes what is said to it stands in one of two places.
    private static let session: Node = {
        let transcription = Node(members: [("model", field(.transcriptionModel))])
        let input = Node(members: [("transcription", transcription)])
        return Node(members: [
            ("id", field(.identity)), ("model", field(.model)), ("audio", Node(members: [("input", input)])),
            ("input_audio_transcription", transcription),
        ])
    }()

    /// An event of responses, over a stream or a socket, of a realtime or a live session.
    static let responseEvent: JSONSelection = {
        let event: Members = [
            ("type", field(.type)), ("response", Node(members: responseMembers)), ("error", error),
            ("code", field(.flatErrorCode)),
        ]
        return JSONSelection(
            Node(
                members: event + [
                    ("usage", usage), ("session", session),
                    ("reason", field(.reason)),
                    ("event", Node(members: [("response", Node(members: responseMembers))])),
                ]
            )
        )
    }()

    /// An object that bears its own usage: a batch, a run, a job, an image, a transcription, an agent's session.
    static let plainObject = JSONSelection(
        Node(
            members: object + [
                ("type", field(.type)), ("code", field(.flatErrorCode)), ("trained_tokens", counter(.trainedTokens)),
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
            ]
        )
    )

    /// A line of a batch's output.
    static let batchLine = JSONSelection(
        Node(members: [("response", Node(members: [("body", Node(members: object))]))])
    )

    /// An error of any endpoint, and what names the object.
    static let errorOnly = JSONSelection(
        Node(members: [
            ("id", field(.identity)), ("model", field(.model)), ("status", field(.status)), ("error", error),
        ])
    )
}
