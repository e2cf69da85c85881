import OpenAIUsage
import OpenAIUsageLedger

/// A column of a list of calls.
struct CallColumn: Sendable {
    /// The name in `--columns` and, in capitals, in headings.
    let name: String
    /// The name in CSV, which is that of the JSON.
    let key: String
    /// The order in which columns are left out of a narrow table, the highest first; 0 for one that stays.
    private(set) var priority = 0
    private(set) var isNumeric = false
    private(set) var style = Table.Style.none
    /// The value for people, if it differs from that for programs.
    private var readable: (@Sendable (CallRecord, Context) -> String?)?
    /// The value for programs; `nil` if it is unknown.
    let plain: @Sendable (CallRecord) -> String?

    /// The circumstances of values for people: time zone and scales.
    struct Context: Sendable {
        var times: LocalTimeText
        /// The scale of the column of costs; `nil` if each has its own.
        var costs: MoneyScale?
        /// The scale of the column of costs in another currency.
        var amounts: MoneyScale?

        fileprivate static func text(_ amount: Int128?, _ scale: MoneyScale?, sign: String = "$") -> String {
            (scale ?? MoneyScale([amount])).text(amount, sign: sign)
        }
    }

    private init(_ name: String, _ key: String, _ plain: @escaping @Sendable (CallRecord) -> String?) {
        self.name = name
        self.key = key
        self.plain = plain
    }

    /// Returns the value for people.
    func text(_ record: CallRecord, _ context: Context) -> String {
        (readable == nil ? plain(record) : readable?(record, context)) ?? "-"
    }

    /// The columns of the table for people.
    static let standard = [
        "time", "project", "endpoint", "model", "status", "outcome", "input", "output", "cost", "duration",
        "request-id",
    ]

    /// Returns the column with a name of either kind, also `tag:NAME`; `nil` if there is none.
    static func named(_ name: String) -> CallColumn? {
        if name.hasPrefix("tag:"), name.utf8.count > 4 {
            let tag = String(name.dropFirst(4))
            return CallColumn(name, name) { $0.tags[tag] }.leftOut(55)
        }
        return all.first { $0.name == name || $0.key == name }
    }

    /// All columns except those of tags, in the order of CSV.
    static let all: [CallColumn] = first + result + request + measures + counters + details

    /// Returns the column of costs in another currency.
    static func cost(_ rates: CurrencyRates) -> CallColumn {
        CallColumn("cost-\(rates.code.lowercased())", rates.key) { record in
            rates.amount(picoUSD: record.cost.picoUSD, at: record.startedAtMicroseconds).map(CurrencyRates.text)
        }
        .shown { record, context in
            let amount = rates.amount(picoUSD: record.cost.picoUSD, at: record.startedAtMicroseconds)
            return Context.text(amount.map(CurrencyRates.pico), context.amounts, sign: "")
        }.numeric.leftOut(10)
    }

    // MARK: - Columns

    private static let first: [CallColumn] = [
        CallColumn("id", "id") { $0.id.description },
        CallColumn("operation-id", "operation_id") { $0.operationID }.leftOut(90),
        CallColumn("attempt", "attempt") { String($0.attempt) }.leftOut(60).numeric,
        CallColumn("time", "started_at") { TimestampText.utc($0.startedAtMicroseconds) }
            .shown { $1.times.column($0.startedAtMicroseconds) },
        CallColumn("project", "project") { $0.project }.leftOut(7),
        CallColumn("organization", "organization") { $0.organization }.leftOut(80),
        CallColumn("endpoint", "endpoint") { $0.endpoint.name }.leftOut(30),
        CallColumn("requested-model", "request_model") { $0.requestModel }.leftOut(50),
        CallColumn("model", "model") { $0.model }.leftOut(6),
        CallColumn("tier", "service_tier") { $0.serviceTier }.leftOut(70),
    ]

