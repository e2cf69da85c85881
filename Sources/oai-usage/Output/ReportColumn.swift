import OpenAIUsage
import OpenAIUsageLedger

/// A column of a report besides those of its groups.
struct ReportColumn: Sendable {
    /// The values that a cell depends on besides its row.
    struct Context {
        /// The scale of all amounts of the report.
        var scale = MoneyScale([])
        /// The cost of all rows; `nil` if it is unknown.
        var totalPicoUSD: Int128?
        /// The sums of the earlier range, if the report has one.
        var previous: ReportRow?
        /// The row's exact cost in another currency, scaled by 10^``CurrencyRates/amountDigits``.
        var amount: Int128?
        /// The scale of all amounts in that currency.
        var amountScale = MoneyScale([])

        /// The change of the cost since the earlier range.
        func change(_ row: ReportRow) -> ReportComparison.Change? {
            previous.flatMap { ReportComparison.Change(from: $0.costPicoUSD, to: row.costPicoUSD) }
        }
    }

    /// The name in `--columns` and, in capitals, in headings.
    let name: String
    /// The name in CSV, which is that of the JSON where it has the value.
    let key: String
    /// The order in which columns are left out of a narrow table, the highest first; 0 for one that stays.
    let priority: Int
    let style: Table.Style
    /// The value for people.
    let text: @Sendable (ReportRow, Context) -> String
    /// The value for programs; empty if it is unknown.
    let plain: @Sendable (ReportRow, Context) -> String

    private init(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ style: Table.Style = .none,
        text: @escaping @Sendable (ReportRow, Context) -> String,
        plain: @escaping @Sendable (ReportRow, Context) -> String
    ) {
        self.name = name
        self.key = key
        self.priority = priority
        self.style = style
        self.text = text
        self.plain = plain
    }

    /// The columns of the table for people.
    static let readable = [
        "calls", "err%", "input", "cached", "output", "reasoning", "cost", "share", "p50", "p95", "openai-p50",
        "first-token-p50",
    ]
    /// The columns of the table of a comparison.
    static let compared = ["calls", "previous-calls", "err%", "cost", "previous", "change", "change%", "p50", "p95"]
    /// The columns of the widest table of a comparison.
    static let widelyCompared = named(compared + readable.filter { !compared.contains($0) }).columns
    /// The columns for programs.
    static let machine = [
        "calls", "errors", "open", "input", "cached", "output", "reasoning", "cost", "unpriced", "no-usage", "p50",
        "p95", "p99", "openai-p50", "openai-p95", "openai-p99", "first-token-p50", "first-token-p95",
        "first-token-p99", "partial", "other", "unbounded", "bound", "unpriced-bound", "error-p50", "error-p95",
        "error-p99",
    ]
    /// The further columns of a comparison for programs.
    static let machineCompared = ["previous-calls", "previous", "change", "change%"]

    /// All columns.
    static let all: [ReportColumn] =
        [
            count("calls", "calls", 0) { $0.calls },
            count("errors", "errors", 40, .problem) { $0.errors },
            ReportColumn("err%", "error_percent", 10, .problem) { row, _ in
                Share(Int128(row.errors), of: Int128(row.calls))?.text ?? "-"
            } plain: { row, _ in
                percent(Int128(row.errors), of: Int128(row.calls)) ?? ""
            },
            tokens("input", "input_tokens", 20) { $0.inputTokens },
            tokens("cached", "cached_input_tokens", 60) { $0.cachedInputTokens },
            tokens("output", "output_tokens", 20) { $0.outputTokens },
            tokens("reasoning", "reasoning_tokens", 70) { $0.reasoningTokens },
            money("cost", "cost_usd", 0) { row, _ in row.costPicoUSD },
            ReportColumn("share", "cost_percent", 50) { row, context in
                Share(row.costPicoUSD, of: context.totalPicoUSD)?.text ?? "-"
            } plain: { row, context in
                share(row, context) ?? ""
            },
            count("unpriced", "unpriced_calls", 15, .warning) { $0.unpricedCalls },
            count("no-usage", "calls_without_usage", 16, .warning) { $0.callsWithoutUsage },
            count("open", "open_calls", 17) { $0.openCalls },
        ] + latencies + rest + comparisons

    private static let latencies: [ReportColumn] = [
        time("p50", "duration_ms_p50", 30) { $0.duration?.p50Microseconds },
        time("p95", "duration_ms_p95", 25) { $0.duration?.p95Microseconds },
        time("p99", "duration_ms_p99", 65) { $0.duration?.p99Microseconds },
        time("openai-p50", "processing_ms_p50", 80) { $0.processing?.p50Microseconds },
        time("openai-p95", "processing_ms_p95", 81) { $0.processing?.p95Microseconds },
        time("openai-p99", "processing_ms_p99", 82) { $0.processing?.p99Microseconds },
        time("first-token-p50", "time_to_first_token_ms_p50", 75) { $0.timeToFirstToken?.p50Microseconds },
        time("first-token-p95", "time_to_first_token_ms_p95", 76) { $0.timeToFirstToken?.p95Microseconds },
        time("first-token-p99", "time_to_first_token_ms_p99", 77) { $0.timeToFirstToken?.p99Microseconds },
        time("error-p50", "error_duration_ms_p50", 83) { $0.errorDuration?.p50Microseconds },
        time("error-p95", "error_duration_ms_p95", 84) { $0.errorDuration?.p95Microseconds },
        time("error-p99", "error_duration_ms_p99", 85) { $0.errorDuration?.p99Microseconds },
    ]

