import OpenAIUsage
import OpenAIUsageLedger

/// Exports what each project and value of tags is charged.
///
/// A row is a period, a project and one value of each tag, with the names of a report: sums come from the ledger's rollups,
/// so that they are exact for pruned calls, too, and take as long for a year as for a day. A tag is a column, since a pivot
/// table, a join with a cost center and a reader all want one; a call without the tag has an empty cell, and stays in.
struct Chargeback {
    private static let columns = [
        "calls", "errors", "input", "cached", "output", "reasoning", "cost", "unpriced", "partial", "no-usage", "open",
    ]

    let per: ChargebackPeriod
    /// The tags; `nil` for all that the ledgers have.
    let tags: [String]?
    /// The rates of another currency, which has a column after the cost; `nil` without one.
    var rates: CurrencyRates?

    /// The columns after those of the tags.
    static var names: [String] { ReportColumn.named(columns).columns.map(\.key) }

    /// Writes the rows, and notes on what they leave out to stderr.
    func write(_ source: ExportSource, to output: ExportOutput) async throws {
        let names = if let tags { tags } else { try await source.tagNames() }
        let dimensions: [ReportDimension] = [per.dimension, .project] + names.map { .tag($0) }
        let progress = ElapsedProgress("Adding up the calls")
        defer { progress.end() }
        var report = ArrangedReport(try await source.report(dimensions))
        if let rates { report.conversion = try await source.conversion(of: report.report, dimensions, rates) }
        progress.end()
        output.put(
            ReportTable.plain(report, ReportColumn.adding(rates, to: ReportColumn.named(Self.columns).columns)).csv
        )
        try output.finish()
        let totals = report.report.totals
        let cost = DecimalText.dollars(picoUSD: totals.costPicoUSD ?? 0)
        StandardError.write(
            "\(NumberFormat.count(Int64(report.report.rows.count))) rows, \(NumberFormat.calls(totals.calls)), $\(cost)."
        )
        if let conversion = report.conversion { StandardError.write(conversion.note) }
        for note in ReportTable.notes(report.report) + (report.report.pruned?.notes ?? []) { StandardError.write(note) }
    }
}
