public import OpenAIUsage

extension PriceBook {
    /// What a call cost by this book, on the day on which it started.
    ///
    /// The model and the service tier that served the call decide, not those that were asked for. Whatever has no price
    /// makes the cost partial or leaves it unknown; it never counts as zero.
    /// What the book says of the call's project goes before what it says of all.
    public func cost(of record: CallRecord) -> CallCost {
        var lines = NullLineRecorder()
        return book(for: record.project).price(record, &lines)
    }

    /// The same cost with the lines that it is the sum of.
    public func explanation(of record: CallRecord) -> PriceExplanation {
        var explanation = PriceExplanation(cost: CallCost())
        explanation.cost = book(for: record.project).price(record, &explanation)
        return explanation
    }

    @inline(__always)
    private func price<Lines: PriceLineRecorder>(_ record: CallRecord, _ lines: inout Lines) -> CallCost {
        if record.outcome == .open { return CallCost() }
        // What the call shows is part of another call's cost.
        guard record.isCounted else { return CallCost() }
        // What the answer tells was used by the call that filled the cache.
        if record.isAnsweredByCache { return CallCost(reason: .answeredByCache) }
        let fee = record.providerCost.flatMap { DecimalNumber($0)?.picoUSD }.flatMap { $0 >= 0 ? $0 : nil }
        // With a key of the caller's own, another provider bills the model's work, and this one a fee.
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
        // A list costs nothing; what its objects have used is counted where each is shown alone.
        let isComplete = record.endpoint.family.billedObjects == .list && record.usageState == .notApplicable
        if record.endpoint.family.isFree || isComplete { return CallCost(picoUSD: 0, status: .free) }
        let work = record.work
        if work.isEmpty {
            guard record.isUsageUnknown || upstreamCost != nil else { return CallCost() }
            if let fee, fee > 0 {
                lines.add(Self.providerLine("provider", fee))
                return CallCost(picoUSD: fee, status: .partial, reason: .missingUsage)
            }
            return CallCost(reason: .missingUsage, upperBoundPicoUSD: upperBound(of: record))
        }

        // An empty name names nothing.
        let name = record.model?.isEmpty == false ? record.model : record.requestModel
        let model = name.flatMap { self.model(named: $0) }
        // What the caller's own provider bills is not told: it bills its own prices, whoever stands between.
        let host = upstreamCost == nil ? upstream(record.host) : .standard
        let tier = record.tier(in: self)
        var calculation = PriceCalculation(
            book: self,
            day: UTCDay(microseconds: record.objectCreatedAt ?? record.startedAt),
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
