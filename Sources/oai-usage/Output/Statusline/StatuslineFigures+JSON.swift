import OpenAIUsage
import OpenAIUsageLedger

extension StatuslineFigures {
    /// All figures as one line of JSON, under the names of the placeholders.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        for field in StatuslineField.allCases { json.member(field.rawValue, literal: literal(field)) }
        json.endObject()
        return json.text
    }

    /// Returns a figure with every digit; `nil` if it is unknown.
    private func literal(_ field: StatuslineField) -> String? {
        let month = month ?? ReportRow()
        return switch field {
        case .todayUSD: Self.dollars(today)
        case .monthUSD: Self.dollars(month)
        case .projectedUSD: projection?.picoUSD.map(DecimalText.dollars(picoUSD:))
        case .callsToday: String(today.calls)
        case .callsMonth: String(month.calls)
        case .errorsToday: String(today.errors)
        case .errorsMonth: String(month.errors)
        case .errorShareToday: Share(Int128(today.errors), of: Int128(today.calls))?.decimal
        case .tokensToday: String((today.inputTokens ?? 0) + (today.outputTokens ?? 0))
        case .tokensMonth: String((month.inputTokens ?? 0) + (month.outputTokens ?? 0))
        case .unpricedToday: String(today.unpricedCalls)
        case .unpricedMonth: String(month.unpricedCalls)
        case .withoutUsageToday: String(today.callsWithoutUsage)
        case .withoutUsageMonth: String(month.callsWithoutUsage)
        }
    }

    /// The known cost; that of no calls is zero.
    private static func dollars(_ row: ReportRow) -> String? {
        if row.calls == 0 { return "0" }
        return row.knownCost.map(DecimalText.dollars(picoUSD:))
    }
}
