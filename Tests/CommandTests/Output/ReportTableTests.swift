import OpenAIUsage
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct ReportTableTests {
    static let report: Report = {
        var query = ReportQuery(from: 0, to: 1_000_000)
        query.groupBy = [.project, .model]
        var report = Report.empty(query)
        var row = ReportRow()
        row.group = ["proj_a", nil]
        row.calls = 1_200
        row.errors = 3
        row.inputTokens = 5_000
        row.costPicoUSD = 6_750_000
        row.unpricedCalls = 2
        row.callsWithoutUsage = 1
        row.openCalls = 4
        report.rows = [row]
        report.totals = row
        return report
    }()

    @Test
    func `A person sees dashes for what is not known, and the totals`() {
        let table = ReportTable.readable(Self.report)
        #expect(table.rows.first?.prefix(6) == ["proj_a", "-", "1,200", "3", "5,000", "-"])
        #expect(table.rows.first?.contains("$0.00000675") == true)
        #expect(table.footer?.prefix(3) == ["TOTAL", "", "1,200"])
    }

    @Test
    func `A program sees nothing for what is not known, and exact figures`() throws {
        let table = ReportTable.plain(Self.report)
        let cells = Dictionary(uniqueKeysWithValues: zip(table.columns.map(\.name), try #require(table.rows.first)))
        #expect(cells["calls"] == "1200")
        #expect(cells["model"] == "")
        #expect(cells["output_tokens"] == "")
        #expect(cells["cost_usd"] == "0.00000675")
        #expect(cells["duration_ms_p50"] == "")
    }

    @Test
    func `What the figures leave out is said`() {
        let notes = ReportTable.notes(Self.report)
        #expect(notes.count == 3)
        #expect(notes[0].hasPrefix("2 calls are not priced"))
        #expect(notes[1].hasPrefix("1 calls reported no usage") || notes[1].hasPrefix("1 call reported no usage"))
        #expect(notes[2].hasPrefix("4 calls are still open"))
    }
}
