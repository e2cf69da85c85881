import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Every modifier of a price with every other one.
struct ModifierPairTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var modifiers: [String]
        var outcome: String

        var testDescription: String { modifiers.joined(separator: " + ") }
    }

    static let cases: [Case] = ModifierTable.text.split(separator: "\n").map { line in
        let parts = line.split(separator: ": ")
        let modifiers = String(parts[0]).split(separator: " + ").map { String($0) }
        return Case(modifiers: modifiers == ["none"] ? [] : modifiers, outcome: String(parts[1]))
    }

    static let modifiers: [String: @Sendable (inout TestCall) -> Void] = [
        "priority": { $0.tier = "priority" },
        "fast": { $0.tier = "fast" },
        "ultrafast": { $0.tier = "ultrafast" },
        "flex": { $0.tier = "flex" },
        "scale": { $0.tier = "scale" },
        "batch": { $0.endpoint = "batches.retrieve" },
        "decisions": {
            $0.endpoint = "decisions"
            $0.model = "gpt-6-luna"
        },
        "cached": { $0.usage[.cachedInputTokens] = 4000 },
        "written": { $0.usage[.cacheWriteTokens] = 2500 },
        "written_12h": {
            $0.usage[.cacheWriteTokens] = 2500
            $0.usage[.cacheWrite12HourTokens] = 1500
        },
        "long": { $0.usage[.inputTokens] = 300_000 },
        "threshold": { $0.usage[.inputTokens] = 272_000 },
        "region": { $0.host = "eu.api.openai.com" },
        "window_2h": { $0.window = "2h" },
        "window_8h": { $0.window = "8h" },
        "soonest": { $0.window = "soonest" },
        "audio": {
            $0.model = "gpt-realtime-2.1"
            $0.usage[.audioInputTokens] = 3000
            $0.usage[.audioOutputTokens] = 400
        },
        "image": {
            $0.model = "gpt-realtime-2.1"
            $0.usage[.imageInputTokens] = 1000
        },
        "fine_tuned": { $0.model = "ft:gpt-4o-mini-2024-07-18:acme::Ab12" },
        "snapshot": { $0.model = "openai/gpt-6.1-sol-2026-10-01" },
        "reasoning": { $0.usage[.reasoningTokens] = 900 },
        "rejected": { $0.usage[.rejectedPredictionTokens] = 100 },
        "search": { $0.toolCalls = ["web_search": 2] },
        "earlier": {
            $0.day = "2026-07-15"
            $0.model = "gpt-5.6-terra"
        },
    ]

    @Test
    func `The table holds every modifier and every pair that goes together`() {
        let singles = Set(Self.cases.filter { $0.modifiers.count == 1 }.flatMap(\.modifiers))
        #expect(singles == Set(Self.modifiers.keys))
        #expect(Set(Self.cases.filter { $0.modifiers.count == 2 }.map(\.modifiers)).count == 247)
        #expect(Set(Self.cases.flatMap(\.modifiers)) == singles)
    }

    @Test(arguments: cases)
    func `Modifiers are priced together as the table says`(item: Case) throws {
        var call = TestCall(usage: [.inputTokens: 10_000, .outputTokens: 1000])
        for name in item.modifiers { Self.modifiers[name]?(&call) }
        let cost = PriceBook.bundled.cost(of: call.record)
        let amount = cost.picoUSD.map { Money(picoUSD: $0).description }
        switch cost.status {
        case .exact:
            #expect(amount == item.outcome)
            #expect(cost.reason == (call.tier == "scale" && !call.endpoint.hasPrefix("batches") ? "scale_tier" : nil))
        case .partial: #expect("\(cost.reason?.rawValue ?? "") \(amount ?? "")" == item.outcome)
        default: #expect(cost.status == .unpriced && cost.reason?.rawValue == item.outcome)
        }
    }
}
