import OpenAIUsage

/// A call whose price is taken, and what is special about it.
struct PricedCall {
    let name: String
    let record: CallRecord

    init(_ name: String, _ change: (inout CallRecord) -> Void) {
        self.name = name
        var record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: 1_795_435_200_000_000,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/responses"
        )
        record.outcome = .completed
        record.status = 200
        record.usageState = .reported
        record.model = "gpt-4o-mini-2024-07-18"
        record.usage[.inputTokens] = 1_000
        record.usage[.outputTokens] = 100
        change(&record)
        self.record = record
    }

    /// From the plainest call to the one with everything.
    static let all = [
        PricedCall("input and output") { _ in },
        PricedCall("cached, reasoning, priority") {
            $0.model = "gpt-6.1-sol"
            $0.serviceTier = "fast"
            $0.usage[.cachedInputTokens] = 512
            $0.usage[.reasoningTokens] = 90
        },
        PricedCall("long, written, regional, background") {
            $0.model = "gpt-6.1-sol"
            $0.host = "eu.api.openai.com"
            $0.backgroundWindow = "2h"
            $0.usage[.inputTokens] = 300_000
            $0.usage[.cachedInputTokens] = 100_000
            $0.usage[.cacheWriteTokens] = 50_000
        },
        PricedCall("audio and images in and out") {
            $0.model = "gpt-realtime-2.1"
            $0.usage[.audioInputTokens] = 300
            $0.usage[.cachedInputTokens] = 200
            $0.usage[.cachedAudioInputTokens] = 100
            $0.usage[.imageInputTokens] = 200
            $0.usage[.audioOutputTokens] = 40
        },
        PricedCall("fine-tuned, found by its base") { $0.model = "ft:gpt-4o-mini-2024-07-18:acme::A1b2" },
        PricedCall("a model that is not known") { $0.model = "gpt-99-nova" },
        PricedCall("four tools") {
            $0.toolCalls = ["web_search": 2, "file_search": 1, "code_interpreter": 1, "container.4g": 1]
        },
        PricedCall("seconds of audio") {
            $0.model = "whisper-1"
            $0.usage = TokenUsage()
            $0.units = ["audio_seconds": "12.5"]
        },
        PricedCall("an error") {
            $0.status = 429
            $0.usage = TokenUsage()
            $0.usageState = .error
        },
    ]
}
