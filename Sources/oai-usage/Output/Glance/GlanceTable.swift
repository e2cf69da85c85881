import OpenAIUsage
import OpenAIUsageLedger

/// A glance as rows, for documents and spreadsheets.
enum GlanceTable {
    static let columns: [Table.Column] =
        [.init(name: "section"), .init(name: "name")]
        + [
            "share", "calls", "errors", "input_tokens", "output_tokens", "cost_usd", "unpriced_calls",
            "calls_without_usage", "other_calls", "open_calls",
        ].map { .init(name: $0, isNumeric: true) }

    /// Returns the rows of a glance: today, the month, its projection, and every day, project, model and error.
    static func table(_ glance: Glance) -> Table {
        var table = Table(columns: columns)
        table.rows = [
            row("today", glance.periods.trendDays.last ?? nil, glance.today),
            row("month", glance.periods.monthName, glance.month),
            row("projection", glance.periods.monthName, cost: glance.projection.picoUSD),
        ]
        table.rows += glance.days.map { row("day", $0.name, $0.row) }
        for (section, rows) in [("project", glance.projects), ("model", glance.models)] {
            table.rows += rows.map {
                row(section, $0.group.first ?? nil, $0, Share($0.costPicoUSD, of: glance.month.costPicoUSD))
            }
        }
        table.rows += glance.errors.map { error in
            var cells = row("error", error.label)
            cells[3] = String(error.calls)
            cells[4] = String(error.calls)
            return cells
        }
        return table
    }

    private static func row(_ section: String, _ name: String?, _ row: ReportRow?, _ share: Share? = nil) -> [String] {
        guard let row else { return [section, name ?? "", "", "0", "0", "", "", "", "0", "0", "0", "0"] }
        return [
            section, name ?? "", share?.decimal ?? "", String(row.calls), String(row.errors),
            row.inputTokens.map { String($0) } ?? "", row.outputTokens.map { String($0) } ?? "",
            row.calls == 0 ? "" : row.costPicoUSD.map(DecimalText.dollars(picoUSD:)) ?? "", String(row.unpricedCalls),
            String(row.callsWithoutUsage), String(row.otherCalls), String(row.openCalls),
        ]
    }

    private static func row(_ section: String, _ name: String?, cost: Int128? = nil) -> [String] {
        var cells = [section, name ?? ""] + Array(repeating: "", count: columns.count - 2)
        cells[7] = cost.map(DecimalText.dollars(picoUSD:)) ?? ""
        return cells
    }
}
