import Testing

@testable import oai_usage

struct FittedTableTests {
    private static let table = FittedTable(
        columns: [
            .init(name: "NAME", minimum: 5), .init(name: "COUNT", isNumeric: true),
            .init(name: "MORE", isNumeric: true, priority: 1),
        ],
        rows: [["proj_日本語チーム", "1", "22"], ["a_name_that_is_long", "12,345", "3"]]
    )

    @Test(arguments: 1...60)
    func `Lines fit`(_ width: Int) {
        #expect(Self.table.lines(width: width).allSatisfy { $0.width <= width })
    }

    @Test
    func `Names are shortened before columns are dropped`() {
        #expect(Self.table.lines(width: 24)[0].plain == "NAME         COUNT  MORE")
        #expect(Self.table.lines(width: 15)[2].plain == "a_n…ong  12,345")
        #expect(Self.table.lines(width: nil)[2].plain == "a_name_that_is_long  12,345     3")
    }
}
