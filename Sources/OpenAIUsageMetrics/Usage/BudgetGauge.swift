/// The state of a budget in its present window.
package struct BudgetGauge: Sendable {
    /// The budget's name.
    package var name: String
    /// The amount, in pico-dollars.
    package var amountPicoUSD: Int128
    /// The cost so far, in pico-dollars.
    package var spentPicoUSD: Int128
    /// The cost at the window's end at the present pace, in pico-dollars; `nil` if it cannot be told yet.
    package var forecastPicoUSD: Int128?

    package init(name: String, amountPicoUSD: Int128, spentPicoUSD: Int128, forecastPicoUSD: Int128?) {
        self.name = name
        self.amountPicoUSD = amountPicoUSD
        self.spentPicoUSD = spentPicoUSD
        self.forecastPicoUSD = forecastPicoUSD
    }

    static let descriptors: [MetricDescriptor] = [
        .gauge("oai_usage_budget_usd", unit: "usd", labels: ["budget"], help: "The amount of a budget for its window."),
        .gauge(
            "oai_usage_budget_spent_usd",
            unit: "usd",
            labels: ["budget"],
            help: "The known cost in the present window of a budget."
        ),
        .gauge(
            "oai_usage_budget_forecast_usd",
            unit: "usd",
            labels: ["budget"],
            help: "The cost at the end of a budget's window, at the pace so far."
        ),
    ]

    func collect(into collection: inout MetricsCollection) {
        let labels = [LabelValue.clean(name)]
        collection.set("oai_usage_budget_usd", labels, .pico(amountPicoUSD))
        collection.set("oai_usage_budget_spent_usd", labels, .pico(spentPicoUSD))
        collection.set("oai_usage_budget_forecast_usd", labels, forecastPicoUSD.map { .pico($0) })
    }
}