    private static let rest: [ReportColumn] = [
        count("partial", "partial_calls", 18, .warning) { $0.partialCalls },
        count("other", "other_calls", 19, .warning) { $0.otherCalls },
        count("unbounded", "unbounded_calls", 86) { $0.unboundedCalls },
        money("bound", "unknown_cost_upper_bound_usd", 87) { row, _ in row.upperBoundPicoUSD },
        money("unpriced-bound", "unpriced_upper_bound_usd", 88) { row, _ in row.unpricedUpperBoundPicoUSD },
    ]

    private static let comparisons: [ReportColumn] = [
        ReportColumn("previous-calls", "previous_calls", 45) { _, context in
            NumberFormat.count(context.previous.map { Int128($0.calls) })
        } plain: { _, context in
            context.previous.map { String($0.calls) } ?? ""
        },
        money("previous", "previous_cost_usd", 35) { _, context in context.previous?.costPicoUSD },
        ReportColumn("change", "cost_change_usd", 12) { row, context in
            guard let difference = context.change(row)?.difference else { return "-" }
            let text = context.scale.text(difference)
            return difference > 0 ? "+" + text : text
        } plain: { row, context in
            context.change(row).map { DecimalText.dollars(picoUSD: $0.difference) } ?? ""
        },
        ReportColumn("change%", "cost_change_percent", 5) { row, context in
            guard let change = context.change(row) else { return "-" }
            guard let points = change.basisPoints else { return change.difference == 0 ? "0.0%" : "new" }
            return (points > 0 ? "+" : "") + tenths(points) + "%"
        } plain: { row, context in
            (context.change(row)?.basisPoints).map(ReportComparison.Change.percent(basisPoints:)) ?? ""
        },
    ]

    /// Returns the columns with some names, either of both kinds.
    ///
    /// - Parameter names: The names.
    /// - Returns: The columns, and the first unknown name.
    static func named(_ names: [String]) -> (columns: [ReportColumn], unknown: String?) {
        var columns: [ReportColumn] = []
        for name in names {
            guard let column = all.first(where: { $0.name == name || $0.key == name }) else { return ([], name) }
            columns.append(column)
        }
        return (columns, nil)
    }

    /// Returns columns with that of another currency after the cost, or at the end if the cost is not among them.
    static func adding(_ rates: CurrencyRates?, to columns: [ReportColumn]) -> [ReportColumn] {
        guard let rates else { return columns }
        let column = ReportColumn("cost-\(rates.code.lowercased())", rates.key, 0) { _, context in
            context.amountScale.text(context.amount.map(CurrencyRates.pico), sign: "")
        } plain: { _, context in
            context.amount.map(CurrencyRates.text) ?? ""
        }
        var columns = columns
        columns.insert(column, at: columns.firstIndex { $0.name == "cost" }.map { $0 + 1 } ?? columns.endIndex)
        return columns
    }

    // MARK: - Kinds

    private static func count(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ style: Table.Style = .none,
        _ value: @escaping @Sendable (ReportRow) -> Int64
    ) -> ReportColumn {
        ReportColumn(name, key, priority, style) { row, _ in
            NumberFormat.count(value(row))
        } plain: { row, _ in
            String(value(row))
        }
    }

    private static func tokens(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ value: @escaping @Sendable (ReportRow) -> Int128?
    ) -> ReportColumn {
        ReportColumn(name, key, priority) { row, _ in
            NumberFormat.count(value(row))
        } plain: { row, _ in
            value(row).map { String($0) } ?? ""
        }
    }

    private static func money(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ value: @escaping @Sendable (ReportRow, Context) -> Int128?
    ) -> ReportColumn {
        ReportColumn(name, key, priority) { row, context in
            context.scale.text(value(row, context))
        } plain: { row, context in
            value(row, context).map { DecimalText.dollars(picoUSD: $0) } ?? ""
        }
    }

    private static func time(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ value: @escaping @Sendable (ReportRow) -> Int64?
    ) -> ReportColumn {
        ReportColumn(name, key, priority) { row, _ in
            NumberFormat.time(microseconds: value(row))
        } plain: { row, _ in
            value(row).map { DecimalText.milliseconds(microseconds: $0) } ?? ""
        }
    }

    private static func share(_ row: ReportRow, _ context: Context) -> String? {
        guard let cost = row.costPicoUSD, let total = context.totalPicoUSD else { return nil }
        return percent(cost, of: total)
    }

    /// Returns a percentage with one decimal, rounded half to even as for people; `nil` of nothing.
    private static func percent(_ part: Int128, of whole: Int128) -> String? {
        guard whole > 0 else { return nil }
        return DecimalText.fixed(DecimalText.quotientHalfEven(part * 1_000, by: whole), fractionDigits: 1)
    }

    /// Formats hundredths of a percent with one decimal.
    private static func tenths(_ points: Int128) -> String {
        let tenths = (points.magnitude + 5) / 10
        return (points < 0 && tenths > 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10)"
    }
}
