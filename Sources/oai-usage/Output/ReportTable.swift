import OpenAIUsage
import OpenAIUsageLedger

/// A report as rows and columns.
enum ReportTable {
    /// Returns the table for people: numbers with units.
    static func readable(_ report: Report) -> Table {
        var table = Table(columns: groupColumns(report) + readableColumns)
        table.rows = report.rows.map { $0.group.map { $0 ?? "-" } + readable($0) }
        let label = report.query.groupBy.isEmpty ? [] : ["TOTAL"] + report.query.groupBy.dropFirst().map { _ in "" }
        table.footer = label + readable(report.totals)
        if report.query.groupBy.isEmpty {
            table.rows = []
        }
        return table
    }

    /// Returns the table for programs: plain numbers, with the column names of the JSON.
    static func plain(_ report: Report) -> Table {
        let columns = [
            "calls", "errors", "open_calls", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens",
            "cost_usd", "unpriced_calls", "calls_without_usage", "duration_ms_p50", "duration_ms_p95",
            "duration_ms_p99", "processing_ms_p50", "processing_ms_p95", "processing_ms_p99",
            "time_to_first_token_ms_p50", "time_to_first_token_ms_p95", "time_to_first_token_ms_p99", "partial_calls",
            "other_calls", "unbounded_calls", "unknown_cost_upper_bound_usd", "unpriced_upper_bound_usd",
            "error_duration_ms_p50", "error_duration_ms_p95", "error_duration_ms_p99",
        ]
        var table = Table(columns: groupColumns(report) + columns.map { Table.Column(name: $0, isNumeric: true) })
        let rows = report.query.groupBy.isEmpty ? [report.totals] : report.rows
        table.rows = rows.map { row in
            let group = row.group.map { $0 ?? "" }
            let counts = [row.calls, row.errors, row.openCalls].map { String($0) }
            let tokens = [row.inputTokens, row.cachedInputTokens, row.outputTokens, row.reasoningTokens]
                .map { $0.map { String($0) } ?? "" }
            let cost = row.costPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? ""
            let rest = [cost, String(row.unpricedCalls), String(row.callsWithoutUsage)]
            let latencies = [row.duration, row.processing, row.timeToFirstToken].flatMap(percentiles)
            let unknown = [row.partialCalls, row.otherCalls, row.unboundedCalls].map { String($0) }
            let bounds = [row.upperBoundPicoUSD, row.unpricedUpperBoundPicoUSD]
                .map { $0.map { DecimalText.dollars(picoUSD: $0) } ?? "" }
            return group + counts + tokens + rest + latencies + unknown + bounds + percentiles(row.errorDuration)
        }
        return table
    }

    private static func percentiles(_ latency: LatencyPercentiles?) -> [String] {
        [latency?.p50, latency?.p95, latency?.p99].map { value in
            value.map { DecimalText.milliseconds(microseconds: $0) } ?? ""
        }
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

    private static let readableColumns = [
        Table.Column(name: "calls", isNumeric: true), .init(name: "errors", isNumeric: true),
        .init(name: "input", isNumeric: true), .init(name: "cached", isNumeric: true),
        .init(name: "output", isNumeric: true), .init(name: "reasoning", isNumeric: true),
        .init(name: "cost", isNumeric: true), .init(name: "p50", isNumeric: true), .init(name: "p95", isNumeric: true),
        .init(name: "openai p50", isNumeric: true), .init(name: "first token p50", isNumeric: true),
    ]

    private static func groupColumns(_ report: Report) -> [Table.Column] {
        report.query.groupBy.map { Table.Column(name: $0.description) }
    }

    private static func readable(_ row: ReportRow) -> [String] {
        [
            NumberFormat.count(row.calls), NumberFormat.count(row.errors), NumberFormat.count(row.inputTokens),
            NumberFormat.count(row.cachedInputTokens), NumberFormat.count(row.outputTokens),
            NumberFormat.count(row.reasoningTokens),
            NumberFormat.dollars(picoUSD: row.costPicoUSD), NumberFormat.time(microseconds: row.duration?.p50),
            NumberFormat.time(microseconds: row.duration?.p95), NumberFormat.time(microseconds: row.processing?.p50),
            NumberFormat.time(microseconds: row.timeToFirstToken?.p50),
        ]
    }
}
