/// The conversion of the counters that a provider reports to those of a record.
extension TokenUsage {
    /// The counters of the input and its parts.
    private static let inputSide: [TokenCounter] = [
        .inputTokens, .cachedInputTokens, .cacheWriteTokens, .cacheWrite30MinuteTokens, .cacheWrite12HourTokens,
        .textInputTokens, .audioInputTokens, .imageInputTokens, .cachedTextInputTokens, .cachedAudioInputTokens,
        .cachedImageInputTokens,
    ]
    /// The counters of the output and its parts.
    private static let outputSide: [TokenCounter] = [
        .outputTokens, .reasoningTokens, .textOutputTokens, .audioOutputTokens, .imageOutputTokens,
        .acceptedPredictionTokens, .rejectedPredictionTokens,
    ]

    /// Cache counters that are reported beside the input under names of their own.
    struct BesideCounters: Sendable {
        /// Cached input under another name; a part of the input.
        var cachedAlias: Int64?
        /// Anthropic's `cache_read_input_tokens`.
        var cacheRead: Int64?
        /// Anthropic's `cache_creation_input_tokens`.
        var cacheWrite: Int64?
        /// The tokens written to the cache for five minutes and for an hour.
        var cacheWriteFiveMinutes: Int64?
        var cacheWriteHour: Int64?
        /// True if the input is named `input_tokens`, as in Anthropic's API.
        var isNamedInput = false

        /// The sum of the tokens written for five minutes and for an hour; `nil` if neither is reported.
        var cacheWriteParts: Int64? {
            guard cacheWriteFiveMinutes != nil || cacheWriteHour != nil else { return nil }
            return TokenUsage.sum(cacheWriteFiveMinutes ?? 0, cacheWriteHour ?? 0)
        }
    }

    /// Adds counters that are reported beside the sides they belong to, so that the sides include them.
    ///
    /// Anthropic's own counters exclude one another, while OpenAI-compatible servers use the same names for parts of
    /// the input; xAI leaves reasoning out of the output. A total that is the sum of all proves it. Without a total,
    /// parts that exceed their side prove it too, and so does Anthropic's name of the input.
    mutating func include(_ beside: BesideCounters) {
        func filled(_ known: Int64?, _ others: Int64?...) -> Int64? {
            if let known, known > 0 { return known }
            return others.compactMap { $0 }.max() ?? known
        }
        self[.cachedInputTokens] = filled(self[.cachedInputTokens], beside.cachedAlias, beside.cacheRead)
        self[.cacheWriteTokens] = filled(self[.cacheWriteTokens], beside.cacheWrite, beside.cacheWriteParts)
        guard let input = inputTokens else { return }
        let cache = Self.sum(self[.cachedInputTokens] ?? 0, self[.cacheWriteTokens] ?? 0)
        let besideCache = Self.sum(beside.cacheRead ?? 0, beside.cacheWrite ?? beside.cacheWriteParts ?? 0)
        var excludesCache = besideCache > input || (besideCache > 0 && beside.isNamedInput && totalTokens == nil)
        if let output = outputTokens {
            let reasoning = reasoningTokens ?? 0
            if let total = totalTokens {
                let difference = total - Self.sum(input, output)
                let isAll = difference == Self.sum(cache, reasoning) && cache > 0 && reasoning > 0
                if cache > 0, difference == cache || isAll { excludesCache = true }
                if reasoning > 0, difference == reasoning || isAll { self[.outputTokens] = Self.sum(output, reasoning) }
            }
        }
        if excludesCache { self[.inputTokens] = Self.sum(input, cache) }
    }

    /// Completes the sides that this report lacks from an earlier one.
    ///
    /// Reports of a stream are cumulative, so that the later one applies; some contain the input at the start only, and
    /// zero afterwards. A report whose total is the sum of its own sides lacks nothing.
    ///
    /// - Returns: True if anything was completed.
    mutating func complete(from earlier: TokenUsage) -> Bool {
        guard !isWhole else { return false }
        var isCompleted = false
        for (side, counters) in [(TokenCounter.inputTokens, Self.inputSide), (.outputTokens, Self.outputSide)]
        where (self[side] ?? 0) == 0 && (self[side] == nil ? earlier[side] != nil : (earlier[side] ?? 0) > 0) {
            for counter in counters where (self[counter] ?? 0) == 0 {
                self[counter] = earlier[counter] ?? self[counter]
            }
            isCompleted = true
        }
        return isCompleted
    }

    /// True if the total is the sum of the sides, so that other reports cannot complete it.
    private var isWhole: Bool {
        guard let total = totalTokens, total > 0 else { return false }
        return total == Self.sum(inputTokens ?? 0, outputTokens ?? 0)
    }

    /// True if this report lacks a side that an earlier report of the same stream has, which no cumulative report does.
    func contradicts(_ earlier: TokenUsage) -> Bool {
        [TokenCounter.inputTokens, .outputTokens].contains { (self[$0] ?? 0) == 0 && (earlier[$0] ?? 0) > 0 }
    }

    /// Derives the side that was not reported from the total and the other side.
    ///
    /// - Parameter hasOutput: False for embeddings, whose total is all input.
    mutating func deriveMissingSide(hasOutput: Bool) {
        guard let total = totalTokens, total >= 0 else { return }
        guard hasOutput else {
            if inputTokens == nil, outputTokens == nil { self[.inputTokens] = total }
            return
        }
        switch (inputTokens, outputTokens) {
        case (let input?, nil) where input >= 0 && input <= total: self[.outputTokens] = total - input
        case (nil, let output?) where output >= 0 && output <= total: self[.inputTokens] = total - output
        default: break
        }
    }

    /// True if every reported counter is zero.
    var isZero: Bool { counters.allSatisfy { $0.value == 0 } }

    fileprivate static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
