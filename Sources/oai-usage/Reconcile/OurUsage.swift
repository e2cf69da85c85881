import OpenAIUsage
import OpenAIUsagePricing

/// The tokens of one price: a tier, a kind of token and a context.
struct Meter: Hashable, Comparable {
    var tier: String
    var item: PriceItem
    var isLong = false

    private var order: (String, UInt8, Int) { (tier, item.rawValue, isLong ? 1 : 0) }

    static func < (left: Meter, right: Meter) -> Bool { left.order < right.order }
}

extension PriceItem {
    /// True for tokens that the model wrote.
    var isReceived: Bool { self == .output || self == .audioOutput || self == .imageOutput }
}

/// The place of usage in the comparison: a bucket, a kind, a project, a model and, if it is known on both sides, a key.
struct UsageCell: Hashable {
    /// The start of the bucket in seconds since 1970.
    var bucket: Int64
    var kind: ProviderKind
    var project: String
    var model: String
    var key: String?
}

/// The sums of the ledgers in a cell.
struct OurCell {
    /// Tokens and their cost in pico-dollars.
    struct Sum: Equatable {
        var tokens: Int128 = 0
        var picoUSD: Int128 = 0
    }

    /// The calls whose usage was read, by tier.
    var calls: [String: Int64] = [:]
    /// The calls whose usage did not arrive.
    var unread: Int64 = 0
    /// The calls whose cost is unknown, or known in part, by tier.
    var unpriced: [String: Int64] = [:]
    var meters: [Meter: Sum] = [:]
    /// The cost of the model's units other than tokens.
    var unitPicoUSD: Int128 = 0
    /// The calls that ended in a later bucket, and their tokens.
    var boundaryCalls: Int64 = 0
    var boundary: [Meter: Int128] = [:]

    /// The number of calls.
    var allCalls: Int64 { calls.values.reduce(unread, +) }
    /// The cost of the model.
    var picoUSD: Int128 { meters.values.reduce(unitPicoUSD) { $0 + $1.picoUSD } }
}

/// The fees of a tool on a day.
struct ToolCell: Hashable {
    var day: Int64
    var project: String
    var tool: String
}

/// The usage of a period in the ledgers, call by call.
struct OurUsage {
    private(set) var cells: [UsageCell: OurCell] = [:]
    private(set) var tools: [ToolCell: (calls: Int64, picoUSD: Int128)] = [:]
    /// The calls to other providers, which are left out.
    private(set) var otherCalls: Int64 = 0
    /// The calls in flight, which are left out.
    private(set) var openCalls: Int64 = 0

    private let book: PriceBook
    private let hasKeys: Bool
    private let mergesProjects: Bool
    private let filter: ReconcileFilter
    private let width: (ProviderKind, Int64) -> Int64

    /// Creates an empty sum.
    ///
    /// - Parameters:
    ///   - book: The prices by which costs are broken down.
    ///   - hasKeys: True to keep keys apart.
    ///   - mergesProjects: True to count all projects as one.
    ///   - filter: The filter of calls, by the model that served.
    ///   - width: Returns the length of the bucket of a kind at a time, both in seconds.
    init(
        book: PriceBook,
        hasKeys: Bool,
        mergesProjects: Bool = false,
        filter: ReconcileFilter = ReconcileFilter(),
        width: @escaping (ProviderKind, Int64) -> Int64
    ) {
        self.book = book
        self.hasKeys = hasKeys
        self.mergesProjects = mergesProjects
        self.filter = filter
        self.width = width
    }

