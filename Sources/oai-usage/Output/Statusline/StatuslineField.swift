import OpenAIUsage
import OpenAIUsageLedger

/// A placeholder of a status line.
enum StatuslineField: String, CaseIterable {
    case todayUSD = "today_usd"
    case monthUSD = "month_usd"
    case projectedUSD = "projected_usd"
    case callsToday = "calls_today"
    case callsMonth = "calls_month"
    case errorsToday = "errors_today"
    case errorsMonth = "errors_month"
    case errorShareToday = "error_share_today"
    case tokensToday = "tokens_today"
    case tokensMonth = "tokens_month"
    case unpricedToday = "unpriced_today"
    case unpricedMonth = "unpriced_month"
    case withoutUsageToday = "without_usage_today"
    case withoutUsageMonth = "without_usage_month"

    /// All placeholders with their braces.
    static var list: String { allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ") }

    /// True if the sums of the month are needed.
    var isOfMonth: Bool { rawValue.contains("month") || needsDays }
    /// True if the days with calls are needed, on which a projection rests.
    var needsDays: Bool { self == .projectedUSD }
}

/// The figures of a status line.
struct StatuslineFigures {
    var today: ReportRow
    /// The sums of the month; `nil` if they were not asked for.
    var month: ReportRow?
    /// The projection of the month; `nil` if it was not asked for.
    var projection: MonthProjection?

    /// The figure of a placeholder; a dash if it is unknown.
    subscript(field: StatuslineField) -> String {
        let month = month ?? ReportRow()
        return switch field {
        case .todayUSD: Self.cost(today)
        case .monthUSD: Self.cost(month)
        case .projectedUSD:
            projection?.picoUSD.map {
                (CostGap(month).isEmpty ? "~" : "≥~") + MoneyScale([$0]).text($0)
            } ?? "-"
        case .callsToday: NumberFormat.count(today.calls)
        case .callsMonth: NumberFormat.count(month.calls)
        case .errorsToday: NumberFormat.count(today.errors)
        case .errorsMonth: NumberFormat.count(month.errors)
        case .errorShareToday: Share(Int128(today.errors), of: Int128(today.calls))?.text ?? "-"
        case .tokensToday: Self.tokens(today)
        case .tokensMonth: Self.tokens(month)
        case .unpricedToday: NumberFormat.count(today.unpricedCalls)
        case .unpricedMonth: NumberFormat.count(month.unpricedCalls)
        case .withoutUsageToday: NumberFormat.count(today.callsWithoutUsage)
        case .withoutUsageMonth: NumberFormat.count(month.callsWithoutUsage)
        }
    }

    /// Returns the default line: what is zero and uninteresting is left out.
    func line(isColored: Bool) -> String {
        let month = month ?? ReportRow()
        // Today's figures stand together, so that none is taken for the month's.
        var parts = ["\(Self.cost(today)) today", NumberFormat.calls(today.calls)]
        func append(_ text: String, _ style: StyledLine.Style) {
            parts.append(style.text(text, isColored: isColored))
        }
        if today.errors > 0 {
            append("\(NumberFormat.count(today.errors)) \(today.errors == 1 ? "error" : "errors")", .red)
        }
        let gap = CostGap(today)
        if gap.unpriced > 0 { append("\(NumberFormat.count(gap.unpriced)) unpriced", .yellow) }
        if gap.withoutUsage > 0 { append("\(NumberFormat.count(gap.withoutUsage)) without usage", .yellow) }
        parts.append("\(Self.cost(month)) month")
        return parts.joined(separator: " · ")
    }

    /// The cost; of no calls it is zero, an unknown one is not a number, and one that leaves calls out is a lower bound.
    private static func cost(_ row: ReportRow) -> String {
        if row.calls == 0 { return "$0.00" }
        guard let cost = row.knownCost else { return "$?" }
        return (CostGap(row).isEmpty ? "" : "≥") + MoneyScale([cost]).text(cost)
    }

    private static func tokens(_ row: ReportRow) -> String {
        NumberFormat.compact((row.inputTokens ?? 0) + (row.outputTokens ?? 0))
    }
}
