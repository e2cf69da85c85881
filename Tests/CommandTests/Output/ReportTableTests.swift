import ArgumentParser
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger
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
        let columns = ReportColumn.named(ReportColumn.readable).columns
        let table = ReportTable.readable(ArrangedReport(Self.report), columns)
        #expect(table.rows.first?.prefix(6) == ["proj_a", "-", "1,200", "0.2%", "5,000", "-"])
        #expect(table.rows.first?.contains("$0.00000675") == true)
        #expect(table.rows.first?.contains("100%") == true)
        #expect(table.footer?.prefix(3) == ["TOTAL", "", "1,200"])
    }

    @Test
    func `A program sees nothing for what is not known, and exact figures`() throws {
        let columns = ReportColumn.named(ReportColumn.machine).columns
        #expect(columns.count == ReportColumn.machine.count)
        let table = ReportTable.plain(ArrangedReport(Self.report), columns)
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

    /// A report over the projects of a comparison: the cost now and before, `nil` for an unknown one.
    private static func comparison(_ costs: [(now: Int128?, before: Int128?)]) -> ArrangedReport {
        func row(_ number: Int, _ cost: Int128?) -> ReportRow {
            var row = ReportRow()
            row.group = ["p\(number)"]
            row.calls = 1
            row.costPicoUSD = cost
            return row
        }
        var report = Report.empty(ReportQuery(from: 0, to: 1_000_000))
        report.rows = costs.enumerated().map { row($0, $1.now) }
        return ArrangedReport(
            ReportComparison(
                report: report,
                previousQuery: report.query,
                previousRows: costs.enumerated().map { row($0, $1.before) },
                previousTotals: row(0, nil)
            )
        )
    }

    @Test(
        arguments: [
            (3_000_000_000_000, 2_000_000_000_000, "+$1.0000", "+50.0%", "50.00"),
            (1_000_000_000_000, 3_000_000_000_000, "-$2.0000", "-66.7%", "-66.67"),
            (1_000_000_000_000, 0, "+$1.0000", "new", ""), (0, 0, "$0.0000", "0.0%", ""),
            (2_000_000_000_000, 2_000_000_000_000, "$0.0000", "0.0%", "0.00"), (nil, 2_000_000_000_000, "-", "-", ""),
            (2_000_000_000_000, nil, "-", "-", ""),
        ] as [(Int128?, Int128?, String, String, String)]
    )
    func `A change is told in money and percent, and none of nothing`(
        now: Int128?,
        before: Int128?,
        change: String,
        percent: String,
        plain: String
    ) {
        let other: (now: Int128?, before: Int128?) = (5_000_000_000_000, 5_000_000_000_000)
        let report = Self.comparison([(now, before), other])
        let columns = ReportColumn.named(["change", "change%"]).columns
        #expect(ReportTable.readable(report, columns).rows[0] == ["p0", change, percent])
        #expect(ReportTable.plain(report, columns).rows[0].last == plain)
    }

    @Test(arguments: [60, 100, 200])
    func `No line of a table is wider than the terminal, and no number is cut`(width: Int) {
        var report = Report.empty(ReportQuery(from: 0, to: 1_000_000))
        report.rows = ["proj_日本語チーム", "proj_a_very_long_name_that_somebody_chose_production", "p"].map { name in
            var row = ReportRow()
            row.group = [name]
            row.calls = 1_234_567
            row.inputTokens = 987_654_321
            row.costPicoUSD = 1_234_560_000_000_000
            return row
        }
        report.totals.calls = 3_703_701
        report.totals.costPicoUSD = 3_703_680_000_000_000
        let table = ReportTable.readable(ArrangedReport(report), ReportColumn.named(ReportColumn.readable).columns)
        let layout = table.layout(isColored: false, width: width)
        let lines = layout.text.split(separator: "\n").map { String($0) }
        #expect(lines.count == 5)
        for line in lines { #expect(DisplayWidth.of(line) <= width, "\(line)") }
        #expect(layout.text.contains("1,234,567") && layout.text.contains("$1,234.56"))
        #expect(layout.leftOut.isEmpty == (width == 200))
        #expect(layout.text.contains("987,654,321") == !layout.leftOut.contains("input"))
    }

    @Test
    func `Columns that no one knows are named, and near ones too`() {
        let message = ReportCommand.message(
            for: Result { try ReportCommand.parse(["--columns", "calls,csot"]) }.failure
        )
        #expect(message.contains("csot") && message.contains("cost"))
    }
}

extension Result {
    /// The error of a result that is expected to be one.
    fileprivate var failure: any Error {
        switch self {
        case .success: CancellationError()
        case .failure(let error): error
        }
    }
}
