import Testing

@testable import OpenAIUsagePricing

/// Mistakes in a book are found in the line and column where they are.
struct PriceBookValidationTests {
    private static let lines = [
        #"{"schema": "openai-prices/1","#,
        #" "as_of": "2026-11-23", "currency": "USD","#,
        #" "rules": {"tier_alias": {"fast": "priority"}},"#,
        #" "models": ["#,
        #"  {"id": "gpt-x", "ids": ["gpt-x"], "kind": "text","#,
        #"   "periods": ["#,
        #"    {"from": null, "to": "2026-01-31","#,
        #"     "per_1m": {"default": {"input": "2", "output": "8"}}},"#,
        #"    {"from": "2026-02-01", "to": null,"#,
        #"     "per_1m": {"default": {"input": "1"}, "batch": {"input": "0.5"}}}]},"#,
        #"  {"id": "gpt-x-2026-01-01", "ids": ["gpt-x-2026-01-01"], "kind": "text","#,
        #"   "periods": [{"from": null, "to": null,"#,
        #"    "per_1m": {"default": {"input": "1"}, "batch": {"input": "0.5"}}}]},"#,
        #"  {"id": "tts", "ids": ["tts"], "kind": "speech","#,
        #"   "periods": [{"from": null, "to": null, "per_unit": {"input_character": "0.000015"}}]}],"#,
        #" "tools": ["#,
        #"  {"id": "web_search", "unit": "call","#,
        #"   "periods": [{"from": null, "to": null, "price": "0.01"}]}]}"#,
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var code: PriceBookError.Code
        var line: Int
        var column: Int
        var path: String
        var old: String
        var new: String
        var severity = PriceBookFinding.Severity.error

        var testDescription: String { "\(code), line \(line)" }
    }

