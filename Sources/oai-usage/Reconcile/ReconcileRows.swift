import OpenAIUsage
import OpenAIUsagePricing

/// A dimension of the rows of a comparison.
enum ReconcileDimension: String, CaseIterable, Sendable {
    case hour, day, project, model, tier, key
    case lineItem = "line-item"

    /// The name in JSON and CSV.
    var name: String { self == .lineItem ? "line_item" : rawValue }
}

/// A row of a comparison: the sums of both sides of a group.
struct ReconcileRow {
    /// The sums of a side.
    struct Side: Equatable {
        var calls: Int64 = 0
        var inputTokens: Int128 = 0
        var cachedTokens: Int128 = 0
        var outputTokens: Int128 = 0
        /// The cost in pico-dollars; `nil` if the side has none by these dimensions.
        var picoUSD: Int128?
        /// The calls whose cost is unknown, or known in part.
        var unpricedCalls: Int64 = 0
        /// True if the side has counted tokens here.
        var hasTokens = false

        /// The cost as far as it is known; `nil` if nothing of it is.
        var knownPicoUSD: Int128? { unpricedCalls > 0 && picoUSD == 0 ? nil : picoUSD }

        mutating func add(_ item: PriceItem, _ count: Int128) {
            hasTokens = true
            if item.isReceived { outputTokens += count } else { inputTokens += count }
            switch item {
            case .cachedInput, .cachedAudioInput, .cachedImageInput: cachedTokens += count
            default: break
            }
        }

        mutating func charge(_ amount: Int128) { picoUSD = (picoUSD ?? 0) + amount }
    }

    /// The values of the dimensions; `nil` for one that is not known.
    var values: [String?]
    var ours = Side()
    var theirs = Side()
}

extension Reconciliation {
    /// Returns the rows of a grouping, the largest cost first, or in the order of time.
    ///
    /// Costs have neither hours nor keys, so that the provider's cost is unknown in rows of these. Line items have no calls;
    /// the provider's tokens that no line item is about are a row without one.
    func rows(by dimensions: [ReconcileDimension]) -> [ReconcileRow] {
        var rows: [[String?]: ReconcileRow] = [:]
        let hasTheirCost = !dimensions.contains(.hour) && !dimensions.contains(.key)
        func change(_ facts: Facts, _ body: (inout ReconcileRow) -> Void) {
            let values = dimensions.map { facts[$0] }
            var row = rows[values] ?? ReconcileRow(values: values)
            body(&row)
            rows[values] = row
        }
        for cell in cells.values {
            var facts = Facts(cell.place)
            for (meter, sum) in cell.ours.meters {
                facts.tier = meter.tier
                facts.lineItem = LineItem.text(
                    model: cell.place.model,
                    item: meter.item,
                    tier: meter.tier,
                    isLong: meter.isLong
                )
                change(facts) { row in
                    row.ours.add(meter.item, sum.tokens)
                    // Tokens without a price are not free.
                    let isUnpriced = sum.picoUSD == 0 && cell.ours.unpriced[meter.tier] != nil
                    if !isUnpriced || !dimensions.contains(.lineItem) { row.ours.charge(sum.picoUSD) }
                }
            }
            facts.lineItem = cell.place.model
            facts.tier = cell.ours.calls.keys.sorted().first ?? "default"
            let units = cell.ours.unitPicoUSD
            if units != 0 { change(facts) { $0.ours.charge(units) } }
            if dimensions.contains(.lineItem) {
                let unpriced = cell.ours.unpriced.values.reduce(0, +)
                if unpriced > 0 { change(facts) { $0.ours.unpricedCalls += unpriced } }
                // The line items bring the tokens that they are about.
                facts.lineItem = nil
                for (meter, count) in cell.theirs?.tokens ?? [:] {
                    facts.tier = meter.tier
                    change(facts) { $0.theirs.add(meter.item, count) }
                }
                continue
            }
            for (tier, count) in cell.ours.unpriced {
                facts.tier = tier
                change(facts) { $0.ours.unpricedCalls += count }
            }
            var calls = cell.ours.calls
            if cell.ours.unread > 0 { calls[facts.tier ?? "default", default: 0] += cell.ours.unread }
            for (tier, count) in calls {
                facts.tier = tier
                change(facts) { $0.ours.calls += count }
            }
            for (tier, count) in cell.theirs?.requests ?? [:] {
                facts.tier = tier
                change(facts) { $0.theirs.calls += count }
            }
            for (meter, count) in cell.theirs?.tokens ?? [:] {
                facts.tier = meter.tier
                change(facts) { $0.theirs.add(meter.item, count) }
            }
        }
        for (cell, sum) in ours.tools {
            change(Facts(day: cell.day, project: cell.project, lineItem: cell.tool)) { $0.ours.charge(sum.picoUSD) }
        }
        if hasTheirCost { addCosts(change, withTokens: dimensions.contains(.lineItem)) }
        // Nothing is left of the usage if the line items account for all of it.
        return rows.values.filter { !$0.isEmpty }.sorted { left, right in
            let isByTime = dimensions.first == .hour || dimensions.first == .day
            let (a, b) = (left.weight, right.weight)
            if !isByTime, a != b { return a > b }
            return left.values.map { $0 ?? "" }.lexicographicallyPrecedes(right.values.map { $0 ?? "" })
        }
    }

