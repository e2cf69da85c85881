import Testing

@testable import OpenAIUsagePricing

/// What a price file leaves without a price shows only beside the book that it goes before.
struct PriceFileCheckTests {
    private static func findings(_ models: String, rules: String = "{}") -> [PriceBookFinding] {
        PriceBook.findings(in: TestBook.json(models: models, rules: rules), before: .bundled)
    }

    @Test
    func `A snapshot must have the tiers that its alias has in the book behind`() {
        let lacking = Self.findings(TestBook.model("gpt-4.1-2031-01-01", #"{"default": {"input": "1"}}"#))
        #expect(lacking.map(\.code) == [.missingTier])
        #expect(lacking.map(\.severity) == [.warning])
        #expect(lacking.first?.path == "models.gpt-4.1-2031-01-01")
        #expect(lacking.first?.message.contains(#""batch", "priority", which gpt-4.1 has"#) == true)
        let complete = #"{"default": {"input": "1"}, "batch": {"input": "1"}, "priority": {"input": "1"}}"#
        #expect(Self.findings(TestBook.model("gpt-4.1-2031-01-01", complete)).isEmpty)
    }

    @Test
    func `A model must have the tiers of the one that it replaces`() {
        let lacking = Self.findings(TestBook.model("gpt-4o", #"{"default": {"input": "1"}}"#))
        #expect(lacking.map(\.code) == [.missingTier])
        #expect(lacking.first?.message.contains(#"gpt-4o lacks the tier "batch", "priority""#) == true)
    }

    @Test
    func `Another name of a tier is a mistake, though only the book behind knows that it is one`() {
        let model = TestBook.model("mine", #"{"default": {"input": "1"}, "fast": {"input": "2"}}"#)
        #expect(Self.findings(model).map(\.severity) == [.error])
        #expect(PriceBook.findings(in: TestBook.json(models: model, rules: "{}")).map(\.severity) == [.warning])
    }

    @Test
    func `The bundled book lacks nothing that it has itself`() {
        let findings = PriceBook.findings(in: PriceBook.bundledText, before: .bundled)
        #expect(findings == PriceBook.findings(in: PriceBook.bundledText))
    }

    @Test(arguments: ["0.15", "0.0000001", "0.00000015", "15000000", "5001", "0.0009"])
    func `Dollars per token, or for a million million tokens, are refused`(price: String) {
        let model = TestBook.model("mine", #"{"default": {"input": "\#(price)"}}"#)
        let text = TestBook.json(models: model)
        guard price != "0.15" else {
            #expect(PriceBook.findings(in: text).isEmpty)
            return
        }
        let findings = PriceBook.findings(in: text)
        #expect(findings.allSatisfy { $0.severity == .error } && findings.count == 1)
        #expect(throws: PriceBookError.self) { try PriceBook(json: text) }
    }
}
