public import OpenAIUsage

extension PriceBook {
    /// Returns the cost of a call at this book's prices on the day the call started.
    ///
    /// The model and service tier that served the call take precedence over the requested ones. Anything without a
    /// price makes the cost partial or unpriced; it never counts as zero. Prices for the call's project take precedence
    /// over prices for all projects.
    public func cost(of record: CallRecord) -> CallCost {
        var lines = NullLineRecorder()
        return book(for: record.project).price(record, &lines)
    }

    /// Returns what the cached input of a call would have cost more without the cache, in pico-dollars; `nil` if it read
    /// nothing from the cache, or if the difference is unknown.
    package func cacheSavings(of record: CallRecord) -> Int64? {
        guard record.isCounted, record.cost.status == .exact || record.cost.status == .partial,
            let cost = record.cost.picoUSD, record.usage[.cachedInputTokens] ?? 0 > 0
        else { return nil }
        var uncached = record
        for counter in [
            TokenCounter.cachedInputTokens, .cachedTextInputTokens, .cachedAudioInputTokens, .cachedImageInputTokens,
        ] where uncached.usage[counter] != nil {
            uncached.usage[counter] = 0
        }
        guard let full = self.cost(of: uncached).picoUSD, full >= cost else { return nil }
        return full - cost
    }

    /// Returns the cost of a call together with the lines it is the sum of.
    public func explanation(of record: CallRecord) -> PriceExplanation {
        var explanation = PriceExplanation(cost: CallCost())
        explanation.cost = book(for: record.project).price(record, &explanation)
        return explanation
    }

    @inline(__always)
    private func price<Lines: PriceLineRecorder>(_ record: CallRecord, _ lines: inout Lines) -> CallCost {
        if record.outcome == .open { return CallCost() }
        // The usage of an uncounted call is part of another call's cost.
        guard record.isCounted else { return CallCost() }
        // The usage in a cached response belongs to the call that filled the cache.
        if record.isAnsweredByCache { return CallCost(reason: .answeredByCache) }
        let fee = record.providerCost.flatMap { DecimalNumber($0)?.picoUSD }.flatMap { $0 >= 0 ? $0 : nil }
        // With the caller's own provider key, the upstream provider bills the model and this provider charges a fee.
        let upstreamCost = record.units["upstream_cost_usd"]
        if upstreamCost == nil, let fee {
            lines.add(Self.providerLine("provider", fee))
            return CallCost(picoUSD: fee, status: .provider)
        }
        if let upstreamCost, let work = DecimalNumber(upstreamCost)?.picoUSD, work > 0 {
            lines.add(Self.providerLine("provider", fee ?? 0))
            lines.add(Self.providerLine("upstream", work))
            let (sum, isTooMuch) = work.addingReportingOverflow(fee ?? 0)
            guard !isTooMuch else {
                return CallCost(status: .unpriced, reason: .outOfRange, priceVersion: version)
            }
            return CallCost(picoUSD: sum, status: .provider)
        }
        // A list is free: the usage of its objects is counted when each of them is retrieved.
        let isComplete = record.endpoint.family.billedObjects == .list && record.usageState == .notApplicable
        if record.endpoint.family.isFree || isComplete { return CallCost(picoUSD: 0, status: .free) }
        let work = record.work
        if work.isEmpty {
            guard record.isUsageUnknown || upstreamCost != nil else { return CallCost() }
            if let fee, fee > 0 {
                lines.add(Self.providerLine("provider", fee))
                return CallCost(picoUSD: fee, status: .partial, reason: .missingUsage)
            }
            return CallCost(picoUSD: nil, reason: .missingUsage, upperBoundPicoUSD: upperBound(of: record))
        }

        // An empty model name counts as missing.
        let name = record.model?.isEmpty == false ? record.model : record.requestModel
        let model = name.flatMap { self.model(named: $0) }
        // With the caller's own provider key, the upstream provider bills its own prices, whichever host relays the
        // call.
        let host = upstreamCost == nil ? upstream(record.host) : .standard
        let tier = record.tier(in: self)
        var calculation = PriceCalculation(
            book: self,
            day: UTCDay(microseconds: record.objectCreatedAtMicroseconds ?? record.startedAtMicroseconds),
            isRegional: host == .regional,
            window: tier.window ?? .one,
            lines: lines
        )
        calculation.lines.begin(model: name, prices: model, tier: tier.name)
        if host == .other, model?.isOverride != true {
            calculation.note(.otherProvider, record.host)
        } else {
            if work.usesModel { calculation.addModel(record, work.units, name, model, tier) }
            if work.usesTools { calculation.addTools(record, work.units, model, tier) }
        }
        if upstreamCost != nil, let fee, fee > 0 {
            calculation.addFee(picoUSD: fee)
            calculation.lines.add(Self.providerLine("provider", fee))
        }
        lines = calculation.lines
        var cost = calculation.cost(remark: tier.isScale ? .scaleTier : nil)
        if cost.reason == .missingUsage { cost.upperBoundPicoUSD = upperBound(of: record) }
        return cost
    }

    private static func providerLine(_ item: String, _ amount: Int64) -> PriceExplanation.Line {
        PriceExplanation.Line(
            part: .provider,
            item: item,
            model: nil,
            quantity: "1",
            unit: "call",
            price: Money(picoUSD: amount),
            unitsPerPrice: 1,
            billedAs: nil,
            tier: nil,
            period: "any day",
            modifiers: [],
            subtotal: Money(picoUSD: amount)
        )
    }
}
