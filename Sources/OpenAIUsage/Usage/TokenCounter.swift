/// A counter that a provider may report.
///
/// ``inputTokens`` and ``outputTokens`` are totals, as the provider counts them. The other counters are parts of them,
/// except ``totalTokens``, ``trainedTokens`` and those that count seconds.
public enum TokenCounter: UInt8, Sendable, CaseIterable {
    /// All input, including what was read from the cache and written to it.
    case inputTokens
    /// Input that was read from the cache.
    case cachedInputTokens
    /// Input that was written to the cache.
    case cacheWriteTokens
    /// Input that was written to the cache for 30 minutes.
    case cacheWrite30MinuteTokens
    /// Input that was written to the cache for 12 hours.
    case cacheWrite12HourTokens
    /// Text input.
    case textInputTokens
    /// Audio input.
    case audioInputTokens
    /// Image input.
    case imageInputTokens
    /// Text input that was read from the cache.
    case cachedTextInputTokens
    /// Audio input that was read from the cache.
    case cachedAudioInputTokens
    /// Image input that was read from the cache.
    case cachedImageInputTokens
    /// All output, including reasoning.
    case outputTokens
    /// Output that the model spent on reasoning and that is not part of its answer.
    case reasoningTokens
    /// Text output.
    case textOutputTokens
    /// Audio output.
    case audioOutputTokens
    /// Image output.
    case imageOutputTokens
    /// Predicted output that matched.
    case acceptedPredictionTokens
    /// Predicted output that did not match, which is billed all the same.
    case rejectedPredictionTokens
    /// The provider's own total.
    case totalTokens
    /// Tokens that a fine-tuning job was trained on.
    case trainedTokens
    /// Seconds of audio.
    case audioSeconds
    /// Seconds of a session.
    case sessionSeconds

    /// The counter's name in reports and in the ledger (`input_tokens`, ...).
    public var name: String {
        switch self {
        case .inputTokens: "input_tokens"
        case .cachedInputTokens: "cached_input_tokens"
        case .cacheWriteTokens: "cache_write_tokens"
        case .cacheWrite30MinuteTokens: "cache_write_30m_tokens"
        case .cacheWrite12HourTokens: "cache_write_12h_tokens"
        case .textInputTokens: "text_input_tokens"
        case .audioInputTokens: "audio_input_tokens"
        case .imageInputTokens: "image_input_tokens"
        case .cachedTextInputTokens: "cached_text_input_tokens"
        case .cachedAudioInputTokens: "cached_audio_input_tokens"
        case .cachedImageInputTokens: "cached_image_input_tokens"
        case .outputTokens: "output_tokens"
        case .reasoningTokens: "reasoning_tokens"
        case .textOutputTokens: "text_output_tokens"
        case .audioOutputTokens: "audio_output_tokens"
        case .imageOutputTokens: "image_output_tokens"
        case .acceptedPredictionTokens: "accepted_prediction_tokens"
        case .rejectedPredictionTokens: "rejected_prediction_tokens"
        case .totalTokens: "total_tokens"
        case .trainedTokens: "trained_tokens"
        case .audioSeconds: "audio_seconds"
        case .sessionSeconds: "session_seconds"
        }
    }

    /// The counter's index in a ``TokenUsage``.
    package var index: Int { Int(rawValue) }
}