    static let cases: [Case] = [
        Case(code: .syntax, line: 4, column: 13, path: "", old: #""models": ["#, new: #""models": [,"#),
        Case(
            code: .duplicateKey,
            line: 2,
            column: 25,
            path: "as_of",
            old: #""currency""#,
            new: #""as_of": "2026-11-23", "currency""#
        ),
        Case(
            code: .unknownKey,
            line: 2,
            column: 25,
            path: "price",
            old: #""currency""#,
            new: #""price": 1, "currency""#
        ),
        Case(code: .missingKey, line: 1, column: 1, path: "currency", old: #", "currency": "USD""#, new: ""),
        Case(code: .invalidValue, line: 1, column: 12, path: "schema", old: "prices/1", new: "prices/2"),
        Case(code: .invalidValue, line: 2, column: 37, path: "currency", old: "USD", new: "EUR"),
        Case(code: .invalidValue, line: 2, column: 11, path: "as_of", old: "2026-11-23", new: "2026-11-31"),
        Case(
            code: .invalidValue,
            line: 3,
            column: 35,
            path: "rules.tier_alias.fast",
            old: #""priority"}"#,
            new: #"1}"#
        ),
        Case(
            code: .invalidValue,
            line: 3,
            column: 35,
            path: "rules.tier_alias.fast",
            old: #""priority"}"#,
            new: #""quick", "quick": "priority"}"#
        ),
        Case(
            code: .unknownKey,
            line: 5,
            column: 37,
            path: "models.gpt-x.knd",
            old: #""kind": "text","#,
            new: #""knd": "text", "kind": "text","#
        ),
        Case(code: .invalidValue, line: 5, column: 45, path: "models.gpt-x.kind", old: #""text","#, new: #""txt","#),
        Case(
            code: .invalidValue,
            line: 5,
            column: 26,
            path: "models.gpt-x.ids",
            old: #"["gpt-x"]"#,
            new: #"["gpt-y"]"#
        ),
        Case(code: .invalidValue, line: 5, column: 26, path: "models.gpt-x.ids", old: #"["gpt-x"]"#, new: #""gpt-x""#),
        Case(
            code: .reversedPeriod,
            line: 7,
            column: 5,
            path: "models.gpt-x.periods[0]",
            old: #""from": null, "to": "2026-01-31","#,
            new: #""from": "2026-02-01", "to": "2026-01-31","#
        ),
        Case(
            code: .overlappingPeriods,
            line: 9,
            column: 5,
            path: "models.gpt-x.periods[1]",
            old: "2026-02-01",
            new: "2026-01-31"
        ),
        Case(
            code: .invalidValue,
            line: 9,
            column: 14,
            path: "models.gpt-x.periods[1].from",
            old: "2026-02-01",
            new: "2026-2-1"
        ),
        Case(
            code: .unknownKey,
            line: 8,
            column: 29,
            path: "models.gpt-x.periods[0].per_1m.default.imput",
            old: #""input": "2","#,
            new: #""imput": "2","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""two","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""2e0","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""-2","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""2.0000001","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""99999999","#
        ),
        Case(
            code: .invalidPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: "2e0,"
        ),
        Case(
            code: .invalidValue,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: "null,"
        ),
        Case(
            code: .unlikelyPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""0.000002","#
        ),
        Case(
            code: .unlikelyPrice,
            line: 8,
            column: 38,
            path: "models.gpt-x.periods[0].per_1m.default.input",
            old: #""2","#,
            new: #""20000","#
        ),
        Case(
            code: .missingTier,
            line: 8,
            column: 16,
            path: "models.gpt-x.periods[0].per_1m",
            old: #"{"default": {"input": "2", "output": "8"}}"#,
            new: #"{"batch": {"input": "2"}}"#,
            severity: .warning
        ),
        Case(
            code: .unknownKey,
            line: 8,
            column: 17,
            path: "models.gpt-x.periods[0].per_1m.defualt",
            old: #"{"default": {"input": "2","#,
            new: #"{"defualt": {}, "default": {"input": "2","#,
            severity: .warning
        ),
        Case(
            code: .invalidValue,
            line: 10,
            column: 44,
            path: "models.gpt-x.periods[1].per_1m.fast",
            old: #""batch": {"input": "0.5"}}}]},"#,
            new: #""fast": {"input": "0.5"}}}]},"#
        ),
        Case(
            code: .missingKey,
            line: 12,
            column: 16,
            path: "models.gpt-x-2026-01-01.periods[0].to",
            old: #"[{"from": null, "to": null,"#,
            new: #"[{"from": null,"#
        ),
        Case(
            code: .missingTier,
            line: 11,
            column: 3,
            path: "models.gpt-x-2026-01-01",
            old: #"{"input": "1"}, "batch": {"input": "0.5"}}}]},"# + "\n" + #"  {"id": "tts""#,
            new: #"{"input": "1"}}}]},"# + "\n" + #"  {"id": "tts""#,
            severity: .warning
        ),
        Case(
            code: .duplicateID,
            line: 14,
            column: 3,
            path: "models.tts.ids",
            old: #"["tts"]"#,
            new: #"["tts", "gpt-x"]"#
        ),
        Case(
            code: .unlikelyPrice,
            line: 15,
            column: 75,
            path: "models.tts.periods[0].per_unit.input_character",
            old: #""0.000015""#,
            new: #""15""#
        ),
        Case(
            code: .unknownKey,
            line: 15,
            column: 56,
            path: "models.tts.periods[0].per_unit.input_chars",
            old: "input_character",
            new: "input_chars"
        ),
        Case(
            code: .missingKey,
            line: 15,
            column: 16,
            path: "models.tts.periods[0]",
            old: #", "per_unit": {"input_character": "0.000015"}"#,
            new: ""
        ),
        Case(
            code: .unlikelyPrice,
            line: 18,
            column: 52,
            path: "tools.web_search.periods[0].price",
            old: #""0.01""#,
            new: #""10""#
        ),
        Case(code: .invalidValue, line: 17, column: 32, path: "tools.web_search.unit", old: #""call""#, new: #""cal""#),
        Case(
            code: .duplicateID,
            line: 18,
            column: 63,
            path: "tools.web_search.id",
            old: #""price": "0.01"}]}]}"#,
            new: #""price": "0.01"}]}, {"id": "web_search", "unit": "none", "periods": []}]}"#
        ),
    ]

    @Test func theBookWithoutMistakesHasNone() throws {
        let text = Self.lines.joined(separator: "\n")
        #expect(PriceBook.findings(in: text).isEmpty)
        #expect(try PriceBook(json: text).models.count == 3)
    }

    @Test(arguments: cases)
    func aMistakeIsFoundWhereItIs(_ item: Case) throws {
        let text = Self.lines.joined(separator: "\n")
        let broken = text.replacing(item.old, with: item.new, maxReplacements: 1)
        try #require(broken != text)
        let findings = PriceBook.findings(in: broken)
        let finding = try #require(findings.first { $0.code == item.code && $0.path == item.path })
        #expect(finding.position == JSONDocument.Position(line: item.line, column: item.column))
        #expect(finding.severity == item.severity)
        #expect(!finding.message.isEmpty)
        #expect(finding.description.contains("line \(item.line), column \(item.column): \(item.severity.rawValue): "))
        guard item.severity == .error else {
            #expect(findings.allSatisfy { $0.severity == .warning })
            _ = try PriceBook(json: broken)
            return
        }
        let error = #expect(throws: PriceBookError.self) { try PriceBook(json: broken) }
        let first = try #require(findings.first { $0.severity == .error })
        #expect(error == PriceBookError(first))
        #expect(error?.description.hasPrefix("price book, line \(first.position.line), column") == true)
    }

    @Test(arguments: [
        (#"{"meter_fallback": {"cached_input": "input", "input": "cached_input"}}"#, "rules.meter_fallback.input"),
        (#"{"meter_fallback": {"cached_input": "cached_input"}}"#, "rules.meter_fallback.cached_input"),
        (#"{"meter_fallback": {"cache": "input"}}"#, "rules.meter_fallback.cache"),
        (#"{"meter_fallback": {"cached_input": "in"}}"#, "rules.meter_fallback.cached_input"),
        (#"{"background_window": {"2h": "0"}}"#, "rules.background_window.2h"),
        (#"{"background_window": {"2h": "cheap"}}"#, "rules.background_window.2h"),
        (#"{"model_match": ["cut the name anywhere"]}"#, "rules.model_match[0]"),
        (#"{"tier_order_to_read": ["default"]}"#, "rules.tier_order_to_read"),
        (#"{"tier_aliases": {}}"#, "rules.tier_aliases"), (#"[]"#, "rules"), (#"{"decimal": 1}"#, "rules.decimal"),
    ])
    func rulesThatAreNotUnderstoodAreErrors(rules: String, path: String) {
        let findings = PriceBook.findings(in: TestBook.json(rules: rules))
        #expect(findings.map(\.path) == [path])
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.map(\.position.line) == [2])
    }

    @Test(arguments: [
        (
            #", "long_context": {"over_input_tokens": "many", "per_1m": {"default": {}}}"#,
            "long_context.over_input_tokens"
        ),
        (#", "long_context": {"over_input_tokens": 0, "per_1m": {"default": {}}}"#, "long_context.over_input_tokens"),
        (#", "long_context": {"over_input_tokens": 5}"#, "long_context.per_1m"),
        (#", "regional_uplift": "10 %""#, "regional_uplift"), (#", "source": "somewhere""#, "source"),
        (#", "confidence": """#, "confidence"), (#", "per_units": {}"#, "per_units"),
    ])
    func periodsThatAreNotUnderstoodAreErrors(more: String, path: String) {
        let model = TestBook.model("gpt-x", #"{"default": {"input": "1"}}"#, more: more)
        let findings = PriceBook.findings(in: TestBook.json(models: model))
        #expect(findings.map(\.path) == ["models.gpt-x.periods[0].\(path)"])
        #expect(findings.map(\.severity) == [.error])
    }

    @Test func allMistakesAreFoundAtOnce() {
        let text = Self.lines.joined(separator: "\n").replacing("\"2\"", with: "\"two\"").replacing(
            "\"8\"",
            with: "\"-8\""
        )
        .replacing("\"call\"", with: "\"cal\"")
        #expect(PriceBook.findings(in: text).map(\.position.line) == [8, 8, 17])
    }

    @Test(arguments: ["", "[]", "null", "{}", #"{"schema": "openai-prices/1", "as_of": null, "currency": "USD"}"#])
    func whatIsNoBookAtAllIsAnError(text: String) {
        #expect(!PriceBook.findings(in: text).isEmpty)
        #expect(throws: PriceBookError.self) { try PriceBook(json: text) }
    }

    @Test func pricesMayStandWithoutQuotes() throws {
        let model = TestBook.model("gpt-x", #"{"default": {"input": 0.25}}"#)
        let book = try PriceBook(json: TestBook.json(models: model))
        #expect(book.model(named: "gpt-x")?.periods.first?.tiers["default"]?[.input]?.picoUSD == 250_000)
    }

    @Test func periodsAreSortedByTheirDays() throws {
        let model = #"""
            {"id": "gpt-x", "ids": ["gpt-x"], "kind": "text", "periods": [
            {"from": "2026-02-01", "to": null, "per_1m": {"default": {"input": "1"}}},
            {"from": null, "to": "2026-01-31", "per_1m": {"default": {"input": "2"}}}]}
            """#
        let book = try PriceBook(json: TestBook.json(models: model))
        #expect(book.model(named: "gpt-x")?.periods.map(\.days.description) == ["...2026-01-31", "2026-02-01..."])
    }
}
