import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct ToolPricesTests {
    private static let book = #"""
        {"id": "t", "unit": "call", "note": "n", "counted_by": "c", "free_units": "1.5", "periods": [
        {"from": null, "to": "2026-01-31", "price": "0.01", "note": "old"},
        {"from": "2026-03-01", "to": null, "price": "0.02"}]}
        """#

    @Test(
        arguments: [
            ("2020-01-01", "0.01"), ("2026-01-31", "0.01"), ("2026-02-01", nil), ("2026-02-28", nil),
            ("2026-03-01", "0.02"), ("2031-01-01", "0.02"),
        ] as [(String, String?)]
    )
    func theDayDecides(day: String, expected: String?) throws {
        let tool = try #require(try PriceBook(json: TestBook.json(tools: Self.book)).tool(id: "t"))
        #expect(tool.price(on: try #require(UTCDay(day)))?.description == expected)
    }

    @Test func whatElseIsKnownIsKept() throws {
        let tool = try #require(try PriceBook(json: TestBook.json(tools: Self.book)).tool(id: "t"))
        #expect(tool.unit == .call)
        #expect(tool.note == "n")
        #expect(tool.countedBy == "c")
        #expect(tool.freeUnits?.description == "1.5")
        #expect(tool.periods.map(\.note) == ["old", nil])
        #expect(tool.periods.map(\.days.description) == ["...2026-01-31", "2026-03-01..."])
    }
}
