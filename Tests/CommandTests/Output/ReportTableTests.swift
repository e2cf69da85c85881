import ArgumentParser
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

    static func notes(_ change: (inout ReportRow) -> Void) -> [String] {
        var report = Self.report
        report.totals = ReportRow()
        change(&report.totals)
        #expect(ReportTable.isPartial(report) == (report.totals.openCalls == 0))
        return ReportTable.notes(report)
    }

    @Test
    func `The foot says what the figures leave out, and how much that may be`() {
        #expect(
            Self.notes {
                $0.callsWithoutUsage = 12
                $0.upperBoundPicoUSD = 310_000_000_000
            } == ["12 calls without usage, at most $0.31."]
        )
        #expect(
            Self.notes {
                $0.callsWithoutUsage = 12
                $0.upperBoundPicoUSD = 310_000_000_000
                $0.unboundedCalls = 3
            } == ["12 calls without usage, at most $0.31, beside 3 of them whose cost nothing bounds."]
        )
        #expect(
            Self.notes {
                $0.callsWithoutUsage = 1
                $0.unboundedCalls = 1
            } == ["1 call without usage, whose cost nothing bounds."]
        )
        #expect(
            Self.notes {
                $0.unpricedCalls = 5
                $0.partialCalls = 3
            } == [
                "2 calls without a price, which the cost leaves out.",
                "3 calls priced in part; the cost holds the known part.",
            ]
        )
        #expect(
            Self.notes {
                $0.unpricedCalls = 2
                $0.partialCalls = 2
                $0.boundedUnpricedCalls = 1
                $0.unpricedUpperBoundPicoUSD = 310_000_000_000
            } == [
                "2 calls priced in part; the cost holds the known part.",
                "What the cost leaves out of 1 of these, whose usage was told in part, is at most $0.31.",
            ]
        )
        #expect(
            Self.notes { $0.otherCalls = 1 } == ["1 call to endpoints that are not known; they may have used more."]
        )
        #expect(Self.notes { $0.openCalls = 4 } == ["4 calls still open."])
    }

    @Test
    func `A report without gaps has no foot`() {
        var report = Self.report
        report.totals = ReportRow()
        report.totals.calls = 7
        #expect(ReportTable.notes(report).isEmpty && !ReportTable.isPartial(report))
    }

    @Test(arguments: [
        ("project,project", "project"), ("tag:a,model,tag:a", "tag:a"), ("day,model", nil), ("tag:a,tag:b", nil),
    ])
    func `A dimension is named once`(argument: String, repeated: String?) throws {
        #expect(try #require(Dimensions(argument: argument)).repeated?.description == repeated)
        let parsed = Result { try ReportCommand.parse(["--by", argument]) }
        switch parsed {
        case .success: #expect(repeated == nil)
        case .failure(let error):
            let message = ReportCommand.message(for: error)
            #expect(message == repeated.map { "--by names \($0) twice; name each dimension once." })
        }
    }
}