    /// Adds a call.
    mutating func add(_ record: CallRecord) {
        guard record.outcome != .open else {
            openCalls += 1
            return
        }
        guard record.isCounted, !record.isAnsweredByCache else { return }
        let explanation = book.explanation(of: record)
        let isForeign =
            explanation.gaps.contains { $0.reason == .otherProvider }
            || explanation.lines.contains { $0.part == .provider }
        guard !isForeign else {
            otherCalls += 1
            return
        }
        let kind = ProviderKind(endpoint: record.endpoint.name)
        let isUnread = Self.isUnread(record)
        let isFree = record.endpoint.name == "moderations"
        let hasUsage = !record.usage.isEmpty || !explanation.lines.isEmpty || (isFree && record.outcome == .completed)
        guard hasUsage || isUnread else { return }

        // A call that only shows an object has the usage of the call that created it.
        let created = record.method == "POST" ? nil : record.objectCreatedAtMicroseconds
        let second = (created ?? record.startedAtMicroseconds).flooredQuotient(by: 1_000_000)
        let length = width(kind, second)
        let bucket = second.flooredQuotient(by: length) * length
        let model = [record.model, record.requestModel].compactMap { $0 }.first { !$0.isEmpty } ?? "-"
        guard filter.matches(project: record.project, model: model, tier: nil, key: nil) else { return }
        let key = hasKeys ? record.key?.hint ?? "-" : nil
        let place = UsageCell(
            bucket: bucket,
            kind: kind,
            project: mergesProjects ? "default" : record.project,
            model: model,
            key: key
        )
        let tier = tier(record, explanation)
        var cell = cells[place] ?? OurCell()
        if isUnread { cell.unread += 1 } else { cell.calls[tier, default: 0] += 1 }
        if record.cost.status == .unpriced || record.cost.status == .partial { cell.unpriced[tier, default: 0] += 1 }
        let isLong = explanation.lines.contains { $0.part == .model && $0.isLongContext }
        var tokens = Self.tokens(record, tier: tier, isLong: isLong)
        if isFree { tokens = [:] }
        for (meter, count) in tokens { cell.meters[meter, default: OurCell.Sum()].tokens += count }
        // The book divides the ledger's cost, which may be that of other prices.
        let whole = explanation.lines.reduce(Int128(0)) { $0 + Int128($1.subtotal.picoUSD) }
        var rest = Int128(record.cost.picoUSD ?? 0)
        let cost = rest
        var fees: [(PriceExplanation.Line, Int128)] = []
        for (number, line) in explanation.lines.enumerated() where whole > 0 {
            let part = DecimalText.quotientHalfEven(Int128(line.subtotal.picoUSD) * cost, by: whole)
            let amount = number == explanation.lines.count - 1 ? rest : part
            rest -= amount
            if line.part == .tool {
                fees.append((line, amount))
            } else if line.unit == "token",
                let item = PriceItem(name: line.item) ?? (line.item == "hidden_output" ? .output : nil)
            {
                cell.meters[Meter(tier: tier, item: item, isLong: isLong), default: OurCell.Sum()].picoUSD += amount
            } else {
                cell.unitPicoUSD += amount
            }
        }
        // The ledger's cost of a call for which the book has no price.
        cell.unitPicoUSD += rest
        // The provider counts a call whose client left when the gateway has read it to its end.
        let readOn = record.outcome == .clientDisconnected ? Self.readOn(record) : 0
        let duration = (record.timing.durationMicroseconds ?? 0) + readOn
        let end = (record.startedAtMicroseconds + duration).flooredQuotient(by: 1_000_000)
        if end >= bucket + length {
            cell.boundaryCalls += 1
            for (meter, count) in tokens { cell.boundary[meter, default: 0] += count }
        }
        cells[place] = cell
        let day = second.flooredQuotient(by: 86_400) * 86_400
        // Their fees have no model.
        for (line, amount) in filter.hasModels ? [] : fees { addTool(line, amount, day: day, place) }
    }

    /// How long a gateway reads an answer on after its client has left, by default and at most, in microseconds.
    private static func readOn(_ record: CallRecord) -> Int64 { record.isStream ? 5_000_000 : 120_000_000 }

    /// Changes the names of models.
    mutating func rename(_ name: (String) -> String) {
        for (place, cell) in cells {
            let renamed = name(place.model)
            guard renamed != place.model else { continue }
            var target = place
            target.model = renamed
            cells[place] = nil
            cells[target, default: OurCell()] += cell
        }
    }

    /// Removes the cells that the provider's answers do not cover, and returns the number of their calls.
    mutating func remove(where isRemoved: (UsageCell) -> Bool) -> Int64 {
        var calls: Int64 = 0
        for (place, cell) in cells where isRemoved(place) {
            calls += cell.allCalls
            cells[place] = nil
        }
        return calls
    }

