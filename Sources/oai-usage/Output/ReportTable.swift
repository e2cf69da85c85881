import OpenAIUsage
import OpenAIUsageLedger

/// A report as rows and columns.
enum ReportTable {
    /// Returns the table for people: numbers with units, all amounts of it with the same number of decimals.
    ///
    /// - Parameters:
    ///   - report: The report, with or without an earlier one beside it.
    ///   - columns: The columns after those of the groups.
    /// - Returns: The table.
    static func readable(_ report: ArrangedReport, _ columns: [ReportColumn]) -> Table {
        let totals = report.report.totals
        let shown = report.report.query.groupBy.isEmpty ? [] : report.rows
        let costs = (shown + [(totals, report.previousTotals)]).flatMap {
            [$0.row.costPicoUSD, $0.previous?.costPicoUSD]
        }
        let scale = MoneyScale(costs)
        let amounts = report.amounts
        let convertedScale = MoneyScale((amounts + [report.totalAmount]).map { $0.map(CurrencyRates.pico) })
        func cells(_ row: ReportRow, _ previous: ReportRow?, _ amount: Int128?) -> [String] {
            let context = ReportColumn.Context(
                scale: scale,
                totalPicoUSD: totals.costPicoUSD,
                previous: previous,
                amount: amount,
                amountScale: convertedScale
            )
            return columns.map { $0.text(row, context) }
        }
        let groups = report.report.query.groupBy.map { dimension in
            // The beginning of an outcome tells it, as in "client_di…".
            dimension == .outcome
                ? Table.Column(name: dimension.description, isShortened: true, minimum: 10, keepsStart: true)
                // The whole of a time, where there is room for it.
                : Table.Column(name: dimension.description, isShortened: true, minimum: dimension.isName ? 16 : 25)
        }
        var table = Table(
            columns: groups
                + columns.map {
                    Table.Column(
                        name: $0.name.replacing("-", with: " "),
                        isNumeric: true,
                        priority: $0.priority,
                        style: $0.style
                    )
                }
        )
        table.rows = shown.enumerated().map { index, pair in
            group(pair.row, report.report.query) + cells(pair.row, pair.previous, amounts[index])
        }
        let label = groups.isEmpty ? [] : ["TOTAL"] + groups.dropFirst().map { _ in "" }
        table.footer = label + cells(totals, report.previousTotals, report.totalAmount)
        return table
    }

    /// The values of a row's groups for people.
    private static func group(_ row: ReportRow, _ query: ReportQuery) -> [String] {
        guard row.othersCount != nil else { return row.group.map { $0 ?? "-" } }
        let others = zip(row.group, query.groupBy).map { value, dimension in value ?? (dimension.isTime ? "" : nil) }
        let first = others.firstIndex { $0 == nil } ?? 0
        let label = row.othersCount.map { "(\(NumberFormat.count(Int64($0))) others)" } ?? ""
        return others.enumerated().map { $1 ?? ($0 == first ? label : "") }
    }

    /// Returns the table for programs: plain numbers, with the column names of the JSON.
    static func plain(_ report: ArrangedReport, _ columns: [ReportColumn]) -> Table {
        let query = report.report.query
        let totals = report.report.totals
        let hasOthers = report.rows.contains { $0.row.othersCount != nil }
        var table = Table(
            columns: query.groupBy.map { Table.Column(name: $0.description) }
                + (hasOthers ? [Table.Column(name: "others", isNumeric: true)] : [])
                + columns.map { Table.Column(name: $0.key, isNumeric: true) }
        )
        let rows = query.groupBy.isEmpty ? [(row: totals, previous: report.previousTotals)] : report.rows
        let amounts = query.groupBy.isEmpty ? [report.totalAmount] : report.amounts
        table.rows = rows.enumerated().map { index, pair in
            let (row, previous) = pair
            let context = ReportColumn.Context(
                totalPicoUSD: totals.costPicoUSD,
                previous: previous,
                amount: amounts[index]
            )
            let others = hasOthers ? [row.othersCount.map { String($0) } ?? ""] : []
            return row.group.map { $0 ?? "" } + others + columns.map { $0.plain(row, context) }
        }
        return table
    }

