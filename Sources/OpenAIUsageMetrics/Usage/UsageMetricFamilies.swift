/// The metric families that calls update, with their registry identifiers.
struct UsageMetricFamilies: Sendable {
    /// The label names that attribute usage.
    static let callLabels = ["project", "model", "operation"]

    let calls: MetricFamilyID
    let callErrors: MetricFamilyID
    let callDuration: MetricFamilyID
    let upstreamProcessing: MetricFamilyID
    let upstreamOverhead: MetricFamilyID
    let gatewayOverhead: MetricFamilyID
    let timeToFirstToken: MetricFamilyID
    let timePerOutputToken: MetricFamilyID
    /// The families of ``TokenFamily``, in its order.
    let tokens: [MetricFamilyID]
    let inputTokensPerCall: MetricFamilyID
    let outputTokensPerCall: MetricFamilyID
    let units: MetricFamilyID
    let toolCalls: MetricFamilyID
    let cost: MetricFamilyID
    let serviceTierCost: MetricFamilyID
    let cacheSavings: MetricFamilyID
    let requestedModelCalls: MetricFamilyID
    /// The cost by key; `nil` unless it is opted into.
    let keyCost: MetricFamilyID?
    /// The cost by tag; `nil` unless it is opted into.
    let tagCost: MetricFamilyID?
    /// The families by OpenTelemetry's names; `nil` unless they are opted into.
    let genAI: GenAIFamilies?
    let unpricedCalls: MetricFamilyID
    let callsWithoutUsage: MetricFamilyID
    let callsInFlight: MetricFamilyID
    let clientRetries: MetricFamilyID
    let clientDisconnects: MetricFamilyID
    let upstreamRetries: MetricFamilyID
    let includeUsageNotAsked: MetricFamilyID
    let gatewayEvents: MetricFamilyID
    let gatewayLimits: MetricFamilyID
    let gatewayWaitingCalls: MetricFamilyID
    let gatewayConnections: MetricFamilyID
    let gatewayCallsAfterDisconnect: MetricFamilyID
    let rateLimitHeadroom: MetricFamilyID
    let labelOverflow: MetricFamilyID
    let buildInfo: MetricFamilyID
    let priceBookUpdated: MetricFamilyID
    let ledgerWriteDuration: MetricFamilyID
    let configReloads: MetricFamilyID
    let configLastReload: MetricFamilyID
    let configLastSuccess: MetricFamilyID
    let scrapes: MetricFamilyID
    let scrapeDuration: MetricFamilyID
    let series: MetricFamilyID

