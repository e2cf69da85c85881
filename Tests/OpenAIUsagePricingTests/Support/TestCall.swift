import OpenAIUsage

/// A record of a call as the tests need it: completed, answered with 200, on 2026-11-23 unless told otherwise.
struct TestCall {
    var model: String? = "gpt-6.1-sol"
    var requestModel: String?
    var tier: String?
    var requestedTier: String?
    var host = "api.openai.com"
    var endpoint = "responses"
    /// The family; `nil` for that of the endpoint's name, or of responses for a name that the catalog does not hold.
    var family: (any EndpointFamily)?
    var day = "2026-11-23"
    var window: String?
    var usage: [TokenCounter: Int64] = [:]
    var units: [String: String] = [:]
    var toolCalls: [String: Int64] = [:]
    var providerCost: String?
    var state: UsageState?
    var status: Int? = 200
    var outcome = Outcome.completed
    var requestBytes: Int64?
    var maximumOutputTokens: Int64?
    var requestOptions: [String: String] = [:]
    var diagnostics: [String: String] = [:]

    var record: CallRecord {
        var record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: Self.microseconds(day),
            source: .library,
            method: "POST",
            host: host,
            path: "/v1/test"
        )
        let named = Endpoint(named: endpoint).family
        record.endpoint = Endpoint(name: endpoint, family: family ?? (named.isUnknown ? ResponsesFamily() : named))
        record.model = model
        record.requestModel = requestModel
        record.serviceTier = tier
        record.requestedServiceTier = requestedTier
        record.backgroundWindow = window
        for (counter, value) in usage { record.usage[counter] = value }
        record.units = units
        record.toolCalls = toolCalls
        record.providerCost = providerCost
        record.usageState = state ?? (usage.isEmpty ? .missing : .reported)
        record.status = status
        record.outcome = outcome
        record.requestBytes = requestBytes
        record.maximumOutputTokens = maximumOutputTokens
        record.requestOptions = requestOptions
        record.diagnostics = diagnostics
        return record
    }

    /// Noon of a day, counted by the length of the months rather than by the formula under test.
    static func microseconds(_ day: String) -> Int64 {
        let parts = day.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 3 else { return 0 }
        func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        var days: Int64 = 0
        for year in 1970..<max(1970, parts[0]) { days += isLeap(year) ? 366 : 365 }
        let lengths: [Int64] = [31, isLeap(parts[0]) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for length in lengths.prefix(Int(parts[1]) - 1) { days += length }
        return ((days + parts[2] - 1) * 24 + 12) * 3_600_000_000
    }
}