    /// Returns the report's notes on what the numbers leave out, one sentence each.
    static func notes(_ report: Report) -> [String] {
        let totals = report.totals
        var notes: [String] = []
        let unpriced = totals.unpricedCalls - totals.partialCalls
        if unpriced > 0 { notes.append("\(NumberFormat.calls(unpriced)) without a price, which the cost leaves out.") }
        if totals.partialCalls > 0 {
            notes.append("\(NumberFormat.calls(totals.partialCalls)) priced in part; the cost holds the known part.")
        }
        if let bound = totals.unpricedUpperBoundPicoUSD {
            let calls = NumberFormat.count(totals.boundedUnpricedCalls)
            let most = NumberFormat.dollars(picoUSD: bound, isBound: true)
            notes.append(
                "What the cost leaves out of \(calls) of these, whose usage was told in part, is at most \(most)."
            )
        }
        if totals.callsWithoutUsage > 0 { notes.append(noteOfUsage(totals)) }
        if totals.otherCalls > 0 {
            notes.append(
                "\(NumberFormat.calls(totals.otherCalls)) to endpoints that are not known; they may have used more."
            )
        }
        if totals.openCalls > 0 { notes.append("\(NumberFormat.calls(totals.openCalls)) still open.") }
        return notes
    }

    private static func noteOfUsage(_ totals: ReportRow) -> String {
        let calls = "\(NumberFormat.calls(totals.callsWithoutUsage)) without usage"
        guard let bound = totals.upperBoundPicoUSD else { return "\(calls), whose cost nothing bounds." }
        let rest =
            totals.unboundedCalls > 0
            ? ", beside \(NumberFormat.count(totals.unboundedCalls)) of them whose cost nothing bounds" : ""
        return "\(calls), at most \(NumberFormat.dollars(picoUSD: bound, isBound: true))\(rest)."
    }

    /// True if a call is not fully priced, has no usage or an unknown endpoint, or if pruned calls make the report
    /// inexact.
    static func isPartial(_ report: Report) -> Bool {
        let totals = report.totals
        if report.pruned?.isExact == false { return true }
        return totals.unpricedCalls + totals.partialCalls + totals.callsWithoutUsage + totals.otherCalls > 0
    }
}

/// A report in its final order, with or without an earlier one beside it.
struct ArrangedReport {
    var report: Report
    /// The comparison of the report; `nil` without one.
    var comparison: ReportComparison?
    /// The costs in another currency; `nil` without one.
    var conversion: ReportConversion?

    init(_ report: Report) {
        self.report = report
    }

    init(_ comparison: ReportComparison) {
        report = comparison.report
        self.comparison = comparison
    }

    /// The rows, each with that of the earlier range.
    var rows: [(row: ReportRow, previous: ReportRow?)] {
        report.rows.enumerated().map { ($1, comparison?.previousRows[$0]) }
    }

    /// The totals of the earlier range.
    var previousTotals: ReportRow? { comparison?.previousTotals }

    /// The exact amounts of the rows in the other currency; `nil` where they are not known.
    var amounts: [Int128?] { conversion?.amounts(of: report) ?? report.rows.map { _ in nil } }

    /// The exact amount of all rows in the other currency.
    var totalAmount: Int128? { conversion?.amount(ofTotals: report.totals) }

    /// The report as one line of JSON.
    var json: String {
        get throws {
            let json = comparison?.json ?? report.json
            return try conversion?.json(adding: report, to: json) ?? json
        }
    }
}

extension ReportDimension {
    /// True for a dimension of time.
    var isTime: Bool { [.hour, .day, .week, .month].contains(self) }

    /// True for a dimension whose values are names, which may be shortened.
    fileprivate var isName: Bool { !isTime && ![.status, .outcome].contains(self) }
}