    private func addCosts(_ change: (Facts, (inout ReconcileRow) -> Void) -> Void, withTokens: Bool) {
        var charged: Set<Int64> = settings.ignoresCosts ? [] : theirs.costDays
        for cost in settings.ignoresCosts ? [] : theirs.costs {
            var facts = Facts(day: cost.day, project: cost.project, lineItem: cost.item.text)
            facts.tier = theirs.namesTiers ? cost.item.tier ?? "default" : nil
            switch cost.item.subject {
            case .model(let model, let item):
                facts.model = model
                if let item {
                    facts.lineItem = LineItem.text(
                        model: model,
                        item: item,
                        tier: cost.item.tier ?? "default",
                        isLong: cost.item.isLong ?? false
                    )
                }
            case .tool(let tool): facts.lineItem = tool
            case .unrecognized: break
            }
            change(facts) { row in
                row.theirs.charge(cost.picoUSD)
                if withTokens, case .model(_, let item?) = cost.item.subject, let tokens = cost.tokens {
                    row.theirs.add(item, tokens)
                }
            }
            if withTokens, case .model(_, let item?) = cost.item.subject, let tokens = cost.tokens {
                facts.lineItem = nil
                change(facts) { $0.theirs.add(item, -tokens) }
            }
            charged.insert(cost.day)
        }
        // Without costs of a day, the provider's usage at our prices stands for them.
        for (group, sums) in money where !charged.contains(group.day) {
            var facts = Facts(day: group.day, project: group.project, lineItem: nil)
            switch group.subject {
            case .model(let model): (facts.model, facts.lineItem) = (model, model)
            case .tool(let name), .other(let name): facts.lineItem = name
            }
            change(facts) { $0.theirs.charge(sums.theirs) }
        }
    }
}

extension ReconcileRow {
    /// True for a row of tokens that line items account for.
    fileprivate var isEmpty: Bool {
        func isEmpty(_ side: Side) -> Bool {
            (side.calls, side.unpricedCalls) == (0, 0) && side.picoUSD == nil
                && (side.inputTokens, side.cachedTokens, side.outputTokens) == (0, 0, 0)
        }
        return values.contains(nil) && isEmpty(ours) && isEmpty(theirs)
    }

    /// The cost by which rows are ordered.
    fileprivate var weight: Int128 { max(ours.picoUSD ?? 0, theirs.picoUSD ?? 0) }
}

/// The values of the dimensions of a number.
private struct Facts {
    var bucket: Int64?
    var day: Int64
    var project: String
    var model: String?
    var tier: String?
    var key: String?
    var lineItem: String?

    init(_ place: UsageCell) {
        bucket = place.bucket
        day = place.day
        project = place.project
        model = place.model
        key = place.key
    }

    init(day: Int64, project: String, lineItem: String?) {
        self.day = day
        self.project = project
        self.lineItem = lineItem
    }

    subscript(dimension: ReconcileDimension) -> String? {
        switch dimension {
        case .hour: bucket.map { TimestampText.utc($0 * 1_000_000, isShort: true) }
        case .day: CivilDate(daysSince1970: day / 86_400).text
        case .project: project
        case .model: model
        case .tier: tier
        case .key: key
        case .lineItem: lineItem
        }
    }
}
