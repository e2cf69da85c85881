import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct CallTierTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var served: String?
        var requested: String?
        var endpoint = "responses"
        var window: String?
        var expected: String
        var factor: String? = "1"

        var testDescription: String { "\(served ?? "-") \(requested ?? "-") \(endpoint) \(window ?? "-")" }
    }

    static let cases: [Case] = [
        Case(expected: "default"), Case(served: "default", requested: "priority", expected: "default"),
        Case(requested: "priority", expected: "priority"), Case(requested: "auto", expected: "default"),
        Case(served: "fast", expected: "priority"), Case(served: "priority", expected: "priority"),
        Case(served: "flex", requested: "auto", expected: "flex"), Case(served: "scale", expected: "default"),
        Case(served: "", expected: "default"), Case(served: "balanced", expected: "balanced"),
        Case(served: "FAST", expected: "FAST"), Case(served: "ultrafast", expected: "ultrafast"),
        Case(served: "default", endpoint: "batches.retrieve", expected: "batch"),
        Case(endpoint: "batches.list", expected: "batch"), Case(served: "batch", expected: "batch"),
        Case(endpoint: "batches", expected: "default"), Case(endpoint: "beta.batches.", expected: "default"),
        Case(endpoint: "decisions", expected: "decisions"),
        Case(served: "auto", endpoint: "decisions", expected: "decisions"),
        Case(served: "priority", endpoint: "decisions", expected: "priority"),
        Case(window: "2h", expected: "default", factor: "0.7"),
        Case(served: "default", window: "8h", expected: "default", factor: "0.6"),
        Case(window: "soonest", expected: "default"), Case(served: "flex", window: "soonest", expected: "flex"),
        Case(served: "flex", window: "2h", expected: "flex", factor: nil),
        Case(window: "note", expected: "default", factor: nil), Case(window: "", expected: "default", factor: nil),
    ]

    @Test(arguments: cases)
    func isTheServedOneUnderTheBooksName(_ item: Case) {
        let call = TestCall(
            tier: item.served,
            requestedTier: item.requested,
            endpoint: item.endpoint,
            window: item.window
        )
        let tier = call.record.tier(in: .bundled)
        #expect(tier.name == item.expected)
        #expect(tier.window?.description == item.factor)
        #expect(tier.isScale == (item.served == "scale"))
    }

    @Test func aBookWithoutRulesHasNoAliases() throws {
        let book = try PriceBook(json: TestBook.json(rules: "{}"))
        #expect(TestCall(tier: "fast").record.tier(in: book).name == "fast")
        #expect(TestCall(window: "2h").record.tier(in: book).window == nil)
    }
}
