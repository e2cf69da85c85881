import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The cost of calls beside that of the same use with other models or in another tier.
struct WhatIf {
    /// A model in the place of others: `gpt-5.1=gpt-5-mini`.
    struct Substitution: Equatable {
        /// The model that was used, with its snapshots; `*` and `?` are allowed.
        var model: String
        /// The model to price instead.
        var replacement: String

        /// True if a model, served or requested, is the one that was used.
        func applies(to record: CallRecord) -> Bool {
            let glob = Glob(model)
            return [record.model, record.requestModel].compactMap { $0 }
                .contains { glob.matches($0) || glob.matches(ModelAlias.alias(of: $0)) }
        }
    }

    /// The calls of a row.
    struct Key: Hashable {
        var model: String?
        var replacement: String?
        var tier: String?
    }

    /// The sums of a row.
    struct Sums {
        /// The calls with both costs.
        var calls: Int64 = 0
        var picoUSD: Int128 = 0
        var otherPicoUSD: Int128 = 0
        /// The calls without one of the costs, which no sum includes.
        var uncomparedCalls: Int64 = 0
        /// The known cost of these calls.
        var uncomparedPicoUSD: Int128 = 0

        var differencePicoUSD: Int128 { otherPicoUSD - picoUSD }

        mutating func add(_ other: Sums) {
            calls += other.calls
            picoUSD += other.picoUSD
            otherPicoUSD += other.otherPicoUSD
            uncomparedCalls += other.uncomparedCalls
            uncomparedPicoUSD += other.uncomparedPicoUSD
        }
    }

    /// A reason why calls have no other cost.
    struct Gap: Hashable {
        var model: String?
        var replacement: String?
        /// True if the call itself has no full price, so that there is nothing to compare with.
        var isOwn: Bool
        var reason: String
    }

    let substitutions: [Substitution]
    let tier: String?
    private let book: PriceBook
    private(set) var rows: [Key: Sums] = [:]
    private(set) var gaps: [Gap: Int64] = [:]
    /// The calls that another price book has priced.
    private(set) var otherBookCalls: Int64 = 0

    init(_ substitutions: [Substitution], tier: String?, book: PriceBook) {
        (self.substitutions, self.tier, self.book) = (substitutions, tier, book)
    }

    /// The version of the price book.
    var priceVersion: String { book.version }

    /// The sums over all rows.
    var totals: Sums { rows.values.reduce(into: Sums()) { $0.add($1) } }

    /// Adds a call; one that cost nothing and used nothing is not counted.
    mutating func add(_ record: CallRecord) {
        guard record.isCounted, record.outcome != .open, record.cost.status != .none, record.cost.status != .free else {
            return
        }
        let substitution = substitutions.first { $0.applies(to: record) }
        guard substitutions.isEmpty || substitution != nil else { return }
        let other = book.cost(of: changed(record, substitution))
        let model = record.model ?? record.requestModel
        let key = Key(model: model, replacement: substitution?.replacement, tier: tier)
        let isKnown = record.cost.status == .exact || record.cost.status == .provider
        guard isKnown, let cost = record.cost.picoUSD, other.status == .exact, let otherCost = other.picoUSD else {
            let reason = isKnown ? other.reason?.rawValue ?? other.status.rawValue : record.cost.reason?.rawValue
            rows[key, default: Sums()].uncomparedCalls += 1
            rows[key]?.uncomparedPicoUSD += Int128(record.cost.picoUSD ?? 0)
            let gap = Gap(
                model: model,
                replacement: substitution?.replacement,
                isOwn: !isKnown,
                reason: reason ?? record.cost.status.rawValue
            )
            gaps[gap, default: 0] += 1
            return
        }
        if let version = record.cost.priceVersion, version != book.version { otherBookCalls += 1 }
        rows[key, default: Sums()].calls += 1
        rows[key]?.picoUSD += Int128(cost)
        rows[key]?.otherPicoUSD += Int128(otherCost)
    }

    /// The call as another model and tier would have served it, with the same use.
    private func changed(_ record: CallRecord, _ substitution: Substitution?) -> CallRecord {
        var record = record
        if let substitution {
            record.model = substitution.replacement
            record.requestModel = substitution.replacement
            // The other model is the provider's own, at its own prices.
            if UpstreamHost(record.host) == .other { record.host = "api.openai.com" }
        }
        if let tier {
            record.serviceTier = tier
            record.requestedServiceTier = tier
            record.backgroundWindow = nil
        }
        record.providerCost = nil
        record.units["upstream_cost_usd"] = nil
        return record
    }
}