    private mutating func addTool(_ line: PriceExplanation.Line, _ amount: Int128, day: Int64, _ place: UsageCell) {
        if line.unit == "token", let model = line.model, let item = PriceItem(name: line.item) {
            // The usage of another model within the call is on that model's bill.
            var target = place
            target.model = model
            let meter = Meter(tier: "default", item: item, isLong: line.isLongContext)
            cells[target, default: OurCell()].meters[meter, default: OurCell.Sum()].tokens += Int128(line.quantity) ?? 0
            cells[target, default: OurCell()].meters[meter, default: OurCell.Sum()].picoUSD += amount
            return
        }
        let tool = ["web_search", "file_search", "container"].first { line.item.hasPrefix($0) } ?? line.item
        let cell = ToolCell(day: day, project: place.project, tool: tool)
        let sum = tools[cell] ?? (0, 0)
        tools[cell] = (sum.calls + (Int64(line.quantity) ?? 0), sum.picoUSD + amount)
    }

    /// The tier that the call is billed at, by its name in the price book.
    private func tier(_ record: CallRecord, _ explanation: PriceExplanation) -> String {
        if let tier = explanation.lines.first(where: { $0.part == .model })?.tier ?? explanation.tier { return tier }
        let served = record.serviceTier ?? record.requestedServiceTier ?? "default"
        return book.rules.tierAliases?[served] ?? (served == "auto" ? "default" : served)
    }

    private static func tokens(_ record: CallRecord, tier: String, isLong: Bool) -> [Meter: Int128] {
        guard record.usage.inputTokens != nil || record.usage.outputTokens != nil else { return [:] }
        let buckets = TokenBuckets(record.usage)
        let counts: [(PriceItem, Int64)] = [
            (.input, buckets.input), (.cachedInput, buckets.cachedInput), (.cacheWrite, buckets.cacheWrite),
            (.cacheWrite12Hour, buckets.cacheWrite12Hour), (.audioInput, buckets.audioInput),
            (.cachedAudioInput, buckets.cachedAudioInput), (.imageInput, buckets.imageInput),
            (.cachedImageInput, buckets.cachedImageInput), (.output, buckets.output + buckets.hiddenOutput),
            (.audioOutput, buckets.audioOutput), (.imageOutput, buckets.imageOutput),
        ]
        var tokens: [Meter: Int128] = [:]
        for (item, count) in counts where count > 0 {
            tokens[Meter(tier: tier, item: item, isLong: isLong)] = Int128(count)
        }
        return tokens
    }

    private static func isUnread(_ record: CallRecord) -> Bool {
        guard record.usage.isEmpty, record.endpoint.name != "moderations" else { return false }
        switch record.usageState {
        case .null, .missing, .cut, .unparsable: return record.status.map { $0 < 400 } ?? true
        default: return false
        }
    }
}

extension OurCell {
    static func += (left: inout OurCell, right: OurCell) {
        left.calls.merge(right.calls, uniquingKeysWith: +)
        left.unread += right.unread
        left.unpriced.merge(right.unpriced, uniquingKeysWith: +)
        left.meters.merge(right.meters) { Sum(tokens: $0.tokens + $1.tokens, picoUSD: $0.picoUSD + $1.picoUSD) }
        left.unitPicoUSD += right.unitPicoUSD
        left.boundaryCalls += right.boundaryCalls
        left.boundary.merge(right.boundary, uniquingKeysWith: +)
    }
}

extension PriceExplanation.Line {
    /// True if the price is that of long context.
    var isLongContext: Bool { modifiers.contains { $0.name == "long_context" } }
}

extension ProviderKind {
    /// The kind in which the provider counts the calls of an endpoint.
    init(endpoint: String) {
        switch endpoint {
        case "embeddings": self = .embeddings
        case "moderations": self = .moderations
        case _ where endpoint.hasPrefix("images"): self = .images
        case "audio.speech": self = .speeches
        case _ where endpoint.hasPrefix("audio."): self = .transcriptions
        default: self = .completions
        }
    }

    /// True if the provider's usage has no tokens of the kind, so that they are those of the costs.
    var hasTokensInCosts: Bool { self == .images || self == .speeches || self == .transcriptions }
}
