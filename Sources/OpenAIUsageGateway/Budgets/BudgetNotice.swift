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
        let spent = status.percent.map { $0 == .max ? "" : " (\($0) %)" } ?? ""
        return BudgetNotice(
            id: "\(name)/\(status.windowName)/\(percent)",
            kind: "budget_threshold",
            threshold: percent,
            statuses: [status],
            text:
                "Budget \(name): \(dollars(status.spentPicoUSD)) of \(dollars(status.budget.amountPicoUSD)) are spent\(spent)"
                + " in the \(status.budget.unit.rawValue) from \(status.windowName).\(forecast)\(unknown)"
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
            status.writeWindow(to: &item)
            item.endObject()
            return item.text
        }
        json.member("budgets", literal: "[\(budgets.joined(separator: ","))]")
        json.endObject()
        return json.text
    }

    /// The message as Slack's incoming webhooks take it, with its identity at the end.
    package var slack: String {
        // Slack reads <...> as links and as mentions of whole channels.
        let escaped = "\(text)\n(\(id))".replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
        var json = JSONWriter()
        json.beginObject()
        json.member("text", escaped)
        json.endObject()
        return json.text
    }
}