    private static let result: [CallColumn] = [
        CallColumn("status", "status") { $0.status.map { String($0) } }.styled(.status),
        CallColumn("outcome", "outcome") { $0.outcome.rawValue }.styled(.outcome).leftOut(20),
        CallColumn("error-type", "error_type") { $0.errorType }.leftOut(61),
        CallColumn("error", "error_code") { $0.errorCode }.shown { record, _ in record.errorCode ?? record.errorType }
            .leftOut(12),
        tokens("input", .inputTokens, 40), tokens("cached", .cachedInputTokens, 62),
        tokens("output", .outputTokens, 41), tokens("reasoning", .reasoningTokens, 63),
        CallColumn("cost", "cost_usd") { $0.cost.picoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) } }
            .shown { Context.text($0.cost.picoUSD.map { Int128($0) }, $1.costs) }.numeric
            .leftOut(8),
        CallColumn("cost-status", "cost_status") { $0.cost.status.rawValue }.leftOut(64),
        time("duration", "duration_ms", 9) { $0.durationMicroseconds },
        time("openai", "processing_ms", 65) { $0.processingMicroseconds },
        time("first-token", "time_to_first_token_ms", 66) { $0.timeToFirstTokenMicroseconds },
        CallColumn("request-id", "request_id") { $0.requestID }.leftOut(45),
        CallColumn("response-id", "response_id") { $0.responseID }.leftOut(91),
        CallColumn("client-request-id", "client_request_id") { $0.clientRequestID }.leftOut(92),
        CallColumn("key", "key") { $0.key?.description }.leftOut(67),
        CallColumn("usage-state", "usage_state") { $0.usageState.rawValue }.leftOut(68),
        CallColumn("cost-reason", "cost_reason") { $0.cost.reason?.rawValue }.leftOut(69),
        CallColumn("cost-bound", "cost_upper_bound_usd") {
            $0.cost.upperBoundPicoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) }
        }.numeric.leftOut(71),
    ]

    private static let request: [CallColumn] = [
        CallColumn("source", "source") { $0.source.rawValue }.leftOut(72),
        CallColumn("client", "client") { $0.client }.leftOut(73),
        CallColumn("method", "method") { $0.method }.leftOut(74),
        CallColumn("host", "host") { $0.host }.leftOut(75),
        CallColumn("path", "path") { $0.path }.leftOut(76),
        CallColumn("stream", "stream") { $0.isStream ? "true" : "false" }.leftOut(77),
        CallColumn("requested-organization", "requested_organization") { $0.requestedOrganization }.leftOut(81),
        CallColumn("requested-project", "requested_project") { $0.requestedProject }.leftOut(82),
        CallColumn("requested-tier", "requested_service_tier") { $0.requestedServiceTier }.leftOut(83),
        CallColumn("background-window", "background_window") { $0.backgroundWindow }.leftOut(84),
        number("request-bytes", "request_bytes", 85) { $0.requestBytes },
        number("max-output", "max_output_tokens", 86) { $0.maximumOutputTokens },
        CallColumn("finish", "finish") { $0.finish }.leftOut(87),
        CallColumn("edge-request-id", "edge_request_id") { $0.edgeRequestID }.leftOut(93),
        CallColumn("trace-id", "trace_id") { $0.traceID }.leftOut(94),
    ]

    private static let measures: [CallColumn] = [
        time("headers", "time_to_headers_ms", 88) { $0.timeToHeadersMicroseconds },
        time("upstream", "upstream_service_ms", 89) { $0.upstreamServiceMicroseconds },
        time("gateway", "gateway_ms", 95) { $0.gatewayMicroseconds },
    ]

    private static let counters: [CallColumn] = TokenCounter.allCases
        .filter { ![.inputTokens, .cachedInputTokens, .outputTokens, .reasoningTokens].contains($0) }
        .map { tokens($0.name.replacing("_", with: "-"), $0, 97) }

    private static let details: [CallColumn] = [
        CallColumn("counted", "counted") { $0.isCounted ? "true" : "false" }.leftOut(98),
        CallColumn("usage-source", "usage_source") { $0.usageSource }.leftOut(98),
        CallColumn("units", "units") { CompactJSON.object($0.units) }.leftOut(99),
        CallColumn("tool-calls", "tool_calls") { CompactJSON.object($0.toolCalls.mapValues { String($0) }) }.leftOut(
            99
        ),
        CallColumn("price-version", "price_version") { $0.cost.priceVersion }.leftOut(99),
        CallColumn("provider-cost", "provider_cost") { $0.providerCost }.numeric.leftOut(99),
        CallColumn("retry-after", "retry_after_ms") { $0.retryAfterMilliseconds.map { String($0) } }.numeric.leftOut(
            99
        ),
        CallColumn("tags", "tags") { CompactJSON.object($0.tags) }.leftOut(56),
        CallColumn("request-options", "request_options") { CompactJSON.object($0.requestOptions) }.leftOut(99),
        CallColumn("diagnostics", "diagnostics") { CompactJSON.object(texts: $0.diagnostics) }.leftOut(99),
        CallColumn("usage", "usage") { $0.rawUsage.flatMap(CompactJSON.compacted(_:)) }.leftOut(99),
        CallColumn("rate-limit", "rate_limit") { $0.rateLimits.map(rateLimits) }.leftOut(99),
    ]

    private static func rateLimits(_ limits: RateLimits) -> String {
        var json = JSONWriter()
        limits.write(to: &json)
        return json.text
    }

    // MARK: - Kinds

    private static func tokens(_ name: String, _ counter: TokenCounter, _ priority: Int) -> CallColumn {
        number(name, counter.name, priority) { $0.usage[counter] }
    }

    private static func number(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ value: @escaping @Sendable (CallRecord) -> Int64?
    ) -> CallColumn {
        CallColumn(name, key) { value($0).map { String($0) } }
            .shown { record, _ in value(record).map { NumberFormat.count($0) } }.numeric.leftOut(priority)
    }

    private static func time(
        _ name: String,
        _ key: String,
        _ priority: Int,
        _ value: @escaping @Sendable (CallTiming) -> Int64?
    ) -> CallColumn {
        CallColumn(name, key) { value($0.timing).map { DecimalText.milliseconds(microseconds: $0) } }
            .shown { record, _ in value(record.timing).map { NumberFormat.time(microseconds: $0) } }.numeric
            .leftOut(priority)
    }

    private func leftOut(_ priority: Int) -> CallColumn {
        var column = self
        column.priority = priority
        return column
    }

    private var numeric: CallColumn {
        var column = self
        column.isNumeric = true
        return column
    }

    private func styled(_ style: Table.Style) -> CallColumn {
        var column = self
        column.style = style
        return column
    }

    private func shown(_ readable: @escaping @Sendable (CallRecord, Context) -> String?) -> CallColumn {
        var column = self
        column.readable = readable
        return column
    }
}
