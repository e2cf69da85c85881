import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

struct ModelResolutionTests {
    @Test(arguments: [
        ("gpt-4o-mini", "gpt-4o-mini"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"), ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-08-06"), ("openai/gpt-4o", "gpt-4o"), ("azure/gpt-4o", "gpt-4o"),
        ("openrouter/openai/gpt-6-sol", "gpt-6-sol"), ("openai/gpt-4o-2031-01-01", "gpt-4o"),
        ("gpt-6-sol-2026-10-01", "gpt-6-sol"), ("gpt-5.4-2026-03-05", "gpt-5.4"), ("gpt-4-0613", "gpt-4-0613"),
        ("gpt-4-1231", "gpt-4"), ("gpt-3.5-turbo-instruct:20230824-v2", "gpt-3.5-turbo-instruct"),
        ("gpt-3.5-turbo-instruct:20230824", "gpt-3.5-turbo-instruct"),
        ("ft:gpt-4o-mini-2024-07-18:acme::A1b2", "ft:gpt-4o-mini-2024-07-18"),
        ("ft:gpt-4.1-mini-2025-04-14:acme:triage:BxYz12Ab", "ft:gpt-4.1-mini-2025-04-14"),
        ("ft:gpt-4o-mini-2024-07-18:acme::A1b2:ckpt-step-88", "ft:gpt-4o-mini-2024-07-18"),
        ("openai/ft:gpt-4o-2024-08-06:acme/team:x:id", "ft:gpt-4o-2024-08-06"),
        ("ft:gpt-3.5-turbo-0301:acme::id", "ft:gpt-3.5-turbo"), ("ft:babbage-002:acme::id", "ft:babbage-002"),
        ("gpt-5.6", "gpt-5.6"), ("gpt-5.6-sol", "gpt-5.6-sol"), ("gpt-6-astra-law", "gpt-6-astra-law"),
    ])
    func namesAreFound(name: String, id: String) {
        #expect(PriceBook.bundled.model(named: name)?.id == id)
        #expect(PriceBook.bundled.model(named: name)?.id == id, "from the cache")
    }

    @Test(arguments: [
        "", "gpt", "gpt-5.4-cyber", "gpt-6-cyber-preview", "gpt-6.2-astra-law", "gpt-4o-mini-extra", "gpt-5.1-mini",
        "gpt-9-nova-2027-01-01", "GPT-4o", "gpt-4o ", "gpt-4o-2024-13-01", "gpt-4o-2024-08", "gpt-6-sol-1301",
        "gpt-6-sol-0132", "gpt-6-sol-0000", "gpt-6-sol-123", "gpt-6-sol-12345", "gpt-4o:free", "openai/gpt-4o:nitro",
        "gpt-4o:online", "gpt-4o:2023082-v2", "gpt-4o:20230824-x", "gpt-4o:20230824-v", "ft:gpt-4o", "ft:",
        "ft:gpt-5:acme::id", "ft::acme::id", "curie:ft-org-2023-01-01-00-00-00", "anthropic/claude-opus-5.5",
        "openai/gpt-oss-120b", "openai/", "/", "-2026-01-01", "gpt-4o/", "gpt-4o-mini:ckpt-step-", ":20230824-v2",
    ])
    func othersAreNot(name: String) {
        #expect(PriceBook.bundled.model(named: name) == nil)
        #expect(PriceBook.bundled.model(named: name) == nil, "from the cache")
    }

    @Test func aBookWithoutRulesKnowsExactNamesOnly() throws {
        let model = TestBook.model("gpt-x", #"{"default": {"input": "1"}}"#)
        let book = try PriceBook(json: TestBook.json(models: model, rules: "{}"))
        #expect(book.model(named: "gpt-x")?.id == "gpt-x")
        #expect(book.model(named: "openai/gpt-x") == nil)
        #expect(book.model(named: "gpt-x-2026-01-01") == nil)
        #expect(book.model(named: "gpt-x:ckpt-step-1") == nil)
    }

    @Test func eachRuleWorksByItself() throws {
        let models = [
            TestBook.model("gpt-x", #"{"default": {"input": "1"}}"#),
            TestBook.model("ft:gpt-x", #"{"default": {"input": "2"}}"#),
        ].joined(separator: ",")
        let forms: [(rule: PriceRules.NameRule, name: String)] = [
            (.providerPrefix, "openai/gpt-x"), (.checkpoint, "gpt-x:ckpt-step-2"), (.fineTuned, "ft:gpt-x:acme::id"),
            (.snapshot, "gpt-x-2026-01-01"),
        ]
        for (rule, _) in forms {
            let text = rule.rawValue.replacing("\"", with: "\\\"")
            let book = try PriceBook(json: TestBook.json(models: models, rules: #"{"model_match": ["\#(text)"]}"#))
            for (other, name) in forms {
                #expect((book.model(named: name) != nil) == (other == rule), "\(rule) \(name)")
            }
        }
    }

    @Test func namesFromOutsideDoNotFillTheMemory() {
        var cache = BoundedCache<Int>()
        for number in 0..<5000 { cache["model-\(number)"] = number }
        #expect(cache["model-4999"] == 4999)
        #expect(cache["model-0"] == nil)
        cache[String(repeating: "x", count: 300)] = 1
        #expect(cache[String(repeating: "x", count: 300)] == nil)
    }

    @Test func noNameCrashesTheResolution() {
        let seed: UInt64 = 11
        var generator = SplitMix64(seed: seed)
        let pieces = [
            "ft:", ":", "/", "-", "gpt-4o", "2024-08-06", "0613", "ckpt-step-", "7", "v2", "\u{e9}", "openai", "",
        ]
        for _ in 0..<20_000 {
            var name = ""
            for _ in 0..<Int.random(in: 0..<7, using: &generator) {
                name += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            let first = PriceBook.bundled.model(named: name)?.id
            #expect(PriceBook.bundled.model(named: name)?.id == first, "seed \(seed), \(name)")
            if let first { #expect(name.contains(first.hasPrefix("ft:") ? first.dropFirst(3) : first[...]), "\(name)") }
        }
    }
}
