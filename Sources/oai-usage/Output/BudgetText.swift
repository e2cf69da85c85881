import Foundation
import OpenAIUsage
import OpenAIUsageGateway
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
            Table.Column(name: "budget", isShortened: true, minimum: 8), .init(name: "window", priority: 3),
            .init(name: "spent", isNumeric: true), .init(name: "amount", isNumeric: true, priority: 2),
            .init(name: "used", isNumeric: true),
            .init(name: "forecast", isNumeric: true, priority: 1),
            .init(name: "left", isNumeric: true, priority: 4),
        ])
        let left = statuses.map { $0.budget.amountPicoUSD - $0.spentPicoUSD }
        // The rest is the amount less what is spent, so that the three have one scale.
        let scale = MoneyScale(statuses.flatMap { [$0.spentPicoUSD, $0.budget.amountPicoUSD] } + left)
        let forecasts = MoneyScale(statuses.map(\.forecastPicoUSD))
        for (status, left) in zip(statuses, left) {
            let gap: StyledLine.Style? = status.unknownCalls > 0 ? .yellow : nil
            let isOver = status.forecastPicoUSD.map { $0 > status.budget.amountPicoUSD } ?? false
            table.append([
                .init(TextCleaner.removingUnsafe(from: status.budget.name)),
                .init("\(status.budget.unit.rawValue) from \(status.windowName)"),
                .init(scale.text(status.spentPicoUSD), gap), .init(scale.text(status.budget.amountPicoUSD)),
                .init(percent(status), style(status)),
                .init(forecasts.text(status.forecastPicoUSD), isOver ? .yellow : nil),
                .init(scale.text(left), left < 0 ? .red : nil),
            ])
        }
        return table
    }

    /// The appearance of the share that is spent: red for all of the budget, yellow from four fifths.
    private func style(_ status: BudgetStatus) -> StyledLine.Style? {
        let (spent, amount) = (status.spentPicoUSD, status.budget.amountPicoUSD)
        return spent >= amount ? .red : spent >= amount / 5 * 4 ? .yellow : nil
    }

    private func percent(_ status: BudgetStatus) -> String {
        // Only nothing is 0%.
        if status.percent == 0, status.spentPicoUSD > 0 { return "<1%" }
        return status.percent.map { $0 == .max ? ">999%" : "\($0)%" } ?? "-"
    }

    /// The sentences below the table.
    var notes: [String] {
        statuses.flatMap { status in
            let name = TextCleaner.removingUnsafe(from: status.budget.name)
            var notes: [String] = []
            if status.unknownCalls > 0 {
                let calls = NumberFormat.calls(status.unknownCalls)
                notes.append("\(name): \(calls) without a full price or usage, in no sum.")
            }
            if status.forecastPicoUSD == nil {
                notes.append("\(name): no forecast yet, since calls were recorded for too short a part of the window.")
            }
            return notes
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
                status.budget.name, status.budget.unit.rawValue, status.budget.timeZone.reportName,
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
    var json: String { BudgetStatus.json(statuses) }
}
