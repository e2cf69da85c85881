import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Splits the cost of calls into charges whose sum is that cost to the last digit.
///
/// The ledger keeps the cost of a call as one sum. Its parts are computed again by the price book that the row names; they
/// count only if they add up to that cost. A cost that no book at hand explains stays whole, as a charge of its own.
struct ChargeSplitter {
    /// The meters that no price book lists.
    enum Meter {
        static let unsplit = "unsplit"
        static let provider = "provider_cost"
        static let free = "free"
        static let unknownUsage = "unknown_usage"
        static let request = "request"
    }

    private let books: [PriceBook]
    private let tags: [String]?
    /// The calls whose cost stayed whole, by the version of their price book.
    private(set) var unsplitCalls: [String: Int64] = [:]

    /// Creates a splitter.
    ///
    /// - Parameters:
    ///   - books: The price books at hand, the most likely first.
    ///   - tags: The tags that keep calls apart; `nil` for all.
    init(books: [PriceBook], tags: [String]? = nil) {
        self.books = books
        self.tags = tags
    }

    /// Returns the charges of a call; none for one that neither cost nor used anything.
    mutating func charges(of record: CallRecord) -> [Charge] {
        guard record.outcome != .open, record.isCounted else { return [] }
        let base = base(of: record)
        let cost = record.cost
        switch cost.status.kind {
        case .none:
            guard cost.reason == .missingUsage else { return [] }
            return [Charge(key: base.with(meter: Meter.unknownUsage), quantity: .one)]
        case .free:
            let price = Charge.Price(id: Meter.free, unitPrice: .zero, listUnitPrice: .zero)
            return [Charge(key: base.with(meter: Meter.free, price: price), quantity: .one)]
        case .provider: return [Self.whole(base, Meter.provider, cost.picoUSD ?? 0)]
        case .exact, .partial, .unpriced: break
        }
        guard let (book, explanation) = explanation(of: record) else {
            guard let picoUSD = cost.picoUSD else { return unpriced(record, base, gaps: nil) }
            unsplitCalls[cost.priceVersion ?? "none", default: 0] += 1
            return [Self.whole(base, Meter.unsplit, Int128(picoUSD))]
        }
        let list = book === PriceBook.bundled ? nil : PriceBook.bundled.explanation(of: record)
        var charges = explanation.lines.map { line in
            line.part == .provider
                ? Self.whole(base, Meter.provider, Int128(line.subtotal.picoUSD)) : Self.charge(line, base, list: list)
        }
        let isModelPriced = explanation.lines.contains { $0.part == .model }
        charges += unpriced(record, base, gaps: explanation.gaps, isModelPriced: isModelPriced)
        return charges
    }

    // MARK: - Books

    /// Returns the first explanation that yields the cost in the ledger, beginning with the book that the row names.
    private func explanation(of record: CallRecord) -> (PriceBook, PriceExplanation)? {
        let version = record.cost.priceVersion
        for isNamed in [true, false] {
            for book in books where (book.version == version) == isNamed {
                let explanation = book.explanation(of: record)
                guard explanation.cost.picoUSD == record.cost.picoUSD, explanation.cost.status == record.cost.status
                else { continue }
                let sum = explanation.lines.reduce(Int128(0)) { $0 + Int128($1.subtotal.picoUSD) }
                if sum == Int128(record.cost.picoUSD ?? 0) { return (book, explanation) }
            }
        }
        return nil
    }

    // MARK: - Charges

    private func base(of record: CallRecord) -> Charge.Key {
        let start = record.startedAtMicroseconds
        let host = record.host.lowercased()
        let upstream = UpstreamHost(host)
        return Charge.Key(
            hour: start.flooredQuotient(by: Charge.hourLength) * Charge.hourLength,
            organization: record.organization ?? record.requestedOrganization,
            project: record.project,
            provider: Self.provider(host, upstream),
            region: upstream == .regional ? host.split(separator: ".").first.map { String($0) } : nil,
            model: record.model ?? record.requestModel,
            serviceTier: record.serviceTier,
            tags: Self.text(record.tags, only: tags),
            sku: "",
            meter: "",
            unit: .requests,
            status: record.cost.status.rawValue,
            reason: record.cost.reason?.rawValue,
            priceBook: record.cost.priceVersion
        )
    }

    /// A cost without parts.
    static func whole(_ base: Charge.Key, _ meter: String, _ picoUSD: some BinaryInteger, calls: Int64 = 1) -> Charge {
        let price = Charge.Price(id: meter, unitPrice: .one, listUnitPrice: .one)
        var key = base.with(meter: meter, price: price)
        key.unit = .dollars
        return Charge(
            key: key,
            quantity: ExactDecimal(Int128(calls), scale: 0),
            picoUSD: Int128(picoUSD),
            calls: calls
        )
    }

