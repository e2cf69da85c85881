/// A call as the simulated bill counts it, which directives can make differ from its answer.
package struct BilledCall: Sendable, Equatable {
    /// The kind of usage that counts the call, which is the last part of the path of its pages.
    package enum Kind: String, Sendable, CaseIterable {
        case completions, embeddings, moderations
    }

    /// The context whose prices apply.
    package enum Context: String, Sendable, CaseIterable {
        /// The one that follows from the number of input tokens.
        case actual
        case short, long
    }

    package var kind: Kind
    /// The time of the request, in seconds since 1970.
    package var second: Int
    package var project: String
    /// The identity of the key, as in `key_4fd1...`.
    package var keyID: String
    /// The model that served the call.
    package var model: String
    /// The billed service tier.
    package var tier: String
    package var context = Context.actual
    package var inputTokens: Int
    package var cachedTokens: Int
    package var cacheWriteTokens: Int
    package var outputTokens: Int
    /// The number of web searches.
    package var searches = 0
    /// The percentage of the listed prices that is charged.
    package var pricePercent = 100
    /// The line item of the whole cost; `nil` for one for each component.
    package var lineItem: String?
    /// The number of answers about usage or costs that leave the call out.
    var hiddenFetches = 0
    /// The output from the answer after ``restatedAfter`` on; `nil` for no restatement.
    var restatedOutputTokens: Int?
    var restatedAfter = 0

    /// Creates the bill of a generated answer.
    init(
        _ kind: Kind,
        _ generation: Generation,
        second: Int,
        project: String,
        keyID: String,
        directives: SimulationDirectives
    ) {
        self.kind = kind
        self.second = second + (directives.billLaterSeconds ?? 0)
        self.project = project
        self.keyID = keyID
        let usage = generation.usage
        model = generation.model
        tier = directives.billTier ?? generation.tier
        context = directives.billContext
        inputTokens = usage.inputTokens
        cachedTokens = min(usage.inputTokens, directives.billCachedTokens ?? usage.cachedTokens)
        cacheWriteTokens = usage.cacheWriteTokens ?? 0
        outputTokens = kind == .completions ? usage.outputTokens : 0
        searches = directives.billSearches ?? 0
        pricePercent = directives.billPricePercent ?? 100
        lineItem = directives.billLineItem
        hiddenFetches = directives.billAfterFetches ?? 0
        restatedAfter = directives.billRestateAfter ?? 0
        restatedOutputTokens = directives.billOutputTokens
    }

    /// Returns the call as the answer of a number from 1 on counts it; `nil` if that leaves it out.
    func seen(in fetch: Int) -> BilledCall? {
        guard fetch > hiddenFetches else { return nil }
        var call = self
        if let restatedOutputTokens, fetch > restatedAfter { call.outputTokens = restatedOutputTokens }
        return call
    }
}

/// A line of the cost of a call.
package struct BilledLine: Sendable, Equatable {
    /// The name, such as `gpt-4o-2024-08-06, input`.
    package var item: String
    /// The amount in pico-dollars.
    package var picoUSD: Int64
    package var quantity: Int
    /// The unit of the quantity.
    package var unit: String

    /// Creates a line.
    package init(item: String, picoUSD: Int64, quantity: Int, unit: String) {
        self.item = item
        self.picoUSD = picoUSD
        self.quantity = quantity
        self.unit = unit
    }
}
