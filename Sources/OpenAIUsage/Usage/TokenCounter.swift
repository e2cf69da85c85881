/// A counter that a provider may report.
///
/// ``inputTokens`` and ``outputTokens`` are totals, as the provider counts them. The other counters are parts of them,
/// except ``totalTokens``, ``trainedTokens`` and those that count seconds.
///
/// More may be added: a `switch` over it needs a `default`.
public struct TokenCounter: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The counters, for a `switch` that must name them all.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case inputTokens, cachedInputTokens, cacheWriteTokens, cacheWrite30MinuteTokens, cacheWrite12HourTokens,
            textInputTokens, audioInputTokens, imageInputTokens, cachedTextInputTokens, cachedAudioInputTokens,
            cachedImageInputTokens, outputTokens, reasoningTokens, textOutputTokens, audioOutputTokens,
            imageOutputTokens, acceptedPredictionTokens, rejectedPredictionTokens, totalTokens, trainedTokens,
            audioSeconds, sessionSeconds
    }

    private static let names = [
        "input_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "cache_write_30m_tokens",
        "cache_write_12h_tokens",
        "text_input_tokens",
        "audio_input_tokens",
        "image_input_tokens",
        "cached_text_input_tokens",
        "cached_audio_input_tokens",
        "cached_image_input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "text_output_tokens",
        "audio_output_tokens",
        "image_output_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
        "total_tokens",
        "trained_tokens",
        "audio_seconds",
        "session_seconds",
    ]

    /// All counters that this version knows.
    public static let allCases = Kind.allCases.map(TokenCounter.init(_:))

    package let kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// The counter of an index in a ``TokenUsage``; `nil` if there is none.
    package init?(rawValue: UInt8) {
        guard let kind = Kind(rawValue: rawValue) else { return nil }
        self.kind = kind
    }

    /// The counter's name in reports and in the ledger (`input_tokens`, ...).
    public var name: String { Self.names[index] }

    /// The name.
    public var description: String { name }

    package var rawValue: UInt8 { kind.rawValue }

    /// The counter's index in a ``TokenUsage``.
    package var index: Int { Int(kind.rawValue) }

    /// All input, including what was read from the cache and written to it.
    public static var inputTokens: TokenCounter { TokenCounter(.inputTokens) }
    /// Input that was read from the cache.
    public static var cachedInputTokens: TokenCounter { TokenCounter(.cachedInputTokens) }
    /// Input that was written to the cache.
    public static var cacheWriteTokens: TokenCounter { TokenCounter(.cacheWriteTokens) }
    /// Input that was written to the cache for 30 minutes.
    public static var cacheWrite30MinuteTokens: TokenCounter { TokenCounter(.cacheWrite30MinuteTokens) }
    /// Input that was written to the cache for 12 hours.
    public static var cacheWrite12HourTokens: TokenCounter { TokenCounter(.cacheWrite12HourTokens) }
    /// Text input.
    public static var textInputTokens: TokenCounter { TokenCounter(.textInputTokens) }
    /// Audio input.
    public static var audioInputTokens: TokenCounter { TokenCounter(.audioInputTokens) }
    /// Image input.
    public static var imageInputTokens: TokenCounter { TokenCounter(.imageInputTokens) }
    /// Text input that was read from the cache.
    public static var cachedTextInputTokens: TokenCounter { TokenCounter(.cachedTextInputTokens) }
    /// Audio input that was read from the cache.
    public static var cachedAudioInputTokens: TokenCounter { TokenCounter(.cachedAudioInputTokens) }
    /// Image input that was read from the cache.
    public static var cachedImageInputTokens: TokenCounter { TokenCounter(.cachedImageInputTokens) }
    /// All output, including reasoning.
    public static var outputTokens: TokenCounter { TokenCounter(.outputTokens) }
    /// Output that the model spent on reasoning and that is not part of its answer.
    public static var reasoningTokens: TokenCounter { TokenCounter(.reasoningTokens) }
    /// Text output.
    public static var textOutputTokens: TokenCounter { TokenCounter(.textOutputTokens) }
    /// Audio output.
    public static var audioOutputTokens: TokenCounter { TokenCounter(.audioOutputTokens) }
    /// Image output.
    public static var imageOutputTokens: TokenCounter { TokenCounter(.imageOutputTokens) }
    /// Predicted output that matched.
    public static var acceptedPredictionTokens: TokenCounter { TokenCounter(.acceptedPredictionTokens) }
    /// Predicted output that did not match, which is billed all the same.
    public static var rejectedPredictionTokens: TokenCounter { TokenCounter(.rejectedPredictionTokens) }
    /// The provider's own total.
    public static var totalTokens: TokenCounter { TokenCounter(.totalTokens) }
    /// Tokens that a fine-tuning job was trained on.
    public static var trainedTokens: TokenCounter { TokenCounter(.trainedTokens) }
    /// Seconds of audio.
    public static var audioSeconds: TokenCounter { TokenCounter(.audioSeconds) }
    /// Seconds of a session.
    public static var sessionSeconds: TokenCounter { TokenCounter(.sessionSeconds) }
}