    private static func charge(
        _ line: PriceExplanation.Line,
        _ base: Charge.Key,
        list: PriceExplanation?
    ) -> Charge {
        var key = base
        key.unit = Charge.Unit(line.unit, unitsPerPrice: line.unitsPerPrice)
        key.meter = line.item
        key.sku = line.model.map { "\($0)/\(line.item)" } ?? line.item
        let unitPrice = unitPrice(line)
        let listed = list?.lines.first {
            $0.part == line.part && $0.item == line.item && $0.unitsPerPrice == line.unitsPerPrice
        }
        var details = ["x_Period": line.period]
        if let tier = line.tier { details["x_Tier"] = tier }
        if let billedAs = line.billedAs { details["x_BilledAs"] = billedAs }
        if !line.modifiers.isEmpty {
            details["x_Modifiers"] = line.modifiers.map { ($0.factor.map { "x\($0) " } ?? "") + $0.name }
                .joined(separator: ", ")
        }
        // A discount changes what is paid for a price, and not which price it is.
        let conditions = line.modifiers.filter { $0.level == nil }.map { "/\($0.name)" }.joined()
        key.price = Charge.Price(
            id: "\(key.sku)/\(line.tier ?? "any")\(conditions)/\(line.period)",
            unitPrice: unitPrice,
            listUnitPrice: Self.unitPrice(listed ?? line, isList: true),
            details: CompactJSON.object(texts: details)
        )
        return Charge(
            key: key,
            quantity: ExactDecimal(line.quantity) ?? .zero,
            picoUSD: Int128(line.subtotal.picoUSD)
        )
    }

    /// The price with its multipliers; the list price with all of them but a discount.
    private static func unitPrice(_ line: PriceExplanation.Line, isList: Bool = false) -> ExactDecimal {
        line.modifiers.filter { !isList || $0.level == nil }.compactMap { $0.factor.flatMap { ExactDecimal($0) } }
            .reduce(ExactDecimal(picoUSD: Int128(line.price.picoUSD))) { $0.times($1) ?? $0 }
    }

    /// The use of a call that has no price, as charges without cost.
    ///
    /// - Parameters:
    ///   - record: The call.
    ///   - base: The dimensions of the call.
    ///   - gaps: What the price book has no price for; `nil` for everything.
    ///   - isModelPriced: True if the tokens of the model have prices.
    /// - Returns: The charges.
    private func unpriced(
        _ record: CallRecord,
        _ base: Charge.Key,
        gaps: [PriceExplanation.Gap]?,
        isModelPriced: Bool = false
    ) -> [Charge] {
        var charges: [Charge] = []
        let remarks: [CostReason] = [.estimate, .inconsistentUsage, .scaleTier]
        for gap in gaps ?? [] where !remarks.contains(gap.reason) {
            guard let quantity = gap.quantity.flatMap({ ExactDecimal($0) }), quantity.coefficient > 0 else { continue }
            let isToken =
                PriceItem(name: gap.item) != nil || TokenCounter.allCases.contains { $0.name == gap.item }
                || gap.item == "hidden_output"
            var key = base.with(meter: gap.item)
            key.unit = isToken ? .tokens : .requests
            key.reason = gap.reason.rawValue
            charges.append(Charge(key: key, quantity: quantity))
        }
        let others = gaps?.filter { $0.quantity == nil && !remarks.contains($0.reason) }
        guard others?.isEmpty != true else { return charges }
        let reason = others?.first?.reason ?? record.cost.reason
        let tokens = isModelPriced ? [] : Self.tokens(record)
        if tokens.isEmpty {
            let isUsageUnknown = reason == .missingUsage
            var key = base.with(meter: isUsageUnknown ? Meter.unknownUsage : Meter.request)
            key.reason = reason?.rawValue
            charges.append(Charge(key: key, quantity: .one))
        }
        for (item, count) in tokens {
            var key = base.with(meter: item.name)
            key.unit = .tokens
            key.reason = reason?.rawValue
            charges.append(Charge(key: key, quantity: ExactDecimal(Int128(count), scale: 0)))
        }
        return charges
    }

    /// The tokens of a call in buckets that do not overlap.
    private static func tokens(_ record: CallRecord) -> [(PriceItem, Int64)] {
        let buckets = TokenBuckets(record.usage)
        let all: [(PriceItem, Int64)] = [
            (.input, buckets.input), (.cachedInput, buckets.cachedInput), (.cacheWrite, buckets.cacheWrite),
            (.cacheWrite12Hour, buckets.cacheWrite12Hour), (.audioInput, buckets.audioInput),
            (.cachedAudioInput, buckets.cachedAudioInput), (.imageInput, buckets.imageInput),
            (.cachedImageInput, buckets.cachedImageInput), (.output, buckets.output + buckets.hiddenOutput),
            (.audioOutput, buckets.audioOutput), (.imageOutput, buckets.imageOutput),
        ]
        return all.filter { $0.1 > 0 }
    }

    // MARK: - Texts

    private static func provider(_ host: String, _ upstream: UpstreamHost) -> String {
        guard upstream == .other else { return "OpenAI" }
        return host.hasSuffix(".azure.com") || host.hasSuffix("azure-api.net") ? "Microsoft" : host
    }

    /// The tags as JSON; `nil` if there are none.
    private static func text(_ tags: UsageTags, only names: [String]?) -> String? {
        guard !tags.isEmpty else { return nil }
        guard let names else { return CompactJSON.object(tags) }
        var kept = UsageTags()
        for name in names { kept[name] = tags[name] }
        return kept.isEmpty ? nil : CompactJSON.object(kept)
    }
}

extension Charge.Key {
    /// The key with a meter that no price book lists.
    func with(meter: String, price: Charge.Price? = nil) -> Charge.Key {
        var key = self
        key.meter = meter
        let isOwn = price != nil || meter == ChargeSplitter.Meter.unknownUsage || meter == ChargeSplitter.Meter.request
        key.sku = isOwn ? meter : "\(model ?? "unknown")/\(meter)"
        key.price = price
        return key
    }
}
