import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct PriceImportTests {
    private static let day = UTCDay("2026-12-01")

    private static func imported(
        _ list: String = LiteLLMFixture.list,
        file: String? = nil,
        isOnlyNew: Bool = false,
        providers: Set<String> = LiteLLMCatalog.standardProviders
    ) throws -> (result: PriceImport, book: PriceBook) {
        let base = try file.map { PriceBook.bundled.layered(with: try PriceBook(json: $0)) } ?? .bundled
        let result = try PriceImport(
            of: try LiteLLMCatalog(parsing: list, providers: providers),
            into: base,
            file: file,
            from: try #require(day),
            isOnlyNew: isOnlyNew
        )
        #expect(!PriceBook.findings(in: result.text).contains { $0.severity == .error })
        return (result, PriceBook.bundled.layered(with: try PriceBook(json: result.text)))
    }

    private static func cost(_ book: PriceBook, _ model: String, _ day: String) -> String? {
        let call = TestCall(model: model, day: day, usage: [.inputTokens: 1_000_000])
        return book.cost(of: call.record).picoUSD.map { Money(picoUSD: $0).description }
    }

    @Test
    func `Only what differs is written, and what was before remains`() throws {
        let (result, book) = try Self.imported()
        // gpt-4o-mini costs what it did, and gpt-9-gone is switched off.
        #expect(result.models == ["gpt-4.1", "gpt-9-nova", "whisper-9"])
        #expect(Self.cost(book, "gpt-4.1", "2026-11-30") == Self.cost(.bundled, "gpt-4.1", "2026-11-30"))
        #expect(Self.cost(book, "gpt-4.1", "2026-12-01") == "3")
        #expect(Self.cost(book, "gpt-4.1-2025-04-14", "2026-12-01") == "3")
        #expect(Self.cost(book, "gpt-4o-mini", "2026-12-01") == Self.cost(.bundled, "gpt-4o-mini", "2026-12-01"))
    }

    @Test
    func `A new model has all its prices from the beginning of time`() throws {
        let (_, book) = try Self.imported()
        let model = try #require(book.model(named: "gpt-9-nova-2027-01-01"))
        #expect(model.shutdown?.description == "2031-01-31")
        #expect(model.periods.map(\.days.description) == ["any day"])
        let values = model.periods[0].comparableValues.mapValues { $0.text }
        #expect(
            values == [
                "default input": "2", "default cached_input": "0.1", "default cache_write": "2.5",
                "default cache_write_12h": "5", "default output": "10", "flex input": "1",
                "long_context over_input_tokens": "272000", "long_context default input": "4",
                "long_context default output": "15", "long_context priority cache_write_12h": "20",
                "regional_uplift": "1.1",
            ]
        )
    }

    @Test
    func `An import of what was imported changes nothing`() throws {
        let (first, _) = try Self.imported()
        let (second, _) = try Self.imported(file: first.text)
        #expect(second.models.isEmpty)
        #expect(second.text == first.text)
    }

    @Test
    func `Only new models are taken where that is asked for`() throws {
        #expect(try Self.imported(isOnlyNew: true).result.models == ["gpt-9-nova", "whisper-9"])
    }

    @Test
    func `Models of other providers are found with and without the provider's name`() throws {
        let (result, book) = try Self.imported(providers: ["groq"])
        #expect(result.models == ["groq/llama-9-70b"])
        #expect(Self.cost(book, "llama-9-70b", "2026-12-01") == "0.59")
        #expect(Self.cost(book, "groq/llama-9-70b", "2026-12-01") == "0.59")
        let call = TestCall(model: "llama-9-70b", host: "api.groq.com", usage: [.inputTokens: 1, .outputTokens: 1])
        #expect(book.cost(of: call.record).status == .exact)
    }

    @Test
    func `A name that is someone else's is not taken`() throws {
        let members = #""input_cost_per_token": 9e-06"#
        let (result, book) = try Self.imported(
            LiteLLMFixture.list("groq/gpt-4o-mini", members, provider: "groq"),
            providers: ["groq"]
        )
        #expect(result.models == ["groq/gpt-4o-mini"])
        #expect(Self.cost(book, "gpt-4o-mini", "2026-12-01") == "0.15")
        #expect(Self.cost(book, "groq/gpt-4o-mini", "2026-12-01") == "9")
        let both =
            #"{"a/m": {\#(members), "litellm_provider": "a", "mode": "chat"}, "#
            + #""b/m": {"input_cost_per_token": 8e-06, "litellm_provider": "b", "mode": "chat"}}"#
        let (_, ambiguous) = try Self.imported(both, providers: ["a", "b"])
        #expect(Self.cost(ambiguous, "a/m", "2026-12-01") == "9")
        #expect(Self.cost(ambiguous, "b/m", "2026-12-01") == "8")
        #expect(Self.cost(ambiguous, "m", "2026-12-01") == nil)
    }

    @Test
    func `A snapshot that the list prices otherwise gets prices of its own`() throws {
        let list = """
            {"gpt-4o-mini": {"input_cost_per_token": 2e-07, "litellm_provider": "openai", "mode": "chat"},
            "gpt-4o-mini-2024-07-18": {"input_cost_per_token": 1.5e-07, "litellm_provider": "openai", "mode": "chat"}}
            """
        let (result, book) = try Self.imported(list)
        #expect(result.models == ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"])
        #expect(Self.cost(book, "gpt-4o-mini", "2026-12-01") == "0.2")
        #expect(Self.cost(book, "gpt-4o-mini-2024-07-18", "2026-12-01") == "0.15")
        #expect(Self.cost(book, "gpt-4o-mini", "2026-11-30") == "0.15")
    }

    @Test
    func `A name that the list leaves out follows its model`() throws {
        let list = LiteLLMFixture.list("gpt-4o-mini", #""input_cost_per_token": 2e-07"#)
        let (_, book) = try Self.imported(list)
        #expect(Self.cost(book, "gpt-4o-mini-2024-07-18", "2026-12-01") == "0.2")
    }

    @Test
    func `A price that is announced for later is kept`() throws {
        let list = LiteLLMFixture.list("gpt-6.2-sol", #""input_cost_per_token": 1.9e-06"#)
        let (_, book) = try Self.imported(list)
        #expect(Self.cost(book, "gpt-6.2-sol", "2026-11-30") == "4")
        var call = TestCall(model: "gpt-6.2-sol", host: "eu.api.openai.com", day: "2026-12-01")
        call.usage = [.inputTokens: 100_000]
        #expect(book.cost(of: call.record).picoUSD == 209_000_000_000, "the uplift stays")
        call.usage = [.inputTokens: 272_001]
        #expect(book.cost(of: call.record).reason == "unknown_long_context", "which the list does not tell")
        let days = book.model(named: "gpt-6.2-sol")?.periods.map(\.days.description)
        #expect(days == ["2026-11-17...2026-11-30", "2026-12-01...2027-02-28", "2027-03-01..."])
    }

    @Test
    func `Whatever else stands in the file is kept`() throws {
        let file = """
            {"schema": "openai-prices/1", "as_of": "2026-11-01", "currency": "USD", "README": "ours",
            "models": [\(TestBook.model("house-model", #"{"default": {"input": "3"}}"#)),
            {"id": "gpt-4.1", "ids": ["gpt-4.1", "our-name"], "kind": "text", "periods": [
            {"from": null, "to": null, "note": "agreed", "per_1m": {"default": {"input": "1.5"}}}]}],
            "projects": {"proj_a": {"models": [\(TestBook.model("secret", #"{"default": {"input": "4"}}"#))]}}}
            """
        let (result, book) = try Self.imported(file: file)
        #expect(result.models.contains("gpt-4.1"))
        let root = try JSONDocument(parsing: result.text).root.value
        #expect(root["README"]?.string == "ours")
        #expect(root["as_of"]?.string == "2026-12-01")
        #expect(Self.cost(book, "house-model", "2026-12-01") == "3")
        #expect(Self.cost(book, "our-name", "2026-11-30") == "1.5")
        #expect(Self.cost(book, "gpt-4.1", "2026-11-30") == "1.5")
        #expect(Self.cost(book, "gpt-4.1", "2026-12-01") == "3")
        #expect(book.model(named: "gpt-4.1")?.periods.first?.note == "agreed")
        #expect(book.projectNames == ["proj_a"])
    }

    @Test
    func `A file that is not a price file is refused`() throws {
        let catalog = try LiteLLMCatalog(parsing: LiteLLMFixture.list)
        let day = try #require(Self.day)
        #expect(throws: PriceBookError.self) {
            try PriceImport(of: catalog, into: .bundled, file: "{}", from: day)
        }
    }
}
