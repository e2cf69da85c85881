import OpenAIUsageLedger

/// A report as rows and columns.
enum ReportTable {
    /// For a person: figures with units.
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

    /// For a program: plain figures, the names of the JSON.
    static func plain(_ report: Report) -> Table {
        let columns = [
            "calls", "errors", "open_calls", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens",
            "cost_usd", "unpriced_calls", "calls_without_usage", "duration_ms_p50", "duration_ms_p95",
            "duration_ms_p99", "processing_ms_p50", "processing_ms_p95", "processing_ms_p99",
            "time_to_first_token_ms_p50", "time_to_first_token_ms_p95", "time_to_first_token_ms_p99",
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
            let latencies = [row.duration, row.processing, row.timeToFirstToken].flatMap { latency in
                [latency?.p50, latency?.p95, latency?.p99].map { value in
                    value.map { DecimalText.milliseconds(microseconds: $0) } ?? ""
                }
            }
            return group + counts + tokens + rest + latencies
        }
        return table
    }

    /// What the figures leave out.
    static func notes(_ report: Report) -> [String] {
        var notes: [String] = []
        let totals = report.totals
        if totals.unpricedCalls > 0 {
            notes.append(
                "\(Figures.count(totals.unpricedCalls)) calls are not priced, or not in full; the cost leaves them out."
            )
        }
        if totals.callsWithoutUsage > 0 {
            notes.append("\(Figures.count(totals.callsWithoutUsage)) calls reported no usage.")
        }
        if totals.openCalls > 0 {
            notes.append("\(Figures.count(totals.openCalls)) calls are still open.")
        }
        return notes
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
            Figures.count(row.calls), Figures.count(row.errors), Figures.count(row.inputTokens),
            Figures.count(row.cachedInputTokens), Figures.count(row.outputTokens), Figures.count(row.reasoningTokens),
            Figures.dollars(picoUSD: row.costPicoUSD), Figures.time(microseconds: row.duration?.p50),
            Figures.time(microseconds: row.duration?.p95), Figures.time(microseconds: row.processing?.p50),
            Figures.time(microseconds: row.timeToFirstToken?.p50),
        ]
    }
}
