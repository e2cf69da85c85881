/// The values that a result of usage is grouped by; those not asked for are `nil`.
struct UsageGroup: Hashable, Comparable {
    var project: String?
    var keyID: String?
    var model: String?
    var tier: String?
    var isBatch: Bool?

    init(_ call: BilledCall, _ groups: Set<String>) {
        project = groups.contains("project_id") ? call.project : nil
        keyID = groups.contains("api_key_id") ? call.keyID : nil
        model = groups.contains("model") ? call.model : nil
        let isBatch = call.tier == "batch"
        tier = groups.contains("service_tier") ? (isBatch ? "default" : call.tier) : nil
        self.isBatch = groups.contains("batch") ? isBatch : nil
    }

    private var order: [String] {
        [project, keyID, model, tier].map { $0 ?? "" } + [isBatch == true ? "1" : "0"]
    }

    static func < (left: UsageGroup, right: UsageGroup) -> Bool {
        left.order.lexicographicallyPrecedes(right.order)
    }
}

/// The sums of a result of usage.
struct UsageSum {
    private var requests = 0
    private var input = 0
    private var cached = 0
    private var written = 0
    private var output = 0
    private var searches = 0

    mutating func add(_ call: BilledCall) {
        requests += 1
        input += call.inputTokens
        cached += call.cachedTokens
        written += call.cacheWriteTokens
        output += call.outputTokens
        searches += call.searches
    }

    /// Writes the members of a result.
    func write(_ kind: String, _ group: UsageGroup, to writer: inout JSONWriter) {
        writer.member("object", "organization.usage.\(kind).result")
        if kind == "web_search_calls" {
            writer.member("num_requests", searches)
            writer.member("context_level", nil)
        } else {
            writer.member("input_tokens", input)
        }
        if kind == "completions" {
            let uncached = max(0, input - cached - written)
            writer.member("input_cached_tokens", cached)
            writer.member("input_uncached_tokens", uncached)
            writer.member("input_cache_write_tokens", written)
            writer.member("input_cache_write_30m_tokens", written)
            writer.member("input_cache_write_12h_tokens", 0)
            writer.member("output_tokens", output)
            writer.member("input_text_tokens", uncached)
            writer.member("input_cached_text_tokens", cached)
            writer.member("output_text_tokens", output)
            for name: StaticString in [
                "input_audio_tokens", "input_cached_audio_tokens", "output_audio_tokens", "input_image_tokens",
                "input_cached_image_tokens", "output_image_tokens",
            ] { writer.member(name, 0) }
        }
        writer.member("num_model_requests", requests)
        writer.member("project_id", group.project)
        writer.member("user_id", nil)
        writer.member("api_key_id", group.keyID)
        writer.member("model", group.model)
        if let isBatch = group.isBatch {
            writer.member("batch", json: isBatch ? "true" : "false")
        } else {
            writer.member("batch", json: "null")
        }
        writer.member("service_tier", group.tier)
        writer.member("api_source", nil)
    }
}

/// The values that a result of costs is grouped by; those not asked for are `nil`.
struct CostGroup: Hashable, Comparable {
    var project: String?
    var item: String?
    var keyID: String?
    var unit: String

    init(_ call: BilledCall, _ line: BilledLine, _ groups: Set<String>) {
        project = groups.contains("project_id") ? call.project : nil
        item = groups.contains("line_item") ? line.item : nil
        keyID = groups.contains("api_key_id") ? call.keyID : nil
        unit = groups.contains("line_item") ? line.unit : ""
    }

    private var order: [String] { [project ?? "", item ?? "", keyID ?? "", unit] }

    static func < (left: CostGroup, right: CostGroup) -> Bool { left.order.lexicographicallyPrecedes(right.order) }
}

/// The sum of a result of costs.
struct CostSum {
    private var picoUSD: Int128 = 0
    private var quantity = 0

    mutating func add(_ line: BilledLine) {
        picoUSD += Int128(line.picoUSD)
        quantity += line.quantity
    }

    /// Writes the members of a result; the amount has the noise of a binary number, as that of the real service.
    func write(_ group: CostGroup, decimals: Int?, to writer: inout JSONWriter) {
        writer.member("object", "organization.costs.result")
        writer.object("amount") { writer in
            writer.member("value", value: .number(Self.text(picoUSD, decimals)))
            writer.member("currency", "usd")
        }
        writer.member("line_item", group.item)
        if group.unit.isEmpty {
            writer.member("quantity", json: "null")
            writer.member("quantity_unit", nil)
        } else {
            writer.member("quantity", quantity)
            writer.member("quantity_unit", group.unit)
        }
        writer.member("project_id", group.project)
        writer.member("api_key_id", group.keyID)
        writer.member("user_id", nil)
        writer.member("organization_id", "org-simulated")
    }

    private static func text(_ picoUSD: Int128, _ decimals: Int?) -> String {
        guard let decimals else { return "\(Double(picoUSD) / 1e12)" }
        let unit = (decimals..<12).reduce(Int128(1)) { unit, _ in unit * 10 }
        let rounded = (picoUSD + unit / 2) / unit
        var digits = "\(rounded)"
        while digits.count <= decimals { digits = "0" + digits }
        guard decimals > 0 else { return digits }
        return "\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
    }
}
