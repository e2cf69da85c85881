import OpenAIUsage

/// The families of token counters.
enum TokenFamily: Int, Sendable, CaseIterable {
    case input, output, inputCached, inputCacheWrite, outputReasoning, outputHidden, inputAudio, outputAudio
    case inputImage, outputImage

    /// The name without the product's prefix and the suffix of counters.
    var name: String {
        switch self {
        case .input: "input_tokens"
        case .output: "output_tokens"
        case .inputCached: "input_cached_tokens"
        case .inputCacheWrite: "input_cache_write_tokens"
        case .outputReasoning: "output_reasoning_tokens"
        case .outputHidden: "output_hidden_tokens"
        case .inputAudio: "input_audio_tokens"
        case .outputAudio: "output_audio_tokens"
        case .inputImage: "input_image_tokens"
        case .outputImage: "output_image_tokens"
        }
    }

    var help: String {
        let restart = " Starts at 0 with the process; the ledger does not."
        return switch self {
        case .input: "Input tokens, cached and written ones included." + restart
        case .output: "Output tokens as the provider counts them." + restart
        case .inputCached: "Input tokens read from the cache, a part of the input."
        case .inputCacheWrite: "Input tokens written to the cache, a part of the input."
        case .outputReasoning: "Reasoning tokens, a part of the output."
        case .outputHidden:
            "Output that only the provider's total tells of, priced as output; no part of output_tokens."
        case .inputAudio: "Audio tokens, a part of the input."
        case .outputAudio: "Audio tokens, a part of the output."
        case .inputImage: "Image tokens, a part of the input."
        case .outputImage: "Image tokens, a part of the output."
        }
    }

    /// The counter of a record; `nil` for those computed from several.
    var counter: TokenCounter? {
        switch self {
        case .input: .inputTokens
        case .output: .outputTokens
        case .inputCached: .cachedInputTokens
        case .outputReasoning: .reasoningTokens
        case .inputAudio: .audioInputTokens
        case .outputAudio: .audioOutputTokens
        case .inputImage: .imageInputTokens
        case .outputImage: .imageOutputTokens
        case .inputCacheWrite, .outputHidden: nil
        }
    }

    /// The tokens of a call; `nil` if they are unknown.
    func tokens(of usage: borrowing TokenUsage) -> Int64? {
        switch self {
        case .inputCacheWrite: Self.cacheWrites(usage)
        case .outputHidden: usage.hiddenOutputTokens
        default: counter.flatMap { usage[$0] }
        }
    }

    /// The tokens written to the cache; if no total is reported, the sum over the cache lifetimes.
    private static func cacheWrites(_ usage: borrowing TokenUsage) -> Int64? {
        if let written = usage[.cacheWriteTokens] { return written }
        let parts = [usage[.cacheWrite30MinuteTokens], usage[.cacheWrite12HourTokens]].compactMap { $0 }
        guard !parts.isEmpty else { return nil }
        return parts.reduce(0) { sum, part in
            let (total, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : total
        }
    }
}