    init(_ registry: MetricsRegistry, _ limits: MetricsLimits = MetricsLimits()) {
        let call = Self.callLabels
        let served = ["model", "operation"]
        func counter(_ name: String, unit: String? = nil, _ labels: [String], _ help: String) -> MetricFamilyID {
            registry.register(.counter("oai_usage_" + name, unit: unit, labels: labels, help: help))
        }
        func gauge(_ name: String, unit: String? = nil, _ labels: [String], _ help: String) -> MetricFamilyID {
            registry.register(.gauge("oai_usage_" + name, unit: unit, labels: labels, help: help))
        }
        func histogram(
            _ name: String,
            unit: String? = "seconds",
            _ labels: [String],
            _ buckets: [Double],
            _ help: String
        ) -> MetricFamilyID {
            registry.register(
                .histogram("oai_usage_" + name, unit: unit, labels: labels, buckets: buckets, help: help)
            )
        }
        calls = counter(
            "calls",
            call + ["code"],
            "Calls that have ended, by HTTP status; code 0 means that there was no response."
        )
        callErrors = counter(
            "call_errors",
            call + ["error"],
            "Calls that have failed, by the kind of error; clients that disconnected are counted on their own."
        )
        callDuration = histogram(
            "call_duration_seconds",
            served + ["stream", "outcome"],
            BucketBounds.durations,
            "Time from the start of a call to its end, or until its client disconnected."
        )
        upstreamProcessing = histogram(
            "upstream_processing_seconds",
            served,
            BucketBounds.durations,
            "The provider's own figure of its time (openai-processing-ms); on streams it ends with the first bytes."
        )
        upstreamOverhead = histogram(
            "upstream_overhead_seconds",
            ["operation"],
            BucketBounds.upstreamOverheads,
            "Time to the response's headers minus the provider's own figure: the network and the provider's front."
        )
        gatewayOverhead = histogram(
            "gateway_overhead_seconds",
            [],
            BucketBounds.gatewayOverheads,
            "Time that the gateway itself added to a call."
        )
        timeToFirstToken = histogram(
            "time_to_first_token_seconds",
            served,
            BucketBounds.durations,
            "Time from the start of a streamed call to its first content."
        )
        timePerOutputToken = histogram(
            "time_per_output_token_seconds",
            served,
            BucketBounds.outputTokenTimes,
            "Time of a completed stream after its first content, per further output token; one observation a call."
        )
        tokens = TokenFamily.allCases.map { counter($0.name, unit: "tokens", call, $0.help) }
        inputTokensPerCall = histogram(
            "input_tokens_per_call",
            unit: nil,
            served,
            BucketBounds.tokens,
            "Input tokens of a call; one observation a call with usage."
        )
        outputTokensPerCall = histogram(
            "output_tokens_per_call",
            unit: nil,
            served,
            BucketBounds.tokens,
            "Output tokens of a call; one observation a call with usage."
        )
        units = counter(
            "units",
            ["project", "model", "unit"],
            "Billed units beside tokens, such as images or seconds."
        )
        toolCalls = counter("tool_calls", ["project", "model", "tool"], "Calls of the provider's tools, by tool.")
        let restart = " Starts at 0 with the process; the ledger does not."
        cost = counter(
            "cost_usd",
            unit: "usd",
            call,
            "Cost of the calls in US dollars by the price book, an estimate of the invoice." + restart
        )
        serviceTierCost = counter(
            "service_tier_cost_usd",
            unit: "usd",
            ["project", "service_tier"],
            "Cost of the calls by the service tier that served them; the same dollars as cost_usd."
        )
        cacheSavings = counter(
            "cache_savings_usd",
            unit: "usd",
            ["project", "model"],
            "What input read from the cache would have cost more without it, by the price book."
        )
        requestedModelCalls = counter(
            "requested_model_calls",
            ["requested_model", "model"],
            "Successful calls by the model that was requested and the one that served them."
        )
        keyCost =
            limits.includesKeys
            ? counter("key_cost_usd", unit: "usd", ["project", "key"], "Cost of the calls by their masked key.") : nil
        tagCost =
            limits.tags.isEmpty
            ? nil : counter("tag_cost_usd", unit: "usd", ["tag", "value"], "Cost of the calls by the chosen tags.")
        genAI = limits.includesGenAI ? GenAIFamilies(registry) : nil
        unpricedCalls = counter(
            "unpriced_calls",
            ["model", "reason"],
            "Calls whose cost is not known, or only in part, by the reason."
        )
        callsWithoutUsage = counter(
            "calls_without_usage",
            ["operation", "reason"],
            "Calls whose usage is missing although expected, also those without an answer."
        )
        callsInFlight = gauge("calls_in_flight", ["operation"], "Calls whose client waits for the end.")
        clientRetries = counter("client_retries", ["operation"], "Calls that the client repeated on its own.")
        clientDisconnects = counter(
            "client_disconnects",
            ["operation"],
            "Calls whose client went away before it had the whole response, counted when it left."
        )
        upstreamRetries = counter(
            "upstream_retries",
            ["reason"],
            "Requests that the gateway sent to the upstream once more."
        )
        includeUsageNotAsked = counter(
            "include_usage_not_asked",
            ["reason"],
            "Streams without usage that went to the upstream as their client wrote them, by reason."
        )
        gatewayEvents = counter(
            "gateway_events",
            ["event"],
            "What happened on the gateway's connections beside calls, by event."
        )
        gatewayLimits = counter(
            "gateway_limits_reached",
            ["limit"],
            "How often a limit of the gateway was reached, by the name of its setting."
        )
        gatewayWaitingCalls = gauge(
            "gateway_waiting_calls",
            [],
            "Calls that wait for a connection to the upstream, because as many are open as may be."
        )
        gatewayConnections = gauge("gateway_client_connections", [], "Connections of clients that are open.")
        gatewayCallsAfterDisconnect = gauge(
            "gateway_calls_after_disconnect",
            [],
            "Calls whose client has left, and whose response is read on for its usage."
        )
        rateLimitHeadroom = histogram(
            "rate_limit_headroom_ratio",
            unit: "ratio",
            ["model", "resource"],
            BucketBounds.headrooms,
            "What was left of a rate limit, as a share of it, in every response that told."
        )
        labelOverflow = counter(
            "label_overflow",
            ["label"],
            "Calls counted under the label value 'other' because their series would have passed a cap."
        )
        buildInfo = gauge("build_info", ["version", "revision", "swift_version"], "The program's version; always 1.")
        priceBookUpdated = gauge(
            "price_book_updated_timestamp_seconds",
            unit: "seconds",
            [],
            "The date of the price book, as Unix time."
        )
        ledgerWriteDuration = histogram(
            "ledger_write_duration_seconds",
            [],
            BucketBounds.ledgerWrites,
            "Time of one transaction of the ledger."
        )
        configReloads = counter("config_reloads", ["result"], "Reloads of the configuration, by result.")
        configLastReload = gauge(
            "config_last_reload_successful",
            [],
            "1 if the configuration in use is the one that was last given, 0 if the last reload failed."
        )
        configLastSuccess = gauge(
            "config_last_reload_success_timestamp_seconds",
            unit: "seconds",
            [],
            "When the configuration was last read successfully, as Unix time."
        )
        scrapes = counter("metrics_scrapes", ["result"], "Scrapes of these metrics, by result.")
        scrapeDuration = gauge(
            "metrics_scrape_duration_seconds",
            unit: "seconds",
            [],
            "Time that it took to write the response to the scrape before this one."
        )
        series = gauge("metrics_series", [], "Series in the response to the scrape before this one.")
    }
}
