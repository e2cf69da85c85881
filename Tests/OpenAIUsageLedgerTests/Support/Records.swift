import OpenAIUsage
import OpenAIUsageTestSupport

/// Makers of records.
enum Records {
    /// The Monday 2026-11-23T00:00:00Z.
    static let start: Int64 = 1_795_392_000_000_000

    /// A plain finished call.
    static func plain(_ number: Int, at startedAt: Int64? = nil, project: String = "default") -> CallRecord {
        let startedAt = startedAt ?? start + Int64(number) * 1_000
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff)),
            startedAt: startedAt,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.project = project
        record.outcome = .completed
        record.status = 200
        record.usageState = .reported
        record.requestID = "req_\(number)"
        record.usage[.inputTokens] = 100
        record.usage[.outputTokens] = 10
        record.cost = CallCost(picoUSD: 1_000_000, status: .exact, priceVersion: "2026-11-23")
        record.timing.durationMicroseconds = Int64(number) * 1_000
        return record
    }

    /// A call in which everything is made up.
    static func random(_ number: Int, _ generator: inout SplitMix64) -> CallRecord {
        let startedAt = start + Int64.random(in: 0..<86_400_000_000, using: &generator)
        let method = ["GET", "POST", "DELETE", "M\u{0}D"].randomElement(using: &generator) ?? "GET"
        let path = ["/v1/responses", "/v1/chat/completions", "/x", text(&generator)].randomElement(using: &generator)
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff)),
            startedAt: startedAt,
            source: CallSource.allCases.randomElement(using: &generator) ?? .gateway,
            method: method,
            host: text(&generator),
            path: path ?? "/"
        )
        if generator.chance(30) { record.operationID = text(&generator) }
        record.attempt = Int.random(in: 0..<5, using: &generator)
        record.client = optional(&generator)
        if generator.chance(20) { record.endpoint = Endpoint(name: text(&generator), family: UnknownFamily()) }
        record.isStream = generator.chance(50)
        record.organization = optional(&generator)
        record.project = text(&generator)
        record.requestedOrganization = optional(&generator)
        record.requestedProject = optional(&generator)
        if generator.chance(70) {
            let digest = UInt64.random(in: 0...(generator.chance(50) ? .max : 0xffff_ffff_ffff), using: &generator)
            record.key = KeyFingerprint(hint: "sk-\(text(&generator))...abcd", digest: digest)
        }
        for _ in 0..<Int.random(in: 0..<4, using: &generator) {
            record.tags["k" + text(&generator)] = text(&generator)
        }
        record.requestModel = optional(&generator)
        record.model = optional(&generator)
        record.requestedServiceTier = optional(&generator)
        record.serviceTier = optional(&generator)
        record.backgroundWindow = optional(&generator)
        record.status = generator.chance(80) ? Int.random(in: 100..<600, using: &generator) : nil
        record.outcome = Outcome.allCases.filter { $0 != .open }.randomElement(using: &generator) ?? .completed
        record.finish = optional(&generator)
        record.errorType = optional(&generator)
        record.errorCode = optional(&generator)
        record.requestID = optional(&generator)
        record.clientRequestID = optional(&generator)
        record.responseID = optional(&generator)
        record.isCounted = generator.chance(80)
        record.objectCreatedAtMicroseconds = Self.number(&generator)
        record.objectAlias = optional(&generator)
        if generator.chance(40) {
            record.requestOptions = ["n": "\(Int.random(in: 1..<9, using: &generator))", "background": "true"]
        }
        record.traceID = optional(&generator)
        record.edgeRequestID = optional(&generator)
        if generator.chance(40) { record.diagnostics = ["via": text(&generator), "x-should-retry": "true"] }
        addUsage(to: &record, &generator)
        addTimes(to: &record, &generator)
        return record
    }

    private static func addUsage(to record: inout CallRecord, _ generator: inout SplitMix64) {
        record.usageState = UsageState.allCases.randomElement(using: &generator) ?? .reported
        record.usageSource = optional(&generator)
        for counter in TokenCounter.allCases where generator.chance(40) {
            record.usage[counter] = generator.chance(10) ? 0 : Int64.random(in: 0...1_000_000_000, using: &generator)
        }
        record.rawUsage = generator.chance(60) ? #"{"prompt_tokens": 1,  "x":[1.50,null]}"# : nil
        if generator.chance(30) { record.units = ["images": "3", "seconds": "12.50", text(&generator): "null"] }
        if generator.chance(30) { record.toolCalls = ["web_search": 2, text(&generator): .max] }
        record.requestBytes = number(&generator)
        record.maximumOutputTokens = number(&generator)
        record.cost.upperBoundPicoUSD = number(&generator)
        record.providerCost = generator.chance(20) ? "0.00012" : nil
        record.cost.picoUSD = generator.chance(70) ? Int64.random(in: .min ... .max, using: &generator) : nil
        record.cost.status = CostStatus.allCases.randomElement(using: &generator) ?? .none
        record.cost.reason = optional(&generator).map(CostReason.init(rawValue:))
        record.cost.priceVersion = optional(&generator)
    }

    private static func addTimes(to record: inout CallRecord, _ generator: inout SplitMix64) {
        record.timing.durationMicroseconds = number(&generator)
        record.timing.timeToHeadersMicroseconds = number(&generator)
        record.timing.timeToFirstTokenMicroseconds = number(&generator)
        record.timing.processingMicroseconds = number(&generator)
        record.timing.upstreamServiceMicroseconds = number(&generator)
        record.timing.gatewayMicroseconds = number(&generator)
        record.retryAfterMilliseconds = number(&generator)
        guard generator.chance(50) else { return }
        var limits = RateLimits()
        for _ in 0..<Int.random(in: 0..<4, using: &generator) {
            limits[text(&generator)] = RateLimits.Window(
                limit: number(&generator),
                remaining: number(&generator),
                resetMicroseconds: number(&generator)
            )
        }
        record.rateLimits = limits
    }

    private static func number(_ generator: inout SplitMix64) -> Int64? {
        guard generator.chance(80) else { return nil }
        return generator.chance(5) ? .max : Int64.random(in: 0..<10_000_000_000, using: &generator)
    }

    private static func optional(_ generator: inout SplitMix64) -> String? {
        generator.chance(75) ? text(&generator) : nil
    }

    /// Text from few to many different values, with everything that is awkward in SQL, C and JSON.
    private static func text(_ generator: inout SplitMix64) -> String {
        let awkward = ["", "'", "\"", "a\u{0}b", "é😀", "\\n\n", " x ", "#", "\u{7f}", "{\"a\":1}", "null", "12"]
        if generator.chance(30) { return awkward.randomElement(using: &generator) ?? "" }
        return "v\(Int.random(in: 0..<200, using: &generator))"
    }
}
