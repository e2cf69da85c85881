import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// The output formats for the result of a reprice.
enum RepriceFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown

    /// Writes the result.
    func write(_ result: Repricing.Result) {
        let totals = result.report.totals
        switch self {
        case .json:
            StandardOutput.write(result.report.json(result.query, priceVersion: result.priceVersion) + "\n")
        case .csv: StandardOutput.write(Self.plain(result.report).csv)
        case .markdown: StandardOutput.write(Self.readable(result.report).markdown)
        case .table:
            guard totals.calls > 0 else {
                StandardError.write("No calls that fit.")
                return
            }
            let from = TimestampText.utc(result.query.fromMicroseconds / 1_000_000 * 1_000_000, isShort: true)
            let to = TimestampText.utc((result.query.toMicroseconds + 999_999) / 1_000_000 * 1_000_000, isShort: true)
            StandardOutput.write(Terminal.heading("\(from) to \(to), by the price book \(result.priceVersion)") + "\n")
            let layout = Self.readable(result.report).layout(isColored: Terminal.isColored, width: Terminal.tableWidth)
            StandardOutput.write(layout.text)
            // The same command once more would change nothing, and tell nothing.
            let remedy =
                result.query.isDryRun ? "a wider terminal or --format csv" : "a wider terminal"
            if let note = Table.note(leftOut: layout.leftOut, remedy: remedy) { StandardError.write(note) }
        }
        StandardError.write(Self.note(result))
        if let before = result.report.prunedBefore {
            StandardError.write(
                "Calls before \(TimestampText.utc(before, isShort: true)) are pruned, and keep their costs."
            )
        }
    }

    private static func readable(_ report: RepriceReport) -> Table {
        var table = Table(columns: [
            Table.Column(name: "project", isShortened: true, minimum: 10),
            .init(name: "model", isShortened: true, minimum: 10), .init(name: "calls", isNumeric: true, priority: 3),
            .init(name: "changed", isNumeric: true, priority: 4), .init(name: "old", isNumeric: true, priority: 1),
            .init(name: "new", isNumeric: true), .init(name: "difference", isNumeric: true),
            .init(name: "unpriced", isNumeric: true, priority: 2),
        ])
        let rows = report.rows + [report.totals]
        let scale = MoneyScale(rows.flatMap { [$0.oldPicoUSD, $0.newPicoUSD, $0.differencePicoUSD] })
        func cells(_ row: RepriceRow) -> [String] {
            let difference = scale.text(row.differencePicoUSD)
            let unpriced =
                row.oldUnpriced == row.newUnpriced
                ? NumberFormat.count(row.newUnpriced)
                : "\(NumberFormat.count(row.oldUnpriced)) -> \(NumberFormat.count(row.newUnpriced))"
            return [
                NumberFormat.count(row.calls), NumberFormat.count(row.changed),
                scale.text(row.oldPicoUSD), scale.text(row.newPicoUSD),
                row.differencePicoUSD > 0 ? "+" + difference : difference, unpriced,
            ]
        }
        let changed = report.rows.filter { $0.changed > 0 }
        table.rows = changed.map { [$0.project ?? "-", $0.model ?? "-"] + cells($0) }
        if changed.count < report.rows.count {
            table.rows.append(["(unchanged)", ""] + cells(report.totals(where: { $0.changed == 0 })))
        }
        table.footer = ["TOTAL", ""] + cells(report.totals)
        return table
    }

    private static func plain(_ report: RepriceReport) -> Table {
        let names = [
            "project", "model", "calls", "changed_calls", "written_calls", "old_cost_usd", "new_cost_usd",
            "difference_usd", "old_unpriced_calls", "new_unpriced_calls",
        ]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        table.rows = report.rows.map { row in
            [
                row.project ?? "", row.model ?? "", String(row.calls), String(row.changed), String(row.written),
                row.oldPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "",
                row.newPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "",
                DecimalText.dollars(picoUSD: row.differencePicoUSD), String(row.oldUnpriced), String(row.newUnpriced),
            ]
        }
        return table
    }

    private static func note(_ result: Repricing.Result) -> String {
        let totals = result.report.totals
        let changed = "\(NumberFormat.count(totals.changed)) of \(NumberFormat.count(totals.calls)) calls"
        if result.query.isDryRun { return "\(changed) would change; nothing was written." }
        let others = totals.written - totals.changed
        let rest = others > 0 ? " \(NumberFormat.count(others)) others keep their cost, and bear the new version." : ""
        return "\(changed) changed.\(rest)"
    }
}
