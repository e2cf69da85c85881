import Testing

@testable import oai_usage

struct TableTests {
    static let table: Table = {
        var table = Table(columns: [.init(name: "project"), .init(name: "calls", isNumeric: true)])
        table.rows = [["search", "12"], ["日本語", "3"], ["a|b,\"c\"", "1,000"]]
        table.footer = ["TOTAL", "1,015"]
        return table
    }()

    @Test
    func `Columns are aligned by what a terminal shows`() {
        #expect(
            Self.table.text() == """
                PROJECT  CALLS
                search      12
                日本語       3
                a|b,"c"  1,000
                TOTAL    1,015

                """
        )
    }

    @Test
    func `Only a terminal gets emphasis`() {
        #expect(!Self.table.text().contains("\u{1b}"))
        #expect(Self.table.text(isColored: true).contains("\u{1b}[1mTOTAL"))
    }

    @Test
    func `Markdown escapes its own signs`() {
        #expect(
            Self.table.markdown == """
                | project | calls |
                |---|---:|
                | search | 12 |
                | 日本語 | 3 |
                | a\\|b,"c" | 1,000 |
                | **TOTAL** | **1,015** |

                """
        )
    }

    @Test
    func `CSV quotes what needs it and has no totals`() {
        #expect(Self.table.csv == "project,calls\r\nsearch,12\r\n日本語,3\r\n\"a|b,\"\"c\"\"\",\"1,000\"\r\n")
    }

    @Test(arguments: [("abc", 3), ("é", 1), ("日", 2), ("🚀", 2), ("e\u{301}", 1), ("\u{200b}", 0), ("", 0)])
    func `The width of a text is in cells`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }
}
