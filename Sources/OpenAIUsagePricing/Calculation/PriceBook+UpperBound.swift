import OpenAIUsage

// What a call whose usage never came can have cost at most.
extension PriceBook {
    /// The most that a call of unknown usage can have cost, in pico-dollars; `nil` if nothing bounds it.
    ///
    /// A token of input stands for at least one byte of the request's body, and `max_tokens` limits the output. Both are
    /// taken at the dearest price of the model and tier. Nothing bounds a call whose input is more than its body (images
    /// and files, stored conversations, hosted tools), whose output has no limit, or whose model has no price.
    func upperBound(of record: CallRecord) -> Int64? {
        guard record.isBoundedByRequest, let bytes = record.requestBytes, bytes >= 0 else { return nil }
        let name = record.model?.isEmpty == false ? record.model : record.requestModel
        guard let model = name.flatMap({ self.model(named: $0) }) else { return nil }
        let host = upstream(record.host)
        guard host != .other || model.isOverride else { return nil }
        let tier = record.tier(in: self)
        let day = UTCDay(microseconds: record.objectCreatedAt ?? record.startedAt)
        guard let window = tier.window, let period = model.period(on: day), let short = period.tiers[tier.name] else {
            return nil
        }
        var cards = [short]
        if let long = period.longContext, bytes > long.threshold {
            guard let card = long.tiers[tier.name] else { return nil }
            cards.append(card)
        }
        guard let inputPrice = cards.compactMap(\.dearestInput).max() else { return nil }
        var amount = Int128(bytes) * Int128(inputPrice)
        if let outputPrice = cards.compactMap(\.dearestOutput).max(), outputPrice > 0 {
            guard let tokens = record.maximumOutputTokens, tokens >= 0 else { return nil }
            amount += Int128(tokens) * Int128(outputPrice)
        }
        let uplift = host == .regional ? period.regionalUplift ?? .one : .one
        return (uplift * window).appliedRoundingUp(to: amount).flatMap { Int64(exactly: $0) }
    }
}

extension CallRecord {
    /// The name under which ``CallRecord/requestOptions`` says that the input is more than the request's body.
    static let unboundedInputOption = "input_by_reference"

    /// True if the call used something and its usage never came.
    var isUsageUnknown: Bool {
        guard usage.isEmpty else { return false }
        switch usageState {
        case .null, .missing, .cut, .unparsable: return true
        case .reported, .reportedUnterminated, .settled, .error, .notApplicable, .unitsFromRequest, .unitsFromBody:
            return false
        }
    }

    /// True if the call's input is in its request's body, and its output is tokens.
    fileprivate var isBoundedByRequest: Bool {
        switch endpoint.meter {
        case .chat, .completions, .responses, .embeddings: break
        default: return false
        }
        return toolCalls.isEmpty && units.isEmpty && requestOptions[Self.unboundedInputOption] == nil
    }
}

extension PriceFactor {
    /// An amount times the multiplier, rounded up; `nil` if it overflows.
    fileprivate func appliedRoundingUp(to amount: Int128) -> Int128? {
        let (product, overflow) = amount.multipliedReportingOverflow(by: Int128(numerator))
        guard !overflow else { return nil }
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: Int128(denominator))
        return rest > 0 ? quotient + 1 : quotient
    }
}
