import OpenAIUsage
import OpenAIUsagePricing

/// The provider's answers, ready to be compared.
struct ProviderData {
    /// The requests and tokens of a cell.
    struct Cell {
        /// The requests by tier.
        var requests: [String: Int64] = [:]
        /// True if the provider counts requests here.
        var hasRequests = false
        var tokens: [Meter: Int128] = [:]

        var allRequests: Int64 { requests.values.reduce(0, +) }
    }

    /// A cost of a day.
    struct Cost {
        var day: Int64
        var project: String
        var item: LineItem
        var picoUSD: Int128
        /// The number of tokens; `nil` if the provider reports none.
        var tokens: Int128?
        /// The quantity of another unit.
        var units: Int128?
    }

    private(set) var cells: [UsageCell: Cell] = [:]
    private(set) var costs: [Cost] = []
    private(set) var toolCalls: [ToolCell: Int64] = [:]
    /// The time of the latest answer by kind, in seconds since 1970.
    private(set) var fetchedAt: [ProviderKind: Int64] = [:]
    /// The starts of the days with costs.
    private(set) var costDays: Set<Int64> = []
    /// The most decimals of an amount; `nil` without amounts.
    private(set) var decimals: Int?
    /// True if any line item names a tier, or a context.
    private(set) var namesTiers = false
    private(set) var namesContexts = false
    /// The dimensions that some result has a value of, so that the others are not compared.
    private(set) var hasProjects = false
    private(set) var hasTiers = false
    private var usageBuckets: [ProviderKind: Set<Int64>] = [:]
    /// The sums of all counts and of the absolute amounts, which are limited so that no sum of a part overflows.
    private var (countSum, amountSum): (Int128, Int128) = (0, 0)
    private var widths: [ProviderKind: Int64] = [:]

    /// Reads the results of buckets.
    ///
    /// - Parameters:
    ///   - buckets: The buckets, each one once.
    ///   - filter: The filter of results.
    ///   - keys: The names of keys, by their identity; `nil` to merge all keys.
    ///   - book: The prices, for the names of models and tiers.
    ///   - isKnownModel: Returns true for a model that our calls name.
    /// - Throws: A ``ProviderDataError``.
    init(
        _ buckets: [ProviderBucket],
        filter: ReconcileFilter,
        keys: [String: String]?,
        book: PriceBook,
        isKnownModel: (String) -> Bool
    ) throws(ProviderDataError) {
        var models: Set<String> = []
        for bucket in buckets {
            let second = bucket.fetchedAt.flooredQuotient(by: 1_000_000)
            fetchedAt[bucket.kind] = max(fetchedAt[bucket.kind] ?? second, second)
            if bucket.kind == .costs {
                costDays.insert(bucket.start)
            } else {
                widths[bucket.kind] = bucket.width
                usageBuckets[bucket.kind, default: []].insert(bucket.start)
                for result in bucket.results {
                    let usage = try ProviderUsage(result, kind: bucket.kind)
                    try limit(count: usage.sum, amount: 0)
                    if let model = usage.model { models.insert(model) }
                    add(usage, bucket, filter, keys, book)
                }
            }
        }
        for bucket in buckets where bucket.kind == .costs {
            for result in bucket.results {
                let cost = try ProviderCost(result)
                try limit(count: abs(cost.tokens ?? cost.quantityThousandths ?? 0), amount: abs(cost.picoUSD))
                decimals = max(decimals ?? 0, cost.decimals)
                if cost.project != nil { hasProjects = true }
                let item = LineItem(cost.lineItem ?? "all costs") { name in
                    models.contains(name) || isKnownModel(name) || book.model(named: name) != nil
                }
                if item.tier != nil { namesTiers = true }
                if item.isLong != nil { namesContexts = true }
                add(cost, item, bucket, filter, book)
            }
        }
    }

    private mutating func limit(count: Int128, amount: Int128) throws(ProviderDataError) {
        countSum += count
        amountSum += amount
        guard countSum <= ProviderLimits.totalCount, amountSum <= ProviderLimits.totalPicoUSD else {
            throw ProviderDataError("They add up to more than 10^18 tokens, or 10^15 dollars.")
        }
    }

    /// Returns the length of the bucket of a kind at a time: a day if there are tokens in costs only.
    func width(_ kind: ProviderKind, _ second: Int64) -> Int64 {
        guard !kind.hasTokensInCosts, let width = widths[kind] else { return 86_400 }
        let start = second.flooredQuotient(by: width) * width
        return usageBuckets[kind]?.contains(start) == true ? width : 86_400
    }

    /// True if the provider's usage covers a bucket.
    func coversUsage(_ place: UsageCell) -> Bool {
        guard let width = widths[place.kind], let starts = usageBuckets[place.kind] else { return false }
        if starts.contains(place.bucket) { return true }
        let day = place.bucket..<place.bucket + 86_400
        return width < 86_400 && self.width(place.kind, place.bucket) == 86_400 && starts.contains { day.contains($0) }
    }

