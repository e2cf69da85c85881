import OpenAISimulator
import OpenAIUsage
import OpenAIUsagePricing

/// The prices of the simulated bill, which are the bundled book's.
///
/// Amounts are computed here from the book's rates alone, apart from the calculation that prices recorded calls.
enum SimulatedPrices {
    /// Returns the lines of the cost of a call.
    static func lines(_ call: BilledCall) -> [BilledLine] {
        let book = PriceBook.bundled
        let day = UTCDay(microseconds: Int64(call.second) * 1_000_000)
        var lines: [BilledLine] = []
        if call.kind != .moderations, let period = book.model(named: call.model)?.period(on: day) {
            let tier = book.rules.tierAliases?[call.tier] ?? call.tier
            let isOver = period.longContext.map { call.inputTokens > $0.threshold } ?? false
            let isLong = call.context == .long || (call.context == .actual && isOver)
            let rates = isLong ? period.longContext?.tiers[tier] : period.tiers[tier]
            let fresh = max(0, call.inputTokens - call.cachedTokens - call.cacheWriteTokens)
            let counts: [(PriceItem, String, Int)] = [
                (.input, "input", fresh), (.cachedInput, "cached input", call.cachedTokens),
                (.cacheWrite, "cache write", call.cacheWriteTokens), (.output, "output", call.outputTokens),
            ]
            for (item, component, count) in counts where count > 0 {
                guard let rate = rates?[item] else { continue }
                let words =
                    [call.model, component] + (tier == "default" ? [] : [tier]) + (isLong ? ["long context"] : [])
                lines.append(
                    BilledLine(
                        item: words.joined(separator: ", "),
                        picoUSD: rate.picoUSD * Int64(count) / 100 * Int64(call.pricePercent),
                        quantity: count,
                        unit: "tokens"
                    )
                )
            }
        }
        if call.searches > 0, let fee = book.tool(id: "web_search")?.price(on: day) {
            lines.append(
                BilledLine(
                    item: "web search tool calls",
                    picoUSD: fee.picoUSD * Int64(call.searches),
                    quantity: call.searches,
                    unit: "requests"
                )
            )
        }
        guard let item = call.lineItem else { return lines }
        let sum = lines.reduce(0) { $0 + $1.picoUSD }
        return [BilledLine(item: item, picoUSD: sum, quantity: 1, unit: "requests")]
    }
}
