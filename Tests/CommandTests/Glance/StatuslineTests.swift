import ArgumentParser
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct StatuslineTests {
    private static func row(_ cost: Int128?, calls: Int64, errors: Int64 = 0, unpriced: Int64 = 0) -> ReportRow {
        var row = Report.empty(ReportQuery(from: 0, to: 0)).totals
        (row.costPicoUSD, row.calls, row.errors, row.unpricedCalls) = (cost, calls, errors, unpriced)
        return row
    }

    @Test
    func `The line leaves out what is zero`() {
        let figures = StatuslineFigures(
            today: Self.row(12_340_000_000_000, calls: 1_204, errors: 2),
            month: Self.row(301_200_000_000_000, calls: 9_000)
        )
        #expect(figures.line(isColored: false) == "$12.34 today · 1,204 calls · 2 errors · $301.20 month")
        let one = StatuslineFigures(
            today: Self.row(nil, calls: 1, unpriced: 1),
            month: Self.row(nil, calls: 1, unpriced: 1)
        )
        #expect(one.line(isColored: false) == "$? today · 1 call · 1 unpriced · $? month")
        #expect(
            StatuslineFigures(today: ReportRow(), month: nil).line(isColored: false)
                == "$0.00 today · 0 calls · $0.00 month"
        )
    }

    @Test
    func `A cost that leaves calls out is a lower bound`() throws {
        let figures = StatuslineFigures(today: Self.row(12_340_000_000_000, calls: 3, unpriced: 1))
        #expect(try StatuslineTemplate("{today_usd}").text(figures) == "≥$12.34")
    }

    @Test
    func `Braces are doubled`() throws {
        let figures = StatuslineFigures(today: Self.row(0, calls: 3))
        #expect(try StatuslineTemplate("{{{calls_today}}} %").text(figures) == "{3} %")
        #expect(try StatuslineTemplate("").text(figures).isEmpty)
    }

    @Test(arguments: ["{nope}", "{}", "{today_usd", "{today_usd {calls_today}"])
    func `An unknown placeholder is refused`(template: String) {
        #expect(throws: ValidationError.self) { try StatuslineTemplate(template) }
    }

    @Test(arguments: StatuslineField.allCases)
    func `Every placeholder has a figure`(field: StatuslineField) throws {
        let template = try StatuslineTemplate("{\(field.rawValue)}")
        #expect(template.fields == [field])
        #expect(!template.text(StatuslineFigures(today: Self.row(0, calls: 0))).isEmpty)
    }
}
