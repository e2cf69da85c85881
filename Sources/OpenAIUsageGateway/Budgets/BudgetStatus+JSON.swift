import Foundation
import OpenAIUsage
package import OpenAIUsageLedger

extension BudgetStatus {
    /// Returns states as one line of JSON, for the command and the reporting API alike.
    package static func json(_ statuses: [BudgetStatus]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("budgets")
        json.beginArray()
        for status in statuses {
            json.beginObject()
            json.member("budget", status.budget.name)
            json.member("unit", status.budget.unit.rawValue)
            json.member("timezone", status.budget.timeZone.reportName)
            status.writeWindow(to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }

    /// Writes the window's start, end, amounts and calls as members of an object.
    func writeWindow(to json: inout JSONWriter) {
        json.member("window_start", TimestampText.utc(window.from, isShort: true))
        json.member("window_end", TimestampText.utc(window.to, isShort: true))
        json.member("amount_usd", literal: DecimalText.dollars(picoUSD: budget.amountPicoUSD))
        json.member("spent_usd", literal: DecimalText.dollars(picoUSD: spentPicoUSD))
        json.member("forecast_usd", literal: forecastPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "null")
        json.member("calls", literal: String(calls))
        json.member("calls_without_full_price", literal: String(unknownCalls))
    }
}
