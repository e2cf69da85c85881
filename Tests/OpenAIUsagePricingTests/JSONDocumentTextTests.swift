import Foundation
import Testing

@testable import OpenAIUsagePricing

struct JSONDocumentTextTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "-1.50e-7", #""a\"\\\n\u0001é😀""#, #"{"a":[1,{"b":null}],"c":"x"}"#,
        #"{"a":1,"a":2}"#,
    ])
    func `What is written is what was read`(text: String) throws {
        let value = try JSONDocument(parsing: text).root.value
        #expect(value.line == text)
        #expect(try JSONDocument(parsing: value.indented).root.value.line == text)
    }

    @Test
    func `A book is written for people with short parts on one line`() throws {
        let text =
            #"{"id": "m", "list": ["a", "b"], "periods": [{"from": null, "price": {"input": "1"}}], "empty": []}"#
        let expected = """
            {
              "id": "m",
              "list": ["a", "b"],
              "periods": [
                {
                  "from": null,
                  "price": {"input": "1"}
                }
              ],
              "empty": []
            }
            """
        #expect(try JSONDocument(parsing: text).root.value.indented == expected)
    }

    @Test
    func `Every model and tool of the bundled book is written as it was read`() throws {
        for model in PriceBook.bundled.models {
            let text =
                #"{"schema": "openai-prices/1", "as_of": "2026-11-23", "currency": "USD", "models": ["#
                + model.document.indented + "]}"
            let read = try #require(try PriceBook(json: text).models.first)
            #expect(read.id == model.id && read.names == model.names && read.kind == model.kind)
            #expect(read.shutdown == model.shutdown && read.periods.map(\.days) == model.periods.map(\.days))
            #expect(read.periods.map(\.comparableValues) == model.periods.map(\.comparableValues))
            #expect(read.periods.map(\.note) == model.periods.map(\.note))
            #expect(read.periods.map(\.sources) == model.periods.map(\.sources))
        }
        let tools = JSONDocument.Value.elements(PriceBook.bundled.tools.map(\.document)).line
        let book = try PriceBook(
            json: #"{"schema": "openai-prices/1", "as_of": "2026-11-23", "currency": "USD", "tools": \#(tools)}"#
        )
        #expect(book.tools.map(\.document.line) == PriceBook.bundled.tools.map(\.document.line))
    }

    /// Places are counted on from the last one: this document would take minutes otherwise.
    @Test
    func `A long document on one line is read in the time of any other`() throws {
        let element = #"{"é":[1,2,3]}"#
        let text = "[" + Array(repeating: element, count: 100_000).joined(separator: ",") + ",]"
        let error = #expect(throws: JSONDocumentError.self) { try JSONDocument(parsing: text) }
        #expect(error?.position == JSONDocument.Position(line: 1, column: 100_000 * 14 + 2))
    }

    @Test
    func `A place before the last one is counted anew`() throws {
        let error = #expect(throws: JSONDocumentError.self) {
            try JSONDocument(parsing: "{\"a\": [1, 2,\n  \"é\", \"unfinished ")
        }
        #expect(error?.position == JSONDocument.Position(line: 2, column: 8))
    }
}
