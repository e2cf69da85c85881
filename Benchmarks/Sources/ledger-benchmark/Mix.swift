import OpenAIUsage

/// Calls as a company makes them in 90 days: mixed kinds, projects, models, tags and errors, always the same for a number.
struct Mix {
    /// 2026-08-31T00:00:00Z.
    static let start: Int64 = 1_788_134_400_000_000
    /// 90 days in microseconds.
    static let length: Int64 = 90 * 86_400_000_000

    private static let models: [(requested: String, served: String, weight: UInt64)] = [
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 34), ("gpt-5.2", "gpt-5.2-2025-12-11", 20),
        ("gpt-4.1", "gpt-4.1-2025-04-14", 14), ("gpt-5-mini", "gpt-5-mini-2025-08-07", 14),
        ("o4-mini", "o4-mini-2025-04-16", 6),
        ("gpt-4o", "gpt-4o-2024-08-06", 6), ("text-embedding-3-small", "text-embedding-3-small", 6),
    ]
    private static let clients = ["OpenAI/Python 2.8.1", "OpenAI/JS 6.9.1", "AsyncOpenAI/Python 2.8.1"]
    private static let teams = ["search", "support", "growth", "billing", nil]
    private static let hexadecimal = Array("0123456789abcdef".utf8)
    private let step: Int64
    private let templates: [CallRecord]
    private var random: UInt64

    /// Prepares a number of calls.
    init(rows: Int) {
        step = max(1, Self.length / Int64(rows))
        random = 42
        templates = Self.models.flatMap { model in
            (0..<12).flatMap { project in (0..<3).map { Self.template(model, project, $0) } }
        }
    }

    private mutating func next(_ bound: UInt64) -> UInt64 {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random % bound
    }

    private mutating func digits(_ count: Int, _ prefix: StaticString, _ suffix: StaticString = "") -> String {
        let length = prefix.utf8CodeUnitCount + count + suffix.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: length) { buffer in
            var index = 0
            func add(_ text: StaticString) {
                for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) {
                    buffer[index] = byte
                    index += 1
                }
            }
            add(prefix)
            var word: UInt64 = 0
            for digit in 0..<count {
                if digit % 16 == 0 { word = next(.max) }
                buffer[index] = Self.hexadecimal[Int(word & 15)]
                word >>= 4
                index += 1
            }
            add(suffix)
            return length
        }
    }

    /// The call of a number; numbers come in order.
    mutating func call(_ number: Int) -> CallRecord {
        let startedAt = Self.start + Int64(number) * step
        var pick = next(100)
        var model = 0
        while pick >= Self.models[model].weight {
            pick -= Self.models[model].weight
            model += 1
        }
        let project = Int(next(12))
        let client = Int(next(3))
        var record = templates[(model * 12 + project) * 3 + client]
        record.id = CallID(rawValue: startedAt << 11)
        record.operationID = record.id.description
        record.startedAtMicroseconds = startedAt
        record.requestBytes = Int64(300 + next(20_000))
        record.requestID = digits(32, "req_")
        record.edgeRequestID = digits(16, "", "-FRA")
        record.timing.gatewayMicroseconds = Int64(80 + next(200))
        let fate = next(100)
        if fate < 3 {
            fail(&record, fate)
        } else {
            let isEmbedding = Self.models[model].requested.hasPrefix("text-embedding")
            succeed(&record, isEmbedding: isEmbedding, isResponses: record.path == "/v1/responses")
        }
        return record
    }

    /// What the calls of a client to a model have in common.
    private static func template(
        _ model: (requested: String, served: String, weight: UInt64),
        _ project: Int,
        _ client: Int
    )
        -> CallRecord
    {
        let isEmbedding = model.requested.hasPrefix("text-embedding")
        let isResponses = !isEmbedding && model.requested.hasPrefix("gpt-5")
        let path = isEmbedding ? "/v1/embeddings" : isResponses ? "/v1/responses" : "/v1/chat/completions"
        var record = CallRecord(
            id: CallID(rawValue: 0),
            startedAt: 0,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: path
        )
        record.project = "proj_\(project)"
        record.organization = "acme"
        record.client = clients[client]
        record.key = KeyFingerprint(hint: "sk-proj-...\(1_000 + project)", digest: 0x5f2c_9a00_0000 + UInt64(project))
        if let team = teams[project % 5] { record.tags = ["team": team] }
        record.requestModel = model.requested
        record.model = model.served
        record.status = 200
        record.outcome = .completed
        record.diagnostics = ["openai-version": "2020-10-01", "cf-cache-status": "DYNAMIC"]
        return record
    }

    private mutating func fail(_ record: inout CallRecord, _ fate: UInt64) {
        record.outcome = .error
        record.status = fate == 0 ? 500 : 429
        record.errorType = fate == 0 ? "server_error" : "tokens"
        record.errorCode = fate == 0 ? nil : "rate_limit_exceeded"
        record.usageState = .error
        record.cost = CallCost(picoUSD: 0, status: .free)
        record.timing.durationMicroseconds = Int64(20_000 + next(30_000))
        record.timing.timeToHeadersMicroseconds = record.timing.durationMicroseconds
    }

    private mutating func succeed(_ record: inout CallRecord, isEmbedding: Bool, isResponses: Bool) {
        let input = Int64(20 + next(4_000))
        let cached = next(3) == 0 ? input / 2 : 0
        let output = isEmbedding ? 0 : Int64(1 + next(900))
        let reasoning = isResponses ? output / 2 : 0
        record.usageState = .reported
        record.usageSource = isResponses ? "response.completed /response/usage" : "/usage"
        record.usage[.inputTokens] = input
        record.usage[.totalTokens] = input + output
        record.isStream = !isEmbedding && next(10) < 6
        if isEmbedding {
            record.rawUsage = "{\"prompt_tokens\":\(input),\"total_tokens\":\(input)}"
        } else {
            record.usage[.outputTokens] = output
            record.usage[.cachedInputTokens] = cached
            record.usage[.reasoningTokens] = reasoning
            record.finish = isResponses ? "completed" : next(20) == 0 ? "length" : "stop"
            record.serviceTier = "default"
            if isResponses {
                record.responseID = digits(50, "resp_")
                record.objectCreatedAtMicroseconds = record.startedAtMicroseconds / 1_000_000 * 1_000_000
                record.rawUsage =
                    "{\"input_tokens\":\(input),\"input_tokens_details\":{\"cached_tokens\":\(cached)},\"output_tokens\":\(output),\"output_tokens_details\":{\"reasoning_tokens\":\(reasoning)},\"total_tokens\":\(input + output)}"
            } else {
                record.responseID = digits(29, "chatcmpl-")
                record.usage[.audioInputTokens] = 0
                record.usage[.audioOutputTokens] = 0
                record.usage[.acceptedPredictionTokens] = 0
                record.usage[.rejectedPredictionTokens] = 0
                record.rawUsage =
                    "{\"prompt_tokens\":\(input),\"completion_tokens\":\(output),\"total_tokens\":\(input + output),\"prompt_tokens_details\":{\"cached_tokens\":\(cached),\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":\(reasoning),\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}"
            }
        }
        record.cost = CallCost(
            picoUSD: input * 150_000 + output * 600_000,
            status: .exact,
            priceVersion: "2026-11-23"
        )
        let duration = Int64(100_000 + next(200) * next(200) * 100)
        record.timing.durationMicroseconds = duration
        record.timing.timeToHeadersMicroseconds = duration / 3
        record.timing.processingMicroseconds = duration / 1_000 / 3 * 1_000
        if record.isStream { record.timing.timeToFirstTokenMicroseconds = duration / 3 + 4_000 }
        var limits = RateLimits()
        limits["requests"] = RateLimits.Window(
            limit: 10_000,
            remaining: Int64(9_000 + next(1_000)),
            resetMicroseconds: Int64(6_000 * next(10))
        )
        limits["tokens"] = RateLimits.Window(
            limit: 2_000_000,
            remaining: Int64(1_900_000 + next(99_999)),
            resetMicroseconds: Int64(1_000 * next(40))
        )
        record.rateLimits = limits
    }
}
