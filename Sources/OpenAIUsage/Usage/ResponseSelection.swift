/// What is read from the bodies and events of the API, by their shape.
enum ResponseSelection {
    private typealias Node = JSONSelection.Node

    private static func field(_ field: ResponseField) -> Node { Node(field: field.rawValue) }
    private static func counter(_ counter: TokenCounter) -> Node { Node(field: ResponseField.counter(counter)) }
    private static func presence(_ field: ResponseField) -> Node { Node(field: field.rawValue, isPresenceOnly: true) }

    /// A usage object, in the names of all its dialects.
    private static let usage: Node = {
        let cachedDetails = Node(members: [
            ("text_tokens", counter(.cachedTextInputTokens)),
            ("audio_tokens", counter(.cachedAudioInputTokens)),
            ("image_tokens", counter(.cachedImageInputTokens)),
        ])
        let writeDetails = Node(members: [
            ("ttl_30m_tokens", counter(.cacheWrite30MinuteTokens)),
            ("ttl_12h_tokens", counter(.cacheWrite12HourTokens)),
        ])
        let inputDetails = Node(members: [
            ("cached_tokens", counter(.cachedInputTokens)),
            ("cache_write_tokens", counter(.cacheWriteTokens)),
            ("cache_write_tokens_details", writeDetails),
            ("text_tokens", counter(.textInputTokens)),
            ("audio_tokens", counter(.audioInputTokens)),
            ("image_tokens", counter(.imageInputTokens)),
            ("cached_tokens_details", cachedDetails),
        ])
        let outputDetails = Node(members: [
            ("reasoning_tokens", counter(.reasoningTokens)),
            ("text_tokens", counter(.textOutputTokens)),
            ("audio_tokens", counter(.audioOutputTokens)),
            ("image_tokens", counter(.imageOutputTokens)),
            ("accepted_prediction_tokens", counter(.acceptedPredictionTokens)),
            ("rejected_prediction_tokens", counter(.rejectedPredictionTokens)),
        ])
        return Node(
            field: ResponseField.usage.rawValue,
            members: [
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
                (
                    "cost",
                    Node(
                        field: ResponseField.providerCost.rawValue,
                        members: [("total_cost", field(.providerCostTotal))]
                    )
                ),
                (
                    "cost_details",
                    Node(members: [("upstream_inference_cost", field(.upstreamCost))])
                ),
            ],
            isVerbatim: true
        )
    }()

    private static let error = Node(
        field: ResponseField.error.rawValue,
        members: [("type", field(.errorType)), ("code", field(.errorCode))],
        isPresenceOnly: true
    )

    /// A chat completion or its chunk, a completion or its chunk, a list of embeddings.
    static let completion: JSONSelection = {
        let delta = Node(members: [
            ("content", presence(.content)),
            ("refusal", presence(.content)),
            ("reasoning", presence(.content)),
            ("reasoning_content", presence(.content)),
            ("tool_calls", presence(.contentObject)),
            ("function_call", presence(.contentObject)),
            ("audio", presence(.contentObject)),
        ])
        let choice = Node(members: [
            ("finish_reason", field(.finishReason)),
            ("delta", delta),
            ("text", presence(.content)),
        ])
        return JSONSelection(
            Node(members: [
                ("id", field(.identity)),
                ("model", field(.model)),
                ("choices", Node(field: ResponseField.choices.rawValue, elements: choice)),
                ("usage", usage),
                ("service_tier", field(.serviceTier)),
                ("error", error),
                ("x_groq", Node(members: [("usage", usage)])),
            ])
        )
    }()

    private static let responseMembers: [(name: String, node: JSONSelection.Node)] = [
        ("id", field(.identity)),
        ("model", field(.model)),
        ("service_tier", field(.serviceTier)),
        ("status", field(.status)),
        ("usage", usage),
        ("error", error),
        ("incomplete_details", Node(members: [("reason", field(.incompleteReason))])),
    ]

    /// A response object.
    static let response = JSONSelection(Node(members: responseMembers))

    /// An event of a response's stream.
    static let responseEvent = JSONSelection(
        Node(members: [
            ("type", field(.type)),
            ("response", Node(members: responseMembers)),
            ("error", error),
            ("code", field(.flatErrorCode)),
        ])
    )

    /// An error of any endpoint, and nothing else.
    static let errorOnly = JSONSelection(Node(members: [("error", error)]))
}