    private mutating func add(
        _ usage: ProviderUsage,
        _ bucket: ProviderBucket,
        _ filter: ReconcileFilter,
        _ keys: [String: String]?,
        _ book: PriceBook
    ) {
        if usage.project != nil { hasProjects = true }
        if usage.tier != nil || usage.isBatch { hasTiers = true }
        let project = usage.project ?? "default"
        let tier = usage.isBatch ? "batch" : Self.tier(usage.tier, book)
        let key = keys.map { names in usage.keyID.map { names[$0] ?? $0 } ?? "-" }
        guard filter.matches(project: project, model: usage.model, tier: tier, key: key) else { return }
        let day = bucket.start.flooredQuotient(by: 86_400) * 86_400
        if let calls = usage.toolCalls {
            let tool: String
            switch bucket.kind {
            case .webSearches: tool = "web_search"
            case .fileSearches: tool = "file_search"
            default: tool = "container"
            }
            toolCalls[ToolCell(day: day, project: project, tool: tool), default: 0] += calls
            return
        }
        guard bucket.kind.countsModelRequests else { return }
        let start = bucket.kind.hasTokensInCosts ? day : bucket.start
        let place = UsageCell(bucket: start, kind: bucket.kind, project: project, model: usage.model ?? "-", key: key)
        var cell = cells[place] ?? Cell()
        if let requests = usage.requests {
            cell.hasRequests = true
            cell.requests[tier, default: 0] += requests
        }
        for (item, count) in usage.items { cell.tokens[Meter(tier: tier, item: item), default: 0] += Int128(count) }
        cells[place] = cell
    }

    private mutating func add(
        _ cost: ProviderCost,
        _ item: LineItem,
        _ bucket: ProviderBucket,
        _ filter: ReconcileFilter,
        _ book: PriceBook
    ) {
        let project = cost.project ?? "default"
        var item = item
        item.tier = item.tier.map { Self.tier($0, book) }
        let model: String? = if case .model(let model, _) = item.subject { model } else { nil }
        guard filter.matches(project: project, model: model, tier: item.tier ?? "default", key: nil) else { return }
        costs.append(
            Cost(
                day: bucket.start.flooredQuotient(by: 86_400) * 86_400,
                project: project,
                item: item,
                picoUSD: cost.picoUSD,
                tokens: cost.tokens,
                units: cost.tokens == nil ? cost.quantityThousandths.map { $0 / 1_000 } : nil
            )
        )
    }

    private static func tier(_ name: String?, _ book: PriceBook) -> String {
        guard let name, name != "auto", name != "standard" else { return "default" }
        return book.rules.tierAliases?[name] ?? name
    }

    /// The models of usage and costs.
    var models: Set<String> {
        var models = Set(cells.keys.map(\.model))
        for cost in costs { if case .model(let model, _) = cost.item.subject { models.insert(model) } }
        return models
    }

    /// Changes all projects to one, for answers that are not grouped by project.
    var mergesProjects: Bool { !hasProjects && (!cells.isEmpty || !costs.isEmpty) }

    /// Adds the tokens of costs to cells of kinds and days without tokens in the usage.
    mutating func addTokensOfCosts(kind: (String) -> ProviderKind) {
        for cost in costs {
            guard case .model(let model, let item?) = cost.item.subject, let tokens = cost.tokens else { continue }
            let kind = kind(model)
            let place = UsageCell(bucket: cost.day, kind: kind, project: cost.project, model: model, key: nil)
            guard kind.hasTokensInCosts || !coversUsage(place) else { continue }
            guard width(kind, cost.day) == 86_400 else { continue }
            cells[place, default: Cell()].tokens[Meter(tier: cost.item.tier ?? "default", item: item), default: 0] +=
                tokens
        }
    }
}

/// The filter that applies to both sides.
struct ReconcileFilter {
    /// Values of a dimension of which one is required, or none allowed.
    struct Rule {
        enum Dimension { case project, model, tier, key }
        var dimension: Dimension
        var globs: [Glob]
        var isExcluded: Bool
    }

    var rules: [Rule] = []
    /// Returns true if two names are of one model.
    var isSameModel: (String, String) -> Bool = { $0 == $1 }

    /// True if keys are selected, which costs do not have.
    var hasKeys: Bool { rules.contains { $0.dimension == .key } }

    /// True if models are selected, which fees do not have.
    var hasModels: Bool { rules.contains { $0.dimension == .model } }

    /// True if values satisfy all rules.
    ///
    /// A model that is `nil` satisfies only exclusions; a tier and a key that are `nil` satisfy any rule.
    func matches(project: String, model: String?, tier: String?, key: String?) -> Bool {
        rules.allSatisfy { rule in
            let value: String?
            switch rule.dimension {
            case .project: value = project
            case .model: value = model
            case .tier: value = tier
            case .key: value = key
            }
            if rule.dimension == .key, key == nil { return true }
            if rule.dimension == .tier, tier == nil { return true }
            let isMatch =
                value.map { value in rule.globs.contains { matches($0, value, rule.dimension) } } ?? false
            return isMatch != rule.isExcluded
        }
    }

    private func matches(_ glob: Glob, _ value: String, _ dimension: Rule.Dimension) -> Bool {
        switch dimension {
        case .model:
            glob.matches(value) || glob.matches(ModelAlias.alias(of: value))
                || (!glob.isPattern && isSameModel(glob.text, value))
        case .key: glob.isPattern ? glob.matches(value) : value.contains(glob.text)
        default: glob.matches(value)
        }
    }
}
