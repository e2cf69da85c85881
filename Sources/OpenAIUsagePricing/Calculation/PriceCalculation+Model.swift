import OpenAIUsage

extension PriceCalculation {
    /// Adds what the model itself used.
    mutating func addModel(
        _ record: CallRecord,
        _ units: CallUnits?,
        _ name: String?,
        _ model: ModelPrices?,
        _ tier: CallTier
    ) {
        if record.endpoint.isEvaluation {
            note(.severalModels, record.endpoint.name)
            return
        }
        guard let model else {
            note(.unknownModel, name ?? "model")
            return
        }
        guard tier.window != nil else {
            note(.unknownWindow, record.backgroundWindow ?? "")
            return
        }
        let usage = record.usage
        if let trained = usage[.trainedTokens], trained != 0 {
            note(.missingMeter, TokenCounter.trainedTokens.name, String(trained))
        }
        if usage[.inputTokens] != nil || usage[.outputTokens] != nil {
            guard let card = card(model, tier: tier.name, input: usage[.inputTokens] ?? 0, part: .model) else { return }
            addTokens(usage, card)
        } else {
            addUnits(units, usage, model, tier)
        }
    }

    private mutating func addUnits(
        _ units: CallUnits?,
        _ usage: TokenUsage,
        _ model: ModelPrices,
        _ tier: CallTier
    ) {
        var model = model
        if model.kind == .video, units?.isHighResolutionVideo == true {
            guard let larger = book.model(named: "\(model.id)-high-res") else {
                note(.missingMeter, "video_output_second")
                return
            }
            model = larger
        }
        let quantities = (units ?? CallUnits([:])).quantities(seconds: usage)
        guard !quantities.isEmpty, let index = periodIndex(model) else { return }
        let period = model.periods[index]
        // Units are priced in the default tier only.
        guard tier.name == CallTier.standard else {
            note(.unknownTier, tier.name)
            return
        }
        for quantity in quantities {
            if let price = period.units[quantity.price] {
                add(quantity, price, model, period, isEstimate: false)
            } else if let price = period.estimates[quantity.price] {
                add(quantity, price, model, period, isEstimate: true)
            } else {
                note(.missingMeter, quantity.price, nil)
            }
        }
    }
}
