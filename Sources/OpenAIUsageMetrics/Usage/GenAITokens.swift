import OpenAIUsage

/// The modality of tokens, as `gen_ai.token.modality`.
enum TokenModality: Int, Sendable, CaseIterable {
    case text, audio, image
    /// Tokens whose modality the provider does not report.
    case unknown

    var label: String {
        switch self {
        case .text: "text"
        case .audio: "audio"
        case .image: "image"
        case .unknown: "unknown"
        }
    }
}

/// The tokens of a usage by kind and modality.
struct GenAITokens: Sendable {
    private let usage: TokenUsage

    init(_ usage: TokenUsage) { self.usage = usage }

    /// The number of tokens of a kind, billed ones if the provider reports both; `nil` if it is unknown.
    func total(_ kind: GenAITokenKind) -> Int64? {
        switch kind {
        case .input: usage[.inputTokens]
        case .output:
            usage[.outputTokens].map { output in
                let (sum, overflow) = output.addingReportingOverflow(max(0, usage.hiddenOutputTokens ?? 0))
                return overflow ? .max : sum
            }
        case .cacheRead: usage[.cachedInputTokens]
        case .cacheWrite: TokenFamily.inputCacheWrite.tokens(of: usage)
        case .reasoning: usage[.reasoningTokens]
        }
    }

    /// The tokens of a kind by modality, whose sum is the total; those that the provider does not break down are unknown.
    func byModality(_ kind: GenAITokenKind) -> [(modality: TokenModality, tokens: Int64)] {
        guard var rest = total(kind), rest >= 0 else { return [] }
        var parts: [(modality: TokenModality, tokens: Int64)] = []
        for (modality, counter) in Self.counters(kind) {
            guard let reported = usage[counter], reported > 0, rest > 0 else { continue }
            // A provider's parts may exceed its total; the total is what is billed.
            let tokens = min(reported, rest)
            parts.append((modality, tokens))
            rest -= tokens
        }
        if rest > 0 { parts.append((.unknown, rest)) }
        return parts
    }

    private static func counters(_ kind: GenAITokenKind) -> [(TokenModality, TokenCounter)] {
        switch kind {
        case .input: [(.text, .textInputTokens), (.audio, .audioInputTokens), (.image, .imageInputTokens)]
        case .output: [(.text, .textOutputTokens), (.audio, .audioOutputTokens), (.image, .imageOutputTokens)]
        case .cacheRead:
            [(.text, .cachedTextInputTokens), (.audio, .cachedAudioInputTokens), (.image, .cachedImageInputTokens)]
        case .cacheWrite, .reasoning: []
        }
    }
}
