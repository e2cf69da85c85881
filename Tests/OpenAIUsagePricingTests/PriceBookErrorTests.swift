import Testing

@testable import OpenAIUsagePricing

struct PriceBookErrorTests {
    private static func error(_ text: String) -> PriceBookError? {
        do {
            _ = try PriceBook(json: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func tellsThePlaceAndTheMistake() throws {
        let model = TestBook.model("gpt-x", #"{"default": {"input": "1e-6"}}"#)
        let error = try #require(Self.error(TestBook.json(models: model)))
        #expect(error.code == .invalidPrice)
        #expect(error.path == "models.gpt-x.periods[0].per_1m.default.input")
        #expect(error.message == "'1e-6' has an exponent; write the number out")
        #expect(
            error.description
                == "price book, line \(error.line), column \(error.column), "
                + "models.gpt-x.periods[0].per_1m.default.input: '1e-6' has an exponent; write the number out"
        )
    }

    @Test func withoutAPathThereIsNone() throws {
        let error = try #require(Self.error("{\n  \"schema\": }"))
        #expect(error.code == .syntax)
        #expect(error.line == 2)
        #expect(error.column == 13)
        #expect(error.path.isEmpty)
        #expect(error.description == "price book, line 2, column 13: a value is expected here")
    }

    @Test func theFirstOfSeveralIsThrown() throws {
        let models = [
            TestBook.model("gpt-x", #"{"default": {"input": "one"}}"#),
            TestBook.model("gpt-y", #"{"default": {"input": "two"}}"#),
        ]
        let error = try #require(Self.error(TestBook.json(models: models.joined(separator: ","))))
        #expect(error.path.hasPrefix("models.gpt-x."))
    }

    @Test func warningsAreNotThrown() throws {
        let model = TestBook.model("gpt-x", #"{"batch": {"input": "1"}}"#)
        let text = TestBook.json(models: model)
        #expect(PriceBook.findings(in: text).map(\.severity) == [.warning])
        #expect(Self.error(text) == nil)
    }

    @Test func modelsWithoutANameAreFoundByTheirPlace() {
        let findings = PriceBook.findings(in: TestBook.json(models: #"{"ids": [], "kind": "text", "periods": []}"#))
        #expect(findings.map(\.path) == ["models[0].id"])
        #expect(findings.map(\.code) == [.missingKey])
    }

    @Test(arguments: [
        (#"{"id": "t", "unit": "call", "periods": {}}"#, "tools.t.periods", PriceBookError.Code.invalidValue),
        (
            #"{"id": "t", "unit": "call", "periods": [{"from": null, "to": null}]}"#, "tools.t.periods[0].price",
            .missingKey
        ),
        (#"{"id": "t", "unit": "call", "periods": [], "free_units": "x"}"#, "tools.t.free_units", .invalidValue),
        (#"{"id": "t", "unit": 1, "periods": []}"#, "tools.t.unit", .invalidValue),
        (#"{"unit": "call", "periods": []}"#, "tools[0].id", .missingKey), (#""t""#, "tools[0]", .invalidValue),
        (#"{"id": "t", "unit": "call", "periods": [], "fee": 1}"#, "tools.t.fee", .unknownKey),
        (
            #"{"id": "t", "unit": "call", "periods": [{"from": null, "to": null, "price": "0.01"}, "#
                + #"{"from": "2026-01-01", "to": null, "price": "0.02"}]}"#,
            "tools.t.periods[1]", .overlappingPeriods
        ),
    ])
    func mistakesInToolsAreFound(tool: String, path: String, code: PriceBookError.Code) {
        let findings = PriceBook.findings(in: TestBook.json(tools: tool))
        #expect(findings.map(\.path) == [path])
        #expect(findings.map(\.code) == [code])
    }

    @Test func everyCodeHasItsOwnText() {
        let codes: [PriceBookError.Code] = [
            .syntax, .duplicateKey, .unknownKey, .missingKey, .invalidValue, .invalidPrice, .unlikelyPrice,
            .unlikelyDiscount, .reversedPeriod, .overlappingPeriods, .duplicateID, .missingTier,
        ]
        #expect(Set(codes.map(\.rawValue)).count == codes.count)
    }
}
