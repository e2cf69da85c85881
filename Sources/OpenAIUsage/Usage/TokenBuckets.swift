/// The tokens of a call in buckets that do not overlap, so that each is billed once.
///
/// The counters of a ``TokenUsage`` overlap: cached, written, audio and image tokens are part of the input; reasoning,
/// audio and image tokens are part of the output.
public struct TokenBuckets: Sendable, Hashable {
    /// Text input that was neither read from the cache nor written to it.
    public var input: Int64 = 0
    /// Text input that was read from the cache.
    public var cachedInput: Int64 = 0
    /// Input that was written to the cache, except for 12 hours.
    public var cacheWrite: Int64 = 0
    /// Input that was written to the cache for 12 hours.
    public var cacheWrite12Hour: Int64 = 0
    /// Audio input that was not read from the cache.
    public var audioInput: Int64 = 0
    /// Audio input that was read from the cache.
    public var cachedAudioInput: Int64 = 0
    /// Image input that was not read from the cache.
    public var imageInput: Int64 = 0
    /// Image input that was read from the cache.
    public var cachedImageInput: Int64 = 0
    /// Text output, including reasoning.
    public var output: Int64 = 0
    /// Audio output.
    public var audioOutput: Int64 = 0
    /// Image output.
    public var imageOutput: Int64 = 0
    /// Output that only the provider's total includes: reasoning that its output counter leaves out.
    public var hiddenOutput: Int64 = 0
    /// True if the counters contradict one another, for example parts that exceed their whole.
    public var isInconsistent: Bool = false

    /// Creates empty buckets.
    public init() {}

    /// Creates the buckets of a usage.
    ///
    /// A part that exceeds the remainder of its whole is clamped to it, and the buckets are marked as inconsistent.
    public init(_ usage: TokenUsage) {
        var rest = usage[.inputTokens] ?? 0
        var inconsistent = rest < 0
        func take(_ amount: Int64?) -> Int64 {
            guard let amount, amount != 0 else { return 0 }
            if amount < 0 || amount > rest { inconsistent = true }
            let taken = max(0, min(amount, rest))
            rest -= taken
            return taken
        }
        /// A part without its own parts.
        func remainder(_ part: Int64, _ parts: Int64) -> Int64 {
            if part < parts { inconsistent = true }
            return max(0, max(0, part) - parts)
        }
        cachedAudioInput = take(usage[.cachedAudioInputTokens])
        cachedImageInput = take(usage[.cachedImageInputTokens])
        cachedInput = take(usage[.cachedInputTokens].map { remainder($0, cachedAudioInput + cachedImageInput) })
        cacheWrite12Hour = take(usage[.cacheWrite12HourTokens])
        let written = usage[.cacheWriteTokens].map { remainder($0, cacheWrite12Hour) }
        cacheWrite = take(written ?? usage[.cacheWrite30MinuteTokens])
        audioInput = take(usage[.audioInputTokens].map { remainder($0, cachedAudioInput) })
        imageInput = take(usage[.imageInputTokens].map { remainder($0, cachedImageInput) })
        input = max(0, rest)

        rest = usage[.outputTokens] ?? 0
        if rest < 0 { inconsistent = true }
        audioOutput = take(usage[.audioOutputTokens])
        imageOutput = take(usage[.imageOutputTokens])
        output = max(0, rest)
        hiddenOutput = usage.hiddenOutputTokens ?? 0
        // Reasoning that exceeds the output was left out of it; without a total, its amount is unknown.
        if let reasoning = usage[.reasoningTokens], let output = usage[.outputTokens],
            reasoning > output, reasoning - max(0, output) > hiddenOutput
        {
            inconsistent = true
        }
        // The total must be the sum of its sides, unless hidden output explains the difference.
        if let total = usage[.totalTokens], let input = usage[.inputTokens], let output = usage[.outputTokens],
            hiddenOutput == 0, total.subtractingReportingOverflow(input).partialValue != output
        {
            inconsistent = true
        }
        isInconsistent = inconsistent
    }

    /// The sum of the input buckets.
    public var totalInput: Int64 {
        input + cachedInput + cacheWrite + cacheWrite12Hour + audioInput + cachedAudioInput + imageInput
            + cachedImageInput
    }

    /// The sum of the output buckets.
    public var totalOutput: Int64 { output + audioOutput + imageOutput + hiddenOutput }
}
