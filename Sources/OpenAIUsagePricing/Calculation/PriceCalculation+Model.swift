import OpenAIUsage

extension PriceCalculation {
    /// Adds the usage of the model itself.
    mutating func addModel(
        _ record: CallRecord,
        _ units: BilledUnits?,
        _ name: String?,
        _ model: ModelPrices?,
        _ tier: CallTier
    ) {
        if record.endpoint.family.work == .evaluation {
            addModels(units?.models ?? [], record, tier)
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
            note(.missingPriceItem, TokenCounter.trainedTokens.name, String(trained))
        }
        if usage[.inputTokens] != nil || usage[.outputTokens] != nil {
            // The sum over the requests of a batch is not a context.
            let context = record.endpoint.family.work == .batch ? 0 : usage[.inputTokens] ?? 0
            guard let card = card(model, tier: tier.name, input: context, part: .model) else { return }
            if record.hasContradictoryUsage { note(.inconsistentUsage, "usage") }
            addTokens(usage, card, cacheWrite1Hour: units?.cacheWrite1Hour ?? 0)
        } else {
            addUnits(units, usage, model, tier)
        }
    }

    /// Adds the usage of each model of an evaluation, if it accounts for the whole usage.
    private mutating func addModels(
        _ models: [(name: String, usage: TokenUsage)],
        _ record: CallRecord,
        _ tier: CallTier
    ) {
        var sum = TokenUsage()
        for (_, usage) in models { sum.add(usage) }
        let counters: [TokenCounter] = [.inputTokens, .cachedInputTokens, .outputTokens]
        guard !models.isEmpty, counters.allSatisfy({ (sum[$0] ?? 0) == (record.usage[$0] ?? 0) }) else {
            note(.severalModels, record.endpoint.name)
            return
        }
        for (name, usage) in models {
            guard let model = book.model(named: name) else {
                note(.unknownModel, name)
                continue
            }
            // The sum over the items of an evaluation is not a context.
            if let card = card(model, tier: tier.name, input: 0, part: .model) {
                addTokens(usage, card)
            }
        }
    }

    private mutating func addUnits(
        _ units: BilledUnits?,
        _ usage: TokenUsage,
        _ model: ModelPrices,
        _ tier: CallTier
    ) {
        var model = model
        if model.kind == .video, units?.isHighResolutionVideo == true {
            guard let larger = book.model(named: "\(model.id)-high-res") else {
                note(.missingPriceItem, "video_output_second")
                return
            }
            model = larger
        }
        let quantities = (units ?? BilledUnits([:])).quantities(seconds: usage)
        guard !quantities.isEmpty else {
            // A total or details without either side: tokens were used, but at an unknown price.
            if usage.countsTokens { note(.missingUsage, "usage") }
            return
        }
        guard let index = periodIndex(model) else { return }
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
                note(.missingPriceItem, quantity.price, nil)
            }
        }
    }
}

extension TokenUsage {
    /// True if any counter shows that a model used tokens.
    fileprivate var countsTokens: Bool {
        counters.contains { counter, value in
            switch counter {
            case .trainedTokens, .audioSeconds, .sessionSeconds: false
            default: value != 0
            }
        }
    }
}
