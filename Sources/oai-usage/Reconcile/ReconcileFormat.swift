import ArgumentParser
import OpenAIUsage

/// The output formats of a comparison.
enum ReconcileFormat: String, ExpressibleByArgument, CaseIterable, OutputFormat {
    case table, json, csv, markdown

    static var standard: ReconcileFormat { .table }

    /// Writes a comparison to stdout, and notes on it to stderr.
    func write(_ report: ReconcileReport, width: Int?) {
        switch self {
        case .json: StandardOutput.write(report.json + "\n")
        case .csv: StandardOutput.write(report.plain.csv)
        case .markdown:
            let parts =
                ["**\(report.heading)**", report.table.markdown, report.causeTable.markdown]
                + [(report.summary + report.findings).joined(separator: " ")]
            StandardOutput.write(parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n"))
        case .table:
            let isColored = Terminal.isColored
            var text = report.heading + "\n\n"
            text += report.table.layout(isColored: isColored, width: width).text + "\n"
            text += report.causeTable.layout(isColored: isColored, width: width).text + "\n"
            for line in report.summary + report.findings {
                text += DisplayWidth.wrapped(line, to: width ?? 100).joined(separator: "\n") + "\n"
            }
            StandardOutput.write(text)
        }
        for note in report.notes { StandardError.write(note) }
    }
}

extension ReconcileReport {
    /// The line above the tables.
    var heading: String {
        let from = CivilDate(daysSince1970: period.from / 86_400).text
        let last = CivilDate(daysSince1970: (period.to - 1) / 86_400).text
        let days = from == last ? from : "\(from) to \(last)"
        return "Ours and theirs, \(days) UTC, as of \(TimestampText.utc(asOf / 1_000_000 * 1_000_000, isShort: true))"
    }

    /// The rows for people.
    var table: Table {
        var columns = dimensions.map {
            Table.Column(name: $0.rawValue.replacing("-", with: " "), isShortened: true, minimum: 14)
        }
        let hasCalls = !dimensions.contains(.lineItem)
        let numbers: [(String, Int)] =
            (hasCalls ? [("calls", 3), ("their calls", 3)] : [])
            + [("tokens", 2), ("their tokens", 2), ("cost", 0), ("their cost", 0), ("difference", 1)]
        columns += numbers.map { Table.Column(name: $0.0, isNumeric: true, priority: $0.1) }
        var table = Table(columns: columns)
        let scale = MoneyScale(rows.flatMap { [$0.ours.picoUSD, $0.theirs.picoUSD] })
        func cells(_ ours: ReconcileRow.Side, _ theirs: ReconcileRow.Side, _ difference: Int128?) -> [String] {
            let theirCalls = hasUsage ? NumberFormat.count(theirs.calls) : "-"
            let calls = [NumberFormat.count(ours.calls), theirCalls]
            return (hasCalls ? calls : []) + [
                NumberFormat.count(ours.allTokens), hasUsage ? NumberFormat.count(theirs.allTokens) : "-",
                scale.text(ours.picoUSD), scale.text(theirs.picoUSD), Self.signed(difference, scale),
            ]
        }
        for row in rows {
            let difference = dimensions.contains { $0 == .hour || $0 == .key } ? nil : row.differencePicoUSD
            table.rows.append(row.values.map { TextFit.clean($0) } + cells(row.ours, row.theirs, difference))
        }
        let title = dimensions.isEmpty ? [] : ["TOTAL"] + dimensions.dropFirst().map { _ in "" }
        table.footer = title + cells(totals.ours, totals.theirs, totals.differencePicoUSD)
        return table
    }

    /// The causes for people.
    var causeTable: Table {
        var table = Table(columns: [
            .init(name: "cause"), .init(name: "calls", isNumeric: true),
            .init(name: "tokens", isNumeric: true, priority: 1),
            .init(name: "token difference", isNumeric: true, priority: 2),
            .init(name: "cost difference", isNumeric: true),
        ])
        let all = allCauses
        let scale = MoneyScale(all.map { Int128($0.sums.picoUSD.magnitude) } + [totals.theirs.picoUSD])
        for (cause, sums) in all {
            table.rows.append([
                cause.title, NumberFormat.count(sums.calls), NumberFormat.count(sums.tokens),
                Self.signed(sums.tokenDifference),
                Self.signed(sums.picoUSD, scale),
            ])
        }
        table.footer = [
            "DIFFERENCE", "", "", Self.signed(totals.tokenDifference),
            Self.signed(totals.differencePicoUSD, scale),
        ]
        return table
    }

    /// Coverage and drift.
    var summary: [String] {
        let theirs = hasCosts ? "their costs" : "their usage at our prices"
        var lines = [
            "Coverage: we have \(ReconcileTotals.text(totals.callCoverage)) of their calls, \(ReconcileTotals.text(totals.tokenCoverage)) of their tokens, \(ReconcileTotals.text(totals.costCoverage)) of \(theirs).",
            "Drift: \(ReconcileTotals.text(totals.drift)) of \(theirs), by day, project and model, without what is pending.",
        ]
        if totals.pendingPicoUSD != 0 {
            let amount = NumberFormat.dollars(picoUSD: Int128(totals.pendingPicoUSD.magnitude))
            lines.append("Pending: \(amount) that they may still count; ask again when the days have settled.")
        }
        return lines
    }

    /// The findings in the provider's answers.
    var findings: [String] {
        var lines: [String] = []
        for (item, amount) in unrecognized.sorted(by: { $0.key < $1.key }).prefix(20) {
            lines.append(
                "Unrecognized line item: \"\(TextFit.clean(item))\", \(NumberFormat.dollars(picoUSD: amount))."
            )
        }
        if unrecognized.count > 20 { lines.append("And \(unrecognized.count - 20) more line items.") }
        for change in restated.prefix(20) {
            let name = "\(change.kind.rawValue) of \(TimestampText.utc(change.start * 1_000_000, isShort: true))"
            let times = "between \(Self.time(change.before)) and \(Self.time(change.after))"
            let what =
                change.kind == .costs
                ? "by \(Self.signedDollars(change.picoUSD))"
                : "by \(NumberFormat.count(Int128(change.requests))) requests and \(NumberFormat.count(change.tokens)) tokens"
            lines.append("Restated: \(name), \(times), \(what).")
        }
        if restated.count > 20 { lines.append("And \(restated.count - 20) more restated buckets.") }
        return lines
    }

    private static func time(_ microseconds: Int64) -> String {
        TimestampText.utc(microseconds / 1_000_000 * 1_000_000, isShort: true)
    }

    private static func signedDollars(_ amount: Int128) -> String {
        (amount > 0 ? "+" : "") + NumberFormat.dollars(picoUSD: amount)
    }

    private static func signed(_ tokens: Int128) -> String { (tokens > 0 ? "+" : "") + NumberFormat.count(tokens) }

    private static func signed(_ amount: Int128?, _ scale: MoneyScale) -> String {
        guard let amount, amount != 0 else { return scale.text(amount) }
        let text = scale.text(Int128(amount.magnitude))
        return (amount < 0 ? "-" : "+") + text
    }
}

extension ReconcileRow {
    /// The provider's cost less ours; `nil` if neither side has a cost.
    var differencePicoUSD: Int128? {
        guard ours.picoUSD != nil || theirs.picoUSD != nil else { return nil }
        return (theirs.picoUSD ?? 0) - (ours.picoUSD ?? 0)
    }
}
