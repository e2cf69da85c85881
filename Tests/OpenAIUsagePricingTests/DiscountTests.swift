import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Discounts on the list prices of a book.
struct DiscountTests {
    private static func book(_ members: String) throws -> PriceBook {
        let text = #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", \#(members)}"#
        return try PriceBook.bundled.layered(with: PriceBook(json: text))
    }

    private static func cost(
        _ book: PriceBook,
        _ project: String = "default",
        _ model: String = "gpt-4o-mini",
        tools: [String: Int64] = [:]
    ) -> String? {
        var record = TestCall(model: model, usage: [.inputTokens: 1_000_000, .outputTokens: 0], toolCalls: tools).record
        record.project = project
        #expect(book.cost(of: record) == book.explanation(of: record).cost)
        return book.cost(of: record).picoUSD.map { Money(picoUSD: $0).description }
    }

    @Test
    func `A discount is the part of the list price that is paid`() throws {
        #expect(Self.cost(.bundled) == "0.15")
        #expect(Self.cost(try Self.book(#""discount": 0.80"#)) == "0.12")
        #expect(Self.cost(try Self.book(#""discount": "0.8""#)) == "0.12")
        #expect(Self.cost(try Self.book(#""discount": 1"#)) == "0.15")
        #expect(Self.cost(try Self.book(#""discount": 0.333333"#)) == "0.04999995")
    }

    @Test
    func `Discounts do not multiply, and the most specific one applies`() throws {
        let book = try Self.book(
            #"""
            "discount": 0.9,
            "models": [{"id": "gpt-4o-mini", "discount": 0.8}], "tools": [{"id": "web_search", "discount": 1}],
            "projects": {
                "a": {"discount": 0.6}, "b": {"discount": 0.6, "models": [{"id": "gpt-4o-mini", "discount": 0.5}]},
                "c": {"models": [{"id": "gpt-4o-mini", "discount": 0.4}]}
            }
            """#
        )
        #expect(Self.cost(book) == "0.12")
        #expect(Self.cost(book, "a") == "0.09")
        #expect(Self.cost(book, "b") == "0.075")
        #expect(Self.cost(book, "c") == "0.06")
        #expect(Self.cost(book, "default", "gpt-4o") == "2.25")
        #expect(Self.cost(book, "a", "gpt-4o") == "1.5")
        #expect(Self.cost(book, "c", "gpt-4o") == "2.25")
        // The fee of the tool has a discount of its own.
        #expect(Self.cost(book, "default", "gpt-4o", tools: ["web_search": 1]) == "2.26")
        #expect(Self.cost(book, "a", "gpt-4o", tools: ["web_search": 1]) == "1.506")
    }

    @Test
    func `Every line names the factor and the level`() throws {
        let book = try Self.book(#""discount": 0.9, "projects": {"a": {"discount": 0.6}}"#)
        var record = TestCall(model: "gpt-4o-mini", usage: [.inputTokens: 3, .outputTokens: 5]).record
        record.project = "a"
        let lines = book.explanation(of: record).lines
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.modifiers == [PriceExplanation.Modifier(name: "discount", factor: "0.6", level: "project")])
        }
        #expect(CostComparison(record, book: book).json.line.contains(#""factor":"0.6","level":"project""#))
    }

    @Test
    func `A later file counts at the same level, and prices of its own keep the discount of the book`() throws {
        let first = try Self.book(#""discount": 0.9, "models": [{"id": "gpt-4o-mini", "discount": 0.8}]"#)
        func layered(_ members: String) throws -> PriceBook {
            let text = #"{"schema": "openai-prices/1", "as_of": "2026-11-25", "currency": "USD", \#(members)}"#
            return try first.layered(with: PriceBook(json: text))
        }
        #expect(Self.cost(try layered(#""discount": 0.5"#)) == "0.12")
        #expect(Self.cost(try layered(#""discount": 0.5"#), "default", "gpt-4o") == "1.25")
        #expect(Self.cost(try layered(#""models": [{"id": "gpt-4o-mini", "discount": 0.7}]"#)) == "0.105")
        let replaced = TestBook.model("gpt-4o-mini", #"{"default": {"input": "1", "output": "1"}}"#)
        #expect(Self.cost(try layered(#""models": [\#(replaced)]"#)) == "0.9")
        #expect(try layered(#""discount": 0.5"#).version != first.version)
    }

    @Test
    func `A discount holds on its days only`() throws {
        let book = try Self.book(
            #"""
            "discount": 0.9,
            "models": [{"id": "gpt-4o-mini", "discount": [{"from": "2999-01-01", "to": null, "factor": "0.1"}]}]
            """#
        )
        #expect(Self.cost(book) == "0.135")
        #expect(
            book.model(named: "gpt-4o-mini").flatMap {
                book.discount(of: $0, on: UTCDay("2999-01-02") ?? UTCDay(number: 0))
            }?.level == .model
        )
    }

    @Test(arguments: ["1.2", "-0.2", "0", #""20%""#, #""cheap""#, "8e-1", "0.1234567", "20"])
    func `A value that is not a part of a price is an error that says how to write it`(value: String) throws {
        let text = #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", "discount": \#(value)}"#
        let findings = PriceBook.findings(in: text, before: .bundled)
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.message.contains("for 20 % off write 0.80") == true)
        #expect(throws: PriceBookError.self) { try PriceBook(json: text) }
    }

    @Test
    func `Discounts that may be mistakes are warnings`() throws {
        func messages(_ members: String) -> [String] {
            let text = #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", \#(members)}"#
            return PriceBook.findings(in: text, before: .bundled).map(\.description)
        }
        #expect(messages(#""discount": 0.05"#).first?.contains("for 5 % off write 0.95") == true)
        #expect(messages(#""models": [{"id": "gpt-none", "discount": 0.9}]"#).first?.contains("no call") == true)
        #expect(messages(#""models": [{"id": "o3", "discount": 0.9}], "discount": 0.5"#).isEmpty)
        #expect(messages(#""models": [{"id": "o3", "discount": 0.9}, {"id": "o3", "discount": 0.8}]"#).count == 1)
        let overlapping =
            #"[{"from": null, "to": null, "factor": 0.9}, {"from": "2026-01-01", "to": null, "factor": 0.8}]"#
        #expect(messages(#""discount": \#(overlapping)"#).count == 1)
    }

    @Test
    func `The difference of two books names their discounts`() throws {
        let old = try Self.book(#""discount": 0.9"#)
        let new = try Self.book(#""discount": 0.8, "projects": {"a": {"models": [{"id": "o3", "discount": 0.7}]}}"#)
        let changes = PriceBookDifference(from: old, to: new).changes
        #expect(changes.map(\.item) == ["discount", "discount"])
        #expect(changes.first?.old == .text("x 0.9") && changes.first?.new == .text("x 0.8"))
        #expect(changes.last?.project == "a" && changes.last?.subject == .model(["o3"]))
    }
}
