import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Values of labels")
struct LabelTests {
    @Test(
        "An endpoint belongs to the group of its first words",
        arguments: [
            ("chat.completions", .chatCompletions), ("chat.completions.list", .chatCompletions),
            ("responses", .responses), ("responses.websocket", .responses), ("responses.cancel", .responses),
            ("responses.input_tokens", .responses), ("embeddings", .embeddings), ("images.generations", .images),
            ("images.edits", .images), ("audio.speech", .audioSpeech), ("audio.transcriptions", .audioTranscriptions),
            ("audio.translations", .audioTranscriptions), ("audio.voices", .other), ("audio", .other),
            ("moderations", .moderations), ("batches.create", .batches), ("files.create", .files),
            ("realtime.websocket", .realtime), ("realtime.client_secrets", .realtime), ("live.websocket", .realtime),
            ("models.list", .models), ("completions", .other), ("threads.runs.create", .other), ("decisions", .other),
            ("organization.usage.completions", .other), ("chatty", .other), ("", .other), (".", .other),
        ] as [(String, Endpoint.Operation)]
    )
    func operation(_ endpoint: String, _ expected: Endpoint.Operation) {
        #expect(Endpoint(named: endpoint).operation == expected)
    }

    @Test("The groups are twelve, and their labels differ")
    func operations() {
        let labels = Endpoint.Operation.standard.map(\.label)
        #expect(Set(labels).count == 12)
        #expect(labels.contains("audio_transcriptions"))
    }

    @Test("An operation of a program's own has a number, until there are too many")
    func ownOperations() {
        var table = OperationTable()
        let batches = table.number(of: .batches)
        #expect(table.label(batches) == "batches")
        let room = OperationTable.maximumCount - table.operations.count
        for index in 0..<room + 2 {
            let operation = Endpoint.Operation("own_\(index)", isServedByModel: true)
            let number = table.number(of: operation)
            #expect(table.label(number) == (index < room ? "own_\(index)" : "other"))
            #expect(table.number(of: operation) == number)
        }
    }

    @Test(
        "A model bears its name, a fine-tuned one that of its base",
        arguments: [
            (nil, "none"), ("", "none"), ("gpt-4o", "gpt-4o"), ("gpt-4o-2024-08-06", "gpt-4o"),
            ("ft:gpt-4o-mini-2024-07-18:acme::abc123", "ft:gpt-4o-mini"),
            ("ft:gpt-4o-mini-2024-07-18:acme:name:abc123:ckpt-step-90", "ft:gpt-4o-mini"),
            ("ft:gpt-4o", "ft:gpt-4o"), ("ft:", "ft:"), ("\u{1}\u{2}", "other"), ("openai/gpt-4o", "openai/gpt-4o"),
            ("a\nb", "ab"),
        ]
    )
    func model(_ model: String?, _ label: String) {
        #expect(LabelValue.model(model) == label)
    }

    @Test(
        "A value has no control characters",
        arguments: [
            ("plain", "plain"), ("a\u{0}b\tc\nd\re\u{1B}f\u{7F}", "abcdef"), ("a\u{85}b\u{9F}c\u{A0}d", "abc\u{A0}d"),
            ("日本語", "日本語"), ("é\u{301}", "é\u{301}"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("\r\n", ""), ("", ""), ("\u{2028}", "\u{2028}"),
            ("quo\"te\\", "quo\"te\\"),
        ]
    )
    func clean(_ value: String, _ cleaned: String) {
        #expect(Array(LabelValue.clean(value).utf8) == Array(cleaned.utf8))
    }

    @Test("A value is cut to 128 bytes of whole characters")
    func length() {
        #expect(LabelValue.clean(String(repeating: "a", count: 128)).utf8.count == 128)
        #expect(LabelValue.clean(String(repeating: "a", count: 129)) == String(repeating: "a", count: 128))
        #expect(LabelValue.clean(String(repeating: "é", count: 100)) == String(repeating: "é", count: 64))
        #expect(LabelValue.clean("a" + String(repeating: "日", count: 100)) == "a" + String(repeating: "日", count: 42))
        let tower = "a" + String(repeating: "\u{301}", count: 200)
        #expect(LabelValue.clean("b" + tower) == "b")
        #expect(LabelValue.project(tower) == "other")
        #expect(LabelValue.model(tower) == "other")
    }

    @Test("Every cleaned value is short and harmless", arguments: [3, 4] as [UInt64])
    func cleanProperty(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let cleaned = LabelValue.clean(String(decoding: bytes, as: UTF8.self))
            #expect(cleaned.utf8.count <= 128, "seed \(seed)")
            #expect(!cleaned.unicodeScalars.contains { $0.properties.generalCategory == .control }, "seed \(seed)")
            #expect(LabelValue.clean(cleaned) == cleaned, "seed \(seed)")
        }
    }

