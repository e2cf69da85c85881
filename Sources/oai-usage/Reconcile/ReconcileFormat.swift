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
            let tables = report.isEmpty ? [] : [report.table.markdown, report.causeTable.markdown]
            let parts = ["**\(report.heading)**"] + tables + [(report.summary + report.findings).joined(separator: " ")]
            StandardOutput.write(parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n"))
        case .table:
            let isColored = Terminal.isColored
            var text = report.heading + "\n\n"
            for table in report.isEmpty ? [] : [report.table, report.causeTable] {
                text += table.layout(isColored: isColored, width: width).text + "\n"
            }
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
        let numbers: [(String, Int)] =
            (hasCalls ? [("calls", 3), ("their calls", 3)] : [])
            + [("tokens", 2), ("their tokens", 2), ("cost", 0), ("their cost", 0), ("difference", 1)]
        columns += numbers.map { Table.Column(name: $0.0, isNumeric: true, priority: $0.1) }
        var table = Table(columns: columns)
        let amounts = rows.flatMap { [$0.ours.picoUSD, $0.theirs.picoUSD] }
        let scale = MoneyScale(amounts + [totals.ours.picoUSD, totals.theirs.picoUSD])
        let differences = differenceScale
        func cells(
            _ ours: ReconcileRow.Side,
            _ theirs: ReconcileRow.Side,
            _ usage: Usage,
            _ change: Int128?
        ) -> [String] {
            func count(_ number: Int128) -> String { usage == .known ? NumberFormat.count(number) : "-" }
            let isPart = ours.unpricedCalls > 0 && ours.knownPicoUSD != nil
            let cost = scale.text(ours.knownPicoUSD)
            let calls = [NumberFormat.count(ours.calls), count(Int128(theirs.calls))]
            return (hasCalls ? calls : []) + [
                NumberFormat.count(ours.allTokens), count(theirs.allTokens), isPart ? "≥\(cost)" : cost,
                scale.text(theirs.picoUSD), differences.text(change),
            ]
        }
        for row in rows {
            let names = zip(dimensions, row.values).map { dimension, value in
                value == nil && dimension == .lineItem ? "without a line item" : TextFit.clean(value)
            }
            table.rows.append(names + cells(row.ours, row.theirs, theirUsage(row), shownDifference(row)))
        }
        // One row of everything is the total itself.
        guard !dimensions.isEmpty || rows.isEmpty else { return table }
        let title = dimensions.isEmpty ? [] : ["TOTAL"] + dimensions.dropFirst().map { _ in "" }
        let usage: Usage = hasUsage ? .known : .unknown
        table.footer = title + cells(totals.ours, totals.theirs, usage, totals.differencePicoUSD)
        return table
    }

    /// The difference of a row; `nil` if the provider's cost has no such dimension.
    private func shownDifference(_ row: ReconcileRow) -> Int128? {
        dimensions.contains { $0 == .hour || $0 == .key } ? nil : row.differencePicoUSD
    }

    /// The scale of the differences in both tables.
    private var differenceScale: DifferenceScale {
        var amounts: [Int128?] = rows.map { shownDifference($0) }
        for entry in allCauses { amounts.append(entry.sums.picoUSD) }
        amounts.append(totals.differencePicoUSD)
        return DifferenceScale(amounts)
    }

    /// The causes for people.
    var causeTable: Table {
        var table = Table(columns: [
            .init(name: "cause"), .init(name: "calls", isNumeric: true),
            .init(name: "tokens", isNumeric: true, priority: 1),
            .init(name: "token difference", isNumeric: true, priority: 2),
            .init(name: "cost difference", isNumeric: true),
        ])
        let scale = differenceScale
        for (cause, sums) in allCauses {
            table.rows.append([
                cause.title, NumberFormat.count(sums.calls), NumberFormat.count(sums.tokens),
                Self.signed(sums.tokenDifference),
                scale.text(sums.picoUSD),
            ])
        }
        table.footer = [
            "DIFFERENCE", "", "", Self.signed(totals.tokenDifference), scale.text(totals.differencePicoUSD),
        ]
        return table
    }

    /// Coverage and drift.
    var summary: [String] {
        guard !isEmpty else { return ["Neither side has anything in these days."] }
        let theirs = hasCosts ? "their costs" : "their usage at our prices"
        var lines = [
            "Coverage: we have the usage of \(ReconcileTotals.text(totals.callCoverage)) of their calls, \(ReconcileTotals.text(totals.tokenCoverage)) of their tokens, \(ReconcileTotals.text(totals.costCoverage)) of \(theirs).",
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

}

extension ReconcileRow {
    /// The provider's cost less ours; `nil` if neither side has a cost.
    var differencePicoUSD: Int128? {
        guard ours.picoUSD != nil || theirs.picoUSD != nil else { return nil }
        return (theirs.picoUSD ?? 0) - (ours.picoUSD ?? 0)
    }
}
