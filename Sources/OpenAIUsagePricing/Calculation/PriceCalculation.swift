import OpenAIUsage

/// The calculation of one call's cost.
struct PriceCalculation<Lines: PriceLineRecorder> {
    let book: PriceBook
    let day: UTCDay
    let isRegional: Bool
    let window: Multiplier
    var lines: Lines

    /// The sum of the rounded lines, in pico-dollars.
    private(set) var total: Int128 = 0
    private(set) var hasPrice = false
    private(set) var isOutOfRange = false
    /// The first reason why the cost is not exact; `nil` if it is.
    private(set) var gap: CostReason?

    init(book: PriceBook, day: UTCDay, isRegional: Bool, window: Multiplier, lines: Lines) {
        self.book = book
        self.day = day
        self.isRegional = isRegional
        self.window = window
        self.lines = lines
    }

    /// The prices per token of a model for one request.
    struct Card {
        var model: ModelPrices
        var periodIndex: Int
        var tier: String
        var rates: RateCard
        var isLong: Bool
        var uplift: Multiplier
        var window: Multiplier
        var discount: Discount.Applied?
        var part: PriceExplanation.Part

        var modifiers: [PriceExplanation.Modifier] {
            var modifiers: [PriceExplanation.Modifier] = []
            func add(_ name: String, _ factor: Multiplier) {
                guard !factor.isOne else { return }
                modifiers.append(PriceExplanation.Modifier(name: name, factor: factor.description))
            }
            if isLong { modifiers.append(PriceExplanation.Modifier(name: "long_context", factor: nil)) }
            add("regional_uplift", uplift)
            add("background_window", window)
            if let discount = discount?.modifier { modifiers.append(discount) }
            return modifiers
        }
    }

    /// Returns the prices per token of a model; if there are none, records the reason and returns `nil`.
    mutating func card(
        _ model: ModelPrices,
        tier: String,
        input: Int64,
        part: PriceExplanation.Part
    ) -> Card? {
        guard let index = periodIndex(model) else { return nil }
        var rates = model.periods[index].tiers[tier]
        guard rates != nil || model.periods[index].tiers.isEmpty else {
            note(.unknownTier, tier)
            return nil
        }
        var isLong = false
        if let threshold = model.periods[index].longContext?.threshold, input > threshold {
            rates = model.periods[index].longContext?.tiers[tier]
            isLong = true
            guard rates != nil else {
                note(.unknownLongContext, tier)
                return nil
            }
        }
        guard let rates else {
            note(.missingPriceItem, "token")
            return nil
        }
        return Card(
            model: model,
            periodIndex: index,
            tier: tier,
            rates: rates,
            isLong: isLong,
            uplift: isRegional ? model.periods[index].regionalUplift ?? .one : .one,
            window: part == .model ? window : .one,
            discount: book.discount(of: model, on: day),
            part: part
        )
    }

    /// Returns the index of a model's price period on the call's day; if there is none, records the reason and returns
    /// `nil`.
    mutating func periodIndex(_ model: ModelPrices) -> Int? {
        if let index = model.periodIndex(on: day) { return index }
        note(.missingPeriod, model.id)
        return nil
    }

    /// Adds token usage, split by price item.
    ///
    /// - Parameters:
    ///   - usage: The counters.
    ///   - card: The prices.
    ///   - cacheWrite1Hour: The number of cache-write tokens with a lifetime of one hour.
    mutating func addTokens(_ usage: TokenUsage, _ card: Card, cacheWrite1Hour: Int64 = 0) {
        if usage[.inputTokens] == nil, card.rates.chargesInput { note(.missingUsage, PriceItem.input.name) }
        if usage[.outputTokens] == nil, card.rates.chargesOutput { note(.missingUsage, PriceItem.output.name) }
        var buckets = TokenBuckets(usage)
        if buckets.isInconsistent { note(.inconsistentUsage, "usage") }
        // Image and speech models have no text output, and some endpoints do not break their output down.
        if card.model.kind == .image, usage[.imageOutputTokens] == nil {
            buckets.imageOutput += buckets.output
            buckets.output = 0
        } else if card.model.kind == .speech, usage[.audioOutputTokens] == nil {
            buckets.audioOutput += buckets.output
            buckets.output = 0
        }
        add(buckets.input, .input, card)
        add(buckets.cachedInput, .cachedInput, card)
        if cacheWrite1Hour > buckets.cacheWrite { note(.inconsistentUsage, PriceItem.cacheWrite1Hour.name) }
        let keptForAnHour = max(0, min(cacheWrite1Hour, buckets.cacheWrite))
        add(buckets.cacheWrite - keptForAnHour, .cacheWrite, card)
        add(keptForAnHour, .cacheWrite1Hour, card)
        add(buckets.cacheWrite12Hour, .cacheWrite12Hour, card)
        add(buckets.audioInput, .audioInput, card)
        add(buckets.cachedAudioInput, .cachedAudioInput, card)
        add(buckets.imageInput, .imageInput, card)
        add(buckets.cachedImageInput, .cachedImageInput, card)
        add(buckets.output, .output, card)
        add(buckets.audioOutput, .audioOutput, card)
        add(buckets.imageOutput, .imageOutput, card)
        if buckets.hiddenOutput > 0 { addCounted(buckets.hiddenOutput, .output, card, item: "hidden_output") }
    }

    /// Adds tokens of one price item; does nothing unless the count is positive.
    @inline(__always)
    mutating func add(_ tokens: Int64, _ priceItem: PriceItem, _ card: Card) {
        if tokens > 0 { addCounted(tokens, priceItem, card) }
    }

