import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The states of budgets as a table, CSV and JSON.
struct BudgetText {
    private let statuses: [BudgetStatus]

    init(_ statuses: [BudgetStatus]) {
        self.statuses = statuses
    }

    /// The table for people, with rounded amounts.
    var table: Table {
        var table = Table(columns: [
            Table.Column(name: "budget"), .init(name: "window"), .init(name: "spent", isNumeric: true),
            .init(name: "amount", isNumeric: true), .init(name: "used", isNumeric: true, style: .problem),
            .init(name: "forecast", isNumeric: true), .init(name: "left", isNumeric: true),
        ])
        for status in statuses {
            let left = status.budget.amountPicoUSD - status.spentPicoUSD
            table.rows.append([
                TextCleaner.removingUnsafe(from: status.budget.name),
                "\(status.budget.unit.rawValue) from \(status.windowName)",
                NumberFormat.dollars(picoUSD: status.spentPicoUSD),
                NumberFormat.dollars(picoUSD: status.budget.amountPicoUSD), percent(status),
                NumberFormat.dollars(picoUSD: status.forecastPicoUSD),
                left < 0 ? "-" + NumberFormat.dollars(picoUSD: -left) : NumberFormat.dollars(picoUSD: left),
            ])
        }
        return table
    }

    private func percent(_ status: BudgetStatus) -> String {
        status.percent.map { $0 == .max ? ">999%" : "\($0)%" } ?? "-"
    }

    /// The sentences below the table.
    var notes: [String] {
        statuses.filter { $0.unknownCalls > 0 }.map {
            "\(TextCleaner.removingUnsafe(from: $0.budget.name)): \(NumberFormat.calls($0.unknownCalls)) without a full price, in no sum."
        }
    }

    /// The names of the columns of CSV.
    static let columns = [
        "budget", "unit", "timezone", "window_start", "window_end", "amount_usd", "spent_usd", "forecast_usd", "calls",
        "calls_without_full_price",
    ]

    /// The table for machines, with every digit.
    var plain: Table {
        var table = Table(columns: Self.columns.map { Table.Column(name: $0) })
        for status in statuses {
            table.rows.append([
                status.budget.name, status.budget.unit.rawValue, status.budget.timeZone.identifier,
                TimestampText.utc(status.window.from, isShort: true),
                TimestampText.utc(status.window.to, isShort: true),
                DecimalText.dollars(picoUSD: status.budget.amountPicoUSD),
                DecimalText.dollars(picoUSD: status.spentPicoUSD),
                status.forecastPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "", String(status.calls),
                String(status.unknownCalls),
            ])
        }
        return table
    }

    /// The states as one line of JSON.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("budgets")
        json.beginArray()
        for status in statuses {
            json.beginObject()
            json.member("budget", status.budget.name)
            json.member("unit", status.budget.unit.rawValue)
            json.member("timezone", status.budget.timeZone.identifier)
            json.member("window_start", TimestampText.utc(status.window.from, isShort: true))
            json.member("window_end", TimestampText.utc(status.window.to, isShort: true))
            json.member("amount_usd", literal: DecimalText.dollars(picoUSD: status.budget.amountPicoUSD))
            json.member("spent_usd", literal: DecimalText.dollars(picoUSD: status.spentPicoUSD))
            json.member(
                "forecast_usd",
                literal: status.forecastPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? "null"
            )
            json.member("calls", literal: String(status.calls))
            json.member("calls_without_full_price", literal: String(status.unknownCalls))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
