import OpenAIUsage

/// Decodes records from rows of the schemas 1 to 3.
struct LegacyCallDecoder {
    private let names: LegacyLabels
    private let endpoints = ParsedTexts { text in
        let mark = text.firstIndex(of: " ") ?? text.startIndex
        return Endpoint(method: String(text[..<mark]), path: String(text[text.index(after: mark)...]))
    }
    private let keys = ParsedTexts { KeyFingerprint(stored: $0) }
    private let tags = ParsedTexts { CompactJSON.tags($0) }
    private let dictionaries = ParsedTexts { CompactJSON.dictionary($0) }
    private let diagnostics = ParsedTexts { CompactJSON.texts($0) }

    /// Creates a decoder with the labels of a ledger.
    init(_ names: LegacyLabels) {
        self.names = names
    }

    /// Decodes the current row of a statement.
    func record(_ source: StatementRow) -> CallRecord {
        var row = source
        let id = CallID(rawValue: row.integer() ?? 0)
        let startedAt = row.integer() ?? 0
        let attempt = Int(row.integer() ?? 0)
        let operationID = row.text()
        let source = row.text().flatMap(CallSource.init(rawValue:)) ?? .library
        let client = row.label(names)
        let method = row.label(names) ?? ""
        let host = row.label(names) ?? ""
        let path = row.label(names) ?? ""
        var record = CallRecord(
            id: id,
            operationID: operationID,
            startedAt: startedAt,
            source: source,
            method: method,
            host: host,
            path: path,
            endpoint: endpoints["\(method) \(path)"]
        )
        record.attempt = attempt
        record.client = client
        // The stored name takes precedence: the catalog may have changed since.
        if let endpoint = row.label(names), endpoint != record.endpoint.name {
            record.endpoint = Endpoint(named: endpoint)
        }
        record.isStream = row.integer() == 1
        record.organization = row.label(names)
        record.project = row.label(names) ?? "default"
        record.requestedOrganization = row.label(names)
        record.requestedProject = row.label(names)
        record.key = row.label(names).flatMap { keys[$0] }
        record.tags = row.label(names).map { tags[$0] } ?? UsageTags()
        record.requestModel = row.label(names)
        record.model = row.label(names)
        record.requestedServiceTier = row.label(names)
        record.serviceTier = row.label(names)
        record.backgroundWindow = row.label(names)
        record.status = row.integer().map { Int($0) }
        record.outcome = row.text().flatMap(Outcome.init(rawValue:)) ?? .interrupted
        record.finish = row.label(names)
        record.errorType = row.label(names)
        record.errorCode = row.label(names)
        record.requestID = row.text()
        record.clientRequestID = row.text()
        record.responseID = row.text()
        readUsage(of: &record, from: &row)
        record.timing.durationMicroseconds = row.integer()
        record.timing.timeToHeadersMicroseconds = row.integer()
        record.timing.timeToFirstTokenMicroseconds = row.integer()
        record.timing.processingMicroseconds = row.integer()
        record.timing.gatewayMicroseconds = row.integer()
        record.rateLimits = row.text().map(RateLimitText.limits(_:))
        record.retryAfterMilliseconds = row.integer()
        record.isCounted = row.integer() != 0
        record.objectCreatedAtMicroseconds = row.integer()
        record.objectAlias = row.text()
        record.requestOptions = row.label(names).map { dictionaries[$0] } ?? [:]
        record.traceID = row.text()
        record.edgeRequestID = row.text()
        record.diagnostics = row.label(names).map { diagnostics[$0] } ?? [:]
        record.timing.upstreamServiceMicroseconds = row.integer()
        record.requestBytes = row.integer()
        record.maximumOutputTokens = row.integer()
        record.cost.upperBoundPicoUSD = row.integer()
        return record
    }

    private func readUsage(of record: inout CallRecord, from row: inout StatementRow) {
        record.usageState = row.text().flatMap(UsageState.init(rawValue:)) ?? .missing
        record.usageSource = row.label(names)
        for counter in TokenCounter.allCases {
            if let value = row.integer() { record.usage[counter] = value }
        }
        // The buckets are derived from the counters, and need not be read.
        row.skip(12)
        record.rawUsage = row.text()
        record.units = row.text().map { dictionaries[$0] } ?? [:]
        record.toolCalls = row.text().map { dictionaries[$0] }?.compactMapValues { Int64($0) } ?? [:]
        record.providerCost = row.text()
        record.cost.picoUSD = row.integer()
        record.cost.status = row.text().flatMap(CostStatus.init(rawValue:)) ?? .none
        record.cost.reason = row.label(names).map(CostReason.init(rawValue:))
        record.cost.priceVersion = row.label(names)
    }
}

/// A cache of parsed texts, since the same texts are in many rows.
private final class ParsedTexts<Value> {
    /// The most texts in the cache.
    private static var limit: Int { 4_096 }

    private var known: [String: Value] = [:]
    private let parse: (String) -> Value

    init(_ parse: @escaping (String) -> Value) {
        self.parse = parse
    }

    subscript(text: String) -> Value {
        if let value = known[text] { return value }
        let value = parse(text)
        if known.count < Self.limit { known[text] = value }
        return value
    }
}