    private mutating func addCounted(_ tokens: Int64, _ priceItem: PriceItem, _ card: Card, item: String? = nil) {
        guard let rate = card.rates[priceItem] else {
            note(.missingPriceItem, item ?? priceItem.name, String(tokens))
            return
        }
        var factor = card.uplift * card.window
        if let discount = card.discount { factor = factor * discount.factor }
        guard let subtotal = add(Int128(tokens) * Int128(rate.picoUSD), factor) else { return }
        lines.add(
            PriceExplanation.Line(
                part: card.part,
                item: item ?? priceItem.name,
                model: card.model.id,
                quantity: String(tokens),
                unit: "token",
                price: Money(picoUSD: rate.picoUSD * RateCard.tokensPerPrice),
                unitsPerPrice: RateCard.tokensPerPrice,
                billedAs: rate.priceItem == priceItem && item == nil ? nil : rate.priceItem.name,
                tier: card.tier,
                period: card.model.periods[card.periodIndex].days.description,
                modifiers: card.modifiers,
                subtotal: subtotal
            )
        )
    }

    /// Adds an amount of a unit other than tokens; `isEstimate` marks the price as approximate.
    mutating func add(
        _ quantity: BilledUnits.Quantity,
        _ price: Money,
        _ model: ModelPrices,
        _ period: PricePeriod,
        part: PriceExplanation.Part = .model,
        isEstimate: Bool
    ) {
        guard let (numerator, denominator) = quantity.amount.quantity else {
            note(.missingPriceItem, quantity.price)
            return
        }
        let product = Int128(numerator) * Int128(price.picoUSD)
        let divisor = Int128(denominator) * Int128(quantity.unitsPerPrice)
        let discount = book.discount(of: model, on: day)
        let factor = discount?.factor ?? .one
        // One division, so that the line is rounded once.
        let (amount, isTooLarge) = product.multipliedReportingOverflow(by: factor.numerator)
        let (units, isTooSmall) = divisor.multipliedReportingOverflow(by: factor.denominator)
        guard !isTooLarge, !isTooSmall else {
            isOutOfRange = true
            return
        }
        guard let subtotal = add(DecimalText.quotientHalfEven(amount, by: units), .one) else { return }
        lines.add(
            PriceExplanation.Line(
                part: part,
                item: quantity.price,
                model: model.id,
                quantity: DecimalText.exact(quantity.amount.coefficient, scale: quantity.amount.scale),
                unit: quantity.unit,
                price: price,
                unitsPerPrice: quantity.unitsPerPrice,
                billedAs: nil,
                tier: nil,
                period: period.days.description,
                modifiers: (isEstimate ? [PriceExplanation.Modifier(name: "estimate", factor: nil)] : [])
                    + (discount?.modifier.map { [$0] } ?? []),
                subtotal: subtotal
            )
        )
        if isEstimate { note(.estimate, quantity.price) }
    }

    /// Adds an amount that is billed in addition to the book's prices.
    mutating func addFee(picoUSD: Int64) {
        total += Int128(picoUSD)
        hasPrice = true
    }

    /// Adds the fee of a tool.
    mutating func add(_ count: Int64, _ tool: ToolPrices) {
        guard let index = tool.periods.firstIndex(where: { $0.days.contains(day) }) else {
            note(.missingPeriod, tool.id, String(count))
            return
        }
        let price = tool.periods[index].price
        let discount = book.discount(of: tool, on: day)
        guard let subtotal = add(Int128(count) * Int128(price.picoUSD), discount?.factor ?? .one) else { return }
        lines.add(
            PriceExplanation.Line(
                part: .tool,
                item: tool.id,
                model: nil,
                quantity: String(count),
                unit: tool.unit == .call ? "call" : tool.unit.rawValue,
                price: price,
                unitsPerPrice: 1,
                billedAs: nil,
                tier: nil,
                period: tool.periods[index].days.description,
                modifiers: discount?.modifier.map { [$0] } ?? [],
                subtotal: subtotal
            )
        )
    }

    /// Records a reason why the cost is not exact.
    mutating func note(_ reason: CostReason, _ item: @autoclosure () -> String, _ quantity: String? = nil) {
        if gap == nil { gap = reason }
        lines.add(gap: PriceExplanation.Gap(item: item(), quantity: quantity, reason: reason))
    }

    /// Returns the cost of the call; `remark` is the reason reported with an exact cost.
    func cost(remark: CostReason?) -> CallCost {
        var cost = CallCost(priceVersion: book.version)
        guard !isOutOfRange, let amount = Int64(exactly: total) else {
            cost.status = .unpriced
            cost.reason = .outOfRange
            return cost
        }
        guard let gap else {
            cost.picoUSD = amount
            cost.status = .exact
            cost.reason = remark
            return cost
        }
        cost.picoUSD = hasPrice ? amount : nil
        cost.status = hasPrice ? .partial : .unpriced
        cost.reason = gap
        return cost
    }

    /// Adds a product to the total and returns it rounded; if it overflows, marks the cost as out of range and returns
    /// `nil`.
    private mutating func add(_ product: Int128, _ factor: Multiplier) -> Money? {
        guard let rounded = factor.applied(to: product), let amount = Int64(exactly: rounded) else {
            isOutOfRange = true
            return nil
        }
        total += Int128(amount)
        hasPrice = true
        return Money(picoUSD: amount)
    }
}
