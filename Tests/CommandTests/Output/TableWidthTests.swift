import Testing

@testable import oai_usage

struct TableWidthTests {
    private static let table: Table = {
        var table = Table(columns: [
            .init(name: "name", isShortened: true, minimum: 5), .init(name: "count", isNumeric: true),
            .init(name: "more", isNumeric: true, priority: 1),
        ])
        table.append(["proj_日本語チーム", .init("1", .red), "22"])
        table.append(["a_name_that_is_long", "12,345", "3"])
        return table
    }()

    @Test(arguments: 1...60)
    func `Lines fit`(_ width: Int) {
        #expect(Self.table.lines(width: width).allSatisfy { $0.width <= width })
    }

    @Test
    func `Names are shortened before columns are left out`() {
        #expect(Self.table.lines(width: 24)[0].plain == "NAME         COUNT  MORE")
        #expect(Self.table.lines(width: 15)[2].plain == "a_n…ong  12,345")
        #expect(Self.table.lines(width: nil)[2].plain == "a_name_that_is_long  12,345     3")
        #expect(Self.table.layout(isColored: false, width: 15).leftOut == ["more"])
        #expect(Self.table.note(width: 15)?.hasPrefix("Left out for want of space: more;") == true)
        #expect(Self.table.note(width: nil) == nil)
    }

    @Test
    func `A cell keeps its own appearance, others have that of their column`() {
        var table = Table(columns: [.init(name: "name"), .init(name: "errors", isNumeric: true, style: .problem)])
        table.append([.init("a", .dim), .init("2", .plain)])
        table.append(["b", "3"])
        let lines = table.text(isColored: true).split(separator: "\n")
        #expect(lines[0] == "\u{1b}[1mNAME  ERRORS\u{1b}[0m")
        #expect(lines[1] == "\u{1b}[2ma\u{1b}[0m          2")
        #expect(lines[2] == "b          \u{1b}[31m3\u{1b}[0m")
    }

    @Test
    func `The beginning of an identity stays`() {
        var table = Table(columns: [.init(name: "id", isShortened: true, minimum: 6, keepsStart: true)])
        table.rows = [["req_0123456789"]]
        #expect(table.lines(width: 8)[1].plain == "req_012…")
    }

    @Test
    func `Names that would look alike are shown from where they differ`() {
        var table = Table(columns: [
            .init(name: "project", isShortened: true, minimum: 6), .init(name: "cost", isNumeric: true),
        ])
        table.rows = [
            ["acme-search-production-v2", "3"], ["acme-sales-production-v2", "2"], ["acme-staging", "1"],
            ["other-and-also-long", "0"],
        ]
        let names = table.lines(width: 16).map { $0.plain.prefix { $0 != " " } }
        #expect(names == ["PROJECT", "…search-p…", "…sales-pr…", "acme-…ging", "other…long"])
        #expect(table.lines(width: 16).allSatisfy { $0.width <= 16 })
        let alike = ["aaaaaaaa1aaaaaaaa", "aaaaaaaa2aaaaaaaa"]
        #expect(DistinctNames.shown(alike, width: 6) == [alike[0]: "…a1aa…", alike[1]: "…a2aa…"])
        // The least width of a column, too, tells them apart.
        let shortest = DistinctNames.shown(alike, width: 5)
        #expect(Set(shortest.values).count == 2 && shortest.values.allSatisfy { DisplayWidth.of($0) <= 5 })
        #expect(DistinctNames.shown(["aaaaaaaa1", "aaaaaaaa1"], width: 6).isEmpty)
    }
}
