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

    private static func cell(_ text: String) -> (markdown: String, csv: String) {
        var table = Table(columns: [.init(name: "c")])
        table.rows = [[text]]
        let markdown = table.markdown.split(separator: "\n").last.map { String($0.dropFirst(2).dropLast(2)) } ?? ""
        return (markdown, String(table.csv.dropFirst("c".count + 1).dropLast()))
    }

    @Test(arguments: [
        ("a|b", #"a\|b"#), (#"a\|b"#, #"a\\\|b"#),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("a & b", "a &amp; b"), ("[x](http://y)", #"\[x\](http://y)"#), ("a\nb", "a b"), ("a\u{2028}b", "a b"),
        ("|\u{301}", "\\|\u{301}"), ("**a**", #"\*\*a\*\*"#), ("proj_a-b.c", "proj_a-b.c"),
    ])
    func `No cell of Markdown is markup`(text: String, expected: String) {
        #expect(Self.cell(text).markdown == expected)
    }

    @Test(arguments: [
        "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "+", "-0x1",
        "+1.", "-1e5", "-.5", "=\"a\"", "=\u{301}1", "+\u{301}1",
    ])
    func `No cell of CSV is a formula`(text: String) {
        let cell = Self.cell(text).csv
        #expect(cell.unicodeScalars.first == "'" || cell.hasPrefix("\"'"), "\(cell)")
        let inner = cell.hasPrefix("\"") ? String(cell.dropFirst().dropLast()) : cell
        #expect(Array(inner.unicodeScalars.dropFirst()).count >= text.unicodeScalars.count)
    }

    @Test(arguments: ["-0.5", "+12", "-3", "0", "1,000", "a=b", "a@b", "'x", " =1"])
    func `A number is not a formula, and a sign within is none either`(text: String) {
        let cell = Self.cell(text).csv
        #expect(cell == text || cell == "\"\(text)\"")
    }

    @Test(arguments: ["a\"b", "a\"\u{301}b", "a\nb", "a\u{2028}b", "a\rb"])
    func `What would break a line or a cell is quoted`(text: String) {
        let cell = Self.cell(text).csv
        #expect(cell.hasPrefix("\"") && cell.hasSuffix("\""))
        #expect(cell.unicodeScalars.count { $0 == "\"" } % 2 == 0)
    }

    @Test(arguments: [("abc", 3), ("é", 1), ("日", 2), ("🚀", 2), ("e\u{301}", 1), ("\u{200b}", 0), ("", 0)])
    func `The width of a text is in cells`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }
}