    @Test(
        "Usage is missing where its state says so, whatever the status, as in reports",
        arguments: [
            (200, .missing, true, .completed, nil, .streamWithoutUsage),
            (200, .missing, false, .completed, nil, .notReported),
            (200, .null, false, .completed, "cancelled", .notReported),
            (200, .null, true, .completed, nil, .streamWithoutUsage), (200, .null, false, .completed, "queued", nil),
            (200, .null, false, .completed, "in_progress", nil),
            (200, .cut, true, .clientDisconnected, nil, .clientDisconnect),
            (200, .cut, true, .abandoned, nil, .clientDisconnect), (200, .cut, true, .cut, nil, .streamInterrupted),
            (200, .cut, true, .timeout, nil, .streamInterrupted), (200, .unparsable, false, .error, nil, .parseError),
            (200, .error, true, .error, nil, nil), (200, .reported, true, .cut, nil, nil),
            (200, .reportedUnterminated, true, .cut, nil, nil), (200, .notApplicable, false, .completed, nil, nil),
            (200, .unitsFromRequest, false, .completed, nil, nil), (200, .unitsFromBody, false, .completed, nil, nil),
            (500, .error, false, .error, nil, nil), (302, .notApplicable, false, .completed, nil, nil),
            (nil, .notApplicable, false, .unreachable, nil, nil), (299, .missing, false, .completed, nil, .notReported),
            // Whole answers, though their client had left or they were cut later.
            (200, .missing, true, .clientDisconnected, nil, .streamWithoutUsage),
            (200, .null, false, .cut, nil, .notReported),
            // Without the head of an answer.
            (nil, .missing, false, .clientDisconnected, nil, .clientDisconnect),
            (nil, .missing, false, .timeout, nil, .streamInterrupted),
            (nil, .missing, false, .unreachable, nil, .streamInterrupted),
            (nil, .missing, false, .interrupted, nil, .streamInterrupted),
        ] as [(Int?, UsageState, Bool, Outcome, String?, MissingUsageReason?)]
    )
    func missingUsage(
        _ status: Int?,
        _ state: UsageState,
        _ isStream: Bool,
        _ outcome: Outcome,
        _ finish: String?,
        _ expected: MissingUsageReason?
    ) {
        let record = CallRecord.sample {
            $0.status = status
            $0.usageState = state
            $0.isStream = isStream
            $0.outcome = outcome
            $0.finish = finish
        }
        #expect(MissingUsageReason(record) == expected)
    }

    @Test(
        "A call is unpriced when its cost is not, or only partly, known",
        arguments: [
            (.unpriced, "unknown_model", "unknown_model"), (.unpriced, "unknown_tier", "unknown_tier"),
            (.partial, "missing_usage", "missing_usage"), (.partial, "missing_meter", "missing_meter"),
            (.unpriced, "other_provider", "other_provider"), (.unpriced, "out_of_range", "out_of_range"),
            (.unpriced, "something new", "other"), (.unpriced, nil, "other"), (.exact, "unknown_model", nil),
            (.exact, "scale_tier", nil), (.none, "answered_by_cache", nil), (.none, "missing_usage", nil),
            (.provider, nil, nil), (.free, nil, nil), (.none, nil, nil),
        ] as [(CostStatus, String?, String?)]
    )
    func unpriced(_ status: CostStatus, _ reason: String?, _ expected: String?) {
        let cost = CallCost(status: status, reason: reason.map(CostReason.init(rawValue:)))
        #expect(CostReason.labelIndex(of: cost).map { CostReason.labels[$0].rawValue } == expected)
    }

    @Test("Every reason of the core that leaves a cost unknown is a label")
    func reasons() {
        let labels = Set(CostReason.labels)
        #expect(labels.count == CostReason.labels.count)
        #expect(labels == Set(CostReason.known).subtracting([.scaleTier, .answeredByCache]).union([.other]))
    }

    @Test(
        "A resource of a rate limit is one of six",
        arguments: [
            ("requests", "requests"), ("tokens", "tokens"), ("project-tokens", "project_tokens"), ("images", "images"),
            ("input-images", "input_images"), ("tokens-minute", "other"), ("", "other"),
        ]
    )
    func resource(_ name: String, _ label: String) {
        #expect(RateLimitResource(name).label == label)
    }
}
