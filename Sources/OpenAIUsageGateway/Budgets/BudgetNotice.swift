import OpenAIUsage
package import OpenAIUsageLedger

/// A message about a budget.
package struct BudgetNotice: Sendable, Equatable {
    /// The identity, the same for every attempt to deliver the message.
    package var id: String
    /// The kind of message: `budget_threshold` or `budget_digest`.
    package var kind: String
    /// The percentage that was reached; `nil` in a digest.
    package var threshold: Int?
    /// The states that the message is about.
    package var statuses: [BudgetStatus]
    /// The message in a sentence.
    package var text: String

    /// The message for a threshold.
    static func threshold(_ percent: Int, _ status: BudgetStatus) -> BudgetNotice {
        let name = status.budget.name
        let forecast = status.forecastPicoUSD.map { " At this pace it will be \(dollars($0))." } ?? ""
        let unknown =
            status.unknownCalls == 0 ? "" : " \(status.unknownCalls) calls have no full price and are not in it."
        return BudgetNotice(
            id: "\(name)/\(status.windowName)/\(percent)",
            kind: "budget_threshold",
            threshold: percent,
            statuses: [status],
            text:
                "Budget \(name): \(dollars(status.spentPicoUSD)) of \(dollars(status.budget.amountPicoUSD)) are spent "
                + "(\(percent) % reached) in the \(status.budget.unit.rawValue) from \(status.windowName).\(forecast)\(unknown)"
        )
    }

    /// The message that sums up a window that is over.
    static func digest(_ statuses: [BudgetStatus], of unit: CalendarPeriod.Unit, from day: String) -> BudgetNotice {
        let lines = statuses.map { status in
            let percent = status.percent.map { $0 == .max ? "" : " (\($0) %)" } ?? ""
            return "\(status.budget.name): \(dollars(status.spentPicoUSD)) of \(dollars(status.budget.amountPicoUSD))"
                + " a \(status.budget.unit.rawValue)\(percent)"
        }
        return BudgetNotice(
            id: "digest/\(unit.rawValue)/\(day)",
            kind: "budget_digest",
            threshold: nil,
            statuses: statuses,
            text: (["Budgets at the end of the \(unit.rawValue) from \(day):"] + lines).joined(separator: "\n")
        )
    }

    /// Rounds an amount half up to cents, for a sentence.
    static func dollars(_ pico: Int128) -> String {
        let cents = (pico + 5_000_000_000) / 10_000_000_000
        let rest = String(cents % 100)
        return "$\(cents / 100).\(rest.utf8.count == 1 ? "0" : "")\(rest)"
    }

    /// The message as JSON.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", id)
        json.member("type", kind)
        if let threshold { json.member("threshold_percent", literal: String(threshold)) }
        json.member("text", text)
        let budgets = statuses.map { status in
            var item = JSONWriter()
            item.beginObject()
            item.member("name", status.budget.name)
            item.member("unit", status.budget.unit.rawValue)
            item.member("window_start", TimestampText.utc(status.window.from, isShort: true))
            item.member("window_end", TimestampText.utc(status.window.to, isShort: true))
            item.member("amount_usd", literal: DecimalText.dollars(picoUSD: status.budget.amountPicoUSD))
            item.member("spent_usd", literal: DecimalText.dollars(picoUSD: status.spentPicoUSD))
            item.member(
                "forecast_usd",
                literal: status.forecastPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "null"
            )
            item.member("calls", literal: String(status.calls))
            item.member("calls_without_full_price", literal: String(status.unknownCalls))
            item.endObject()
            return item.text
        }
        json.member("budgets", literal: "[\(budgets.joined(separator: ","))]")
        json.endObject()
        return json.text
    }

    /// The message as Slack's incoming webhooks take it.
    package var slack: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("text", text)
        json.endObject()
        return json.text
    }
}
