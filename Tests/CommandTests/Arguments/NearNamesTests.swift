import ArgumentParser
import Testing

@testable import oai_usage

/// Near names, and values that a shell may be offered.
struct NearNamesTests {
    @Test(arguments: [
        ("reprot", "report"), ("REPORT", "report"), ("cals", "calls"), ("last_month", "last-month"),
        ("lastmonth", "last-month"), ("proj", "project"), ("jsn", "json"),
    ])
    func `A typo has a near name`(typed: String, meant: String) {
        let names = ["report", "calls", "project", "last-month", "json", "csv"]
        #expect(NearNames.nearest(to: typed, in: names) == meant)
    }

    @Test(arguments: ["", "x", "zebra", "pdf", "--"])
    func `What is not near has none`(typed: String) {
        #expect(NearNames.nearest(to: typed, in: ["report", "calls", "json"]) == nil)
    }

    @Test
    func `An unknown command is found behind known ones`() {
        func first(_ line: String) -> [String]? {
            UnknownCommand.first(in: line.split(separator: " ").map { String($0) }, of: OAIUsage.self)
                .map { $0.parents + [$0.name] }
        }
        #expect(first("reprot") == ["reprot"] && first("prices lst x") == ["prices", "lst"])
        #expect(first("report x") == nil && first("prices list") == nil && first("--help") == nil)
    }

    @Test
    func `A format may be given in two ways that agree`() throws {
        #expect(try FormatOption<CallsFormat>.parse(["--json"]).value == .jsonl)
        #expect(try FormatOption<ReportFormat>.parse(["--json", "--format", "json"]).value == .json)
        #expect(try FormatOption<ReportFormat>.parse([]).value == .table)
        #expect(throws: (any Error).self) { try FormatOption<ReportFormat>.parse(["--json", "--format", "csv"]) }
    }

    @Test(arguments: ["$(touch x)", "`x`", "a b", "a;b", "-x", "~", "#x", "a\nb", "a'b", "a\"b", "a*", "{a,b}", ""])
    func `What a shell gives a meaning is not offered`(name: String) {
        #expect(!CompletionText.isSafe(name))
        #expect(CompletionText.offered([name, "proj_a"], shell: .bash) == ["proj_a"])
    }

    @Test
    func `Colons are escaped for zsh alone`() {
        #expect(CompletionText.offered(["ft:a", "日本"], shell: .zsh) == ["ft\\:a", "日本"])
        #expect(CompletionText.offered(["ft:a"], shell: .fish) == ["ft:a"])
        #expect(CompletedList("project,mo").values(from: ["project", "model"]) == ["project,model"])
    }

    @Test
    func `The ledger of a command line is found`() {
        let words = ["oai-usage", "report", "--ledger", "\"a b.db\"", "--project", ""]
        #expect(LedgerNames.path(words, ["HOME": "/nonexistent"]) == "a b.db")
        #expect(LedgerNames.path(["--ledger=http://h"], ["HOME": "/nonexistent"]) == nil)
        #expect(LedgerNames.path([], ["HOME": "/h"]) == "/h/.local/share/oai-usage/ledger.db")
    }
}
