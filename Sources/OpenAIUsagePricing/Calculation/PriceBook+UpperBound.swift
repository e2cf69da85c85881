import OpenAIUsage

// The upper bound of the cost of a call whose usage is missing.
extension PriceBook {
    /// Returns the highest possible cost of a call with unknown usage, in pico-dollars; `nil` if it has no bound.
    ///
    /// An input token stands for at least one byte of the request body, and `max_tokens` limits the output; a reported
    /// side counts as reported, and a total bounds both sides together. All tokens are priced at the highest price of
    /// the model and tier. A call that left the tier to its project, and whose response does not report one, may have
    /// run in any tier.
    ///
    /// There is no bound for a call whose input exceeds its body (images and files, stored conversations, hosted
    /// tools), whose output is unlimited, or whose model has no price.
    func upperBound(of record: CallRecord) -> Int64? {
        guard record.hasBoundableSides else { return nil }
        let name = record.model?.isEmpty == false ? record.model : record.requestModel
        guard let model = name.flatMap({ self.model(named: $0) }) else { return nil }
        let host = upstream(record.host)
        guard host != .other || model.isOverride else { return nil }
        let tier = record.tier(in: self)
        let day = UTCDay(microseconds: record.objectCreatedAtMicroseconds ?? record.startedAtMicroseconds)
        guard let window = tier.window, let period = model.period(on: day) else { return nil }
        let total = record.usage[.totalTokens]
        let input = record.usage[.inputTokens] ?? record.boundOfInput ?? total
        guard let input, input >= 0 else { return nil }
        var cards: [RateCard] = []
        for name in tiers(record, tier, period) {
            guard let short = period.tiers[name] else { return nil }
            cards.append(short)
            if let long = period.longContext, input > long.threshold {
                guard let card = long.tiers[name] else { return nil }
                cards.append(card)
            }
        }
        guard let inputPrice = cards.compactMap(\.highestInputPrice).max() else { return nil }
        let outputPrice = cards.compactMap(\.highestOutputPrice).max() ?? 0
        var amount = total.map { Int128(max($0, 0)) * Int128(max(inputPrice, outputPrice)) }
        let output = outputPrice == 0 ? 0 : record.usage[.outputTokens] ?? record.maximumOutputTokens
        if let output, output >= 0 {
            let sides = Int128(input) * Int128(inputPrice) + Int128(output) * Int128(outputPrice)
            amount = min(amount ?? sides, sides)
        }
        guard let amount else { return nil }
        let uplift = host == .regional ? period.regionalUplift ?? .one : .one
        let discount = discount(of: model, on: day)?.factor ?? .one
        return (uplift * window * discount).appliedRoundingUp(to: amount).flatMap { Int64(exactly: $0) }
    }

    /// Returns the tiers in which a call may have run.
    private func tiers(_ record: CallRecord, _ tier: CallTier, _ period: PricePeriod) -> [String] {
        let isLeftToTheProject = record.requestedServiceTier == nil || record.requestedServiceTier == "auto"
        guard record.serviceTier == nil, isLeftToTheProject, tier.name == CallTier.standard, tier.window?.isOne == true,
            period.tiers[CallTier.standard] != nil
        else { return [tier.name] }
        // Batches are requested explicitly, and a moderator's decisions have an endpoint of their own.
        return period.tiers.keys.filter { $0 != "batch" && $0 != "decisions" }
    }
}

extension CallRecord {
    /// The key in ``CallRecord/requestOptions`` that marks input beyond the request body.
    static let unboundedInputOption = "input_by_reference"

    /// True if the call consumed something but its usage was not received.
    var isUsageUnknown: Bool {
        guard usage.isEmpty else { return false }
        switch usageState.kind {
        case .null, .missing, .cut, .unparsable: return true
        case .reported, .reportedUnterminated, .settled, .error, .notApplicable, .unitsFromRequest, .unitsFromBody:
            return false
        }
    }

    /// True if the call's cost consists of input and output tokens only.
    fileprivate var hasBoundableSides: Bool {
        endpoint.family.isBoundedByTokens && toolCalls.isEmpty && units.isEmpty
    }

    /// The maximum number of input tokens in the request body; `nil` if the input exceeds the body.
    fileprivate var boundOfInput: Int64? {
        requestOptions[Self.unboundedInputOption] == nil ? requestBytes : nil
    }
}

extension Multiplier {
    /// Returns an amount times the multiplier, rounded up; `nil` on overflow.
    fileprivate func appliedRoundingUp(to amount: Int128) -> Int128? {
        let (product, overflow) = amount.multipliedReportingOverflow(by: numerator)
        guard !overflow else { return nil }
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: denominator)
        return rest > 0 ? quotient + 1 : quotient
    }
}
