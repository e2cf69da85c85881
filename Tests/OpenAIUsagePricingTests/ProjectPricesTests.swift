import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Prices that hold for one project only.
struct ProjectPricesTests {
    private static let text = """
        {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [\(TestBook.model("gpt-4o-mini", #"{"default": {"input": "1"}}"#))],
        "projects": {
        "proj_a": {"models": [\(TestBook.model("gpt-4o-mini", #"{"default": {"input": "2"}}"#)),
        \(TestBook.model("house-model", #"{"default": {"input": "3"}}"#))]},
        "proj_b": {"tools": [{"id": "web_search", "unit": "call",
        "periods": [{"from": null, "to": null, "price": "0.5"}]}]}}}
        """

    private static func cost(
        _ book: PriceBook,
        _ project: String,
        _ model: String,
        tools: [String: Int64] = [:]
    ) -> String? {
        var record = TestCall(model: model, usage: [.inputTokens: 1_000_000], toolCalls: tools).record
        record.project = project
        #expect(book.cost(of: record) == book.explanation(of: record).cost)
        return book.cost(of: record).picoUSD.map { Money(picoUSD: $0).description }
    }

    @Test
    func `What a book says of a project goes before what it says of all`() throws {
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.text))
        #expect(Self.cost(book, "proj_a", "gpt-4o-mini") == "2")
        #expect(Self.cost(book, "proj_b", "gpt-4o-mini") == "1")
        #expect(Self.cost(book, "default", "gpt-4o-mini") == "1")
        #expect(Self.cost(book, "proj_a", "gpt-4o-mini-2024-07-18") == "2")
        #expect(Self.cost(book, "proj_a", "house-model") == "3")
        #expect(Self.cost(book, "proj_b", "house-model") == nil)
        #expect(Self.cost(book, "proj_a", "gpt-4o") == Self.cost(.bundled, "proj_a", "gpt-4o"))
        #expect(Self.cost(book, "proj_b", "gpt-4o", tools: ["web_search": 1]) == "3")
        #expect(Self.cost(book, "proj_a", "gpt-4o", tools: ["web_search": 1]) == "2.51")
        #expect(book.projectNames == ["proj_a", "proj_b"])
    }

    @Test
    func `All projects have one version, which the row keeps`() throws {
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.text))
        for project in ["proj_a", "proj_b", "default"] {
            var record = TestCall(model: "gpt-4o-mini", usage: [.inputTokens: 1]).record
            record.project = project
            #expect(book.cost(of: record).priceVersion == book.version)
            #expect(book.book(for: project).contentHash == book.contentHash)
        }
    }

    @Test
    func `A later file goes before an earlier one, but a project's prices before both`() throws {
        let general = TestBook.json(models: TestBook.model("gpt-4o-mini", #"{"default": {"input": "7"}}"#), rules: "{}")
        let own = """
            {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
            "projects": {"proj_a": {"models": [\(TestBook.model("gpt-4o-mini", #"{"default": {"input": "8"}}"#))]}}}
            """
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.text))
            .layered(with: try PriceBook(json: general))
        #expect(Self.cost(book, "proj_a", "gpt-4o-mini") == "2")
        #expect(Self.cost(book, "proj_b", "gpt-4o-mini") == "7")
        #expect(Self.cost(book.layered(with: try PriceBook(json: own)), "proj_a", "gpt-4o-mini") == "8")
        #expect(Self.cost(book.layered(with: try PriceBook(json: own)), "proj_a", "house-model") == "3")
    }

    @Test
    func `The explanation says where a price comes from`() throws {
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.text))
        func origin(_ project: String, _ model: String) -> ModelPrices.Origin? {
            var record = TestCall(model: model, usage: [.inputTokens: 1]).record
            record.project = project
            return book.explanation(of: record).origin
        }
        #expect(origin("proj_a", "gpt-4o-mini") == .project)
        #expect(origin("proj_b", "gpt-4o-mini") == .override)
        #expect(origin("proj_a", "gpt-4o") == .book)
        #expect(origin("proj_a", "unheard-of") == nil)
    }

    @Test
    func `Prices of a project hold at every host`() throws {
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.text))
        var record = TestCall(model: "house-model", host: "api.groq.com", usage: [.inputTokens: 1_000_000]).record
        record.project = "proj_a"
        #expect(book.cost(of: record).picoUSD == 3_000_000_000_000)
    }

    @Test(arguments: [
        (#""projects": []"#, "projects"), (#""projects": {"proj_a": []}"#, "projects.proj_a"),
        (#""projects": {"": {}}"#, "projects."), (#""projects": {"proj_a": {"rules": {}}}"#, "projects.proj_a.rules"),
        (#""projects": {"p": {"models": [{"id": "m", "ids": ["m"], "kind": "text"}]}}"#, "projects.p.models.m.periods"),
        (#""projects": {"p": {"tools": [{"id": "t", "unit": "x", "periods": []}]}}"#, "projects.p.tools.t.unit"),
    ])
    func `A mistake of a project is found where it is`(member: String, path: String) {
        let text = #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", \#(member)}"#
        #expect(PriceBook.findings(in: text).map(\.path) == [path])
        #expect(throws: PriceBookError.self) { try PriceBook(json: text) }
    }

    @Test
    func `A project that stands twice is a mistake`() {
        let text =
            #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", "projects": {"a": {}, "a": {}}}"#
        #expect(PriceBook.findings(in: text).map(\.code) == [.duplicateKey])
    }
}
