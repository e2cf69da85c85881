/// The metric families that calls update, with their registry identifiers.
struct UsageMetricFamilies: Sendable {
    /// The label names that attribute usage.
    static let callLabels = ["project", "model", "operation"]

    /// From fast responses to the default timeout of the official clients.
    static let durations: [Double] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 600]
    static let firstTokenTimes: [Double] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 40, 80]
    static let outputTokenTimes: [Double] = [
        0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1,
    ]
    static let upstreamOverheads: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
    static let gatewayOverheads: [Double] = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
    ]
    static let headrooms: [Double] = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 0.9]
    static let storeWrites: [Double] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]

    let requests: MetricFamilyID
    let requestErrors: MetricFamilyID
    let requestDuration: MetricFamilyID
    let upstreamProcessing: MetricFamilyID
    let upstreamOverhead: MetricFamilyID
    let gatewayOverhead: MetricFamilyID
    let timeToFirstToken: MetricFamilyID
    let timePerOutputToken: MetricFamilyID
    let inputTokens: MetricFamilyID
    let outputTokens: MetricFamilyID
    let inputCachedTokens: MetricFamilyID
    let inputCacheWriteTokens: MetricFamilyID
    let outputReasoningTokens: MetricFamilyID
    let outputHiddenTokens: MetricFamilyID
    let inputAudioTokens: MetricFamilyID
    let outputAudioTokens: MetricFamilyID
    let cost: MetricFamilyID
    let unpricedRequests: MetricFamilyID
    let usageMissing: MetricFamilyID
    let requestsInFlight: MetricFamilyID
    let clientRetries: MetricFamilyID
    let clientDisconnects: MetricFamilyID
    let includeUsageNotAsked: MetricFamilyID
    let gatewayEvents: MetricFamilyID
    let gatewayLimits: MetricFamilyID
    let gatewayWaitingCalls: MetricFamilyID
    let gatewayConnections: MetricFamilyID
    let rateLimitHeadroom: MetricFamilyID
    let labelOverflow: MetricFamilyID
    let buildInfo: MetricFamilyID
    let priceTableUpdated: MetricFamilyID
    let storeWriteDuration: MetricFamilyID

    init(_ registry: MetricsRegistry) {
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
            unit: String = "seconds",
            _ labels: [String],
            _ buckets: [Double],
            _ help: String
        ) -> MetricFamilyID {
            registry.register(
                .histogram("oai_usage_" + name, unit: unit, labels: labels, buckets: buckets, help: help)
            )
        }
        requests = counter(
            "requests",
            call + ["code"],
            "Calls that have ended, by HTTP status; code 0 means that there was no response."
        )
        requestErrors = counter("request_errors", call + ["error"], "Calls that have failed, by the kind of error.")
        requestDuration = histogram(
            "request_duration_seconds",
            served,
            Self.durations,
            "Time from the start of a call to the end of its response."
        )
        upstreamProcessing = histogram(
            "upstream_processing_seconds",
            served,
            Self.durations,
            "The provider's own figure of its time (openai-processing-ms); on streams it ends with the first bytes."
        )
        upstreamOverhead = histogram(
            "upstream_overhead_seconds",
            ["operation"],
            Self.upstreamOverheads,
            "Time to the response's headers minus the provider's own figure: the network and the provider's front."
        )
        gatewayOverhead = histogram(
            "gateway_overhead_seconds",
            [],
            Self.gatewayOverheads,
            "Time that the gateway itself added to a call."
        )
        timeToFirstToken = histogram(
            "time_to_first_token_seconds",
            served,
            Self.firstTokenTimes,
            "Time from the start of a streamed call to its first content."
        )
        timePerOutputToken = histogram(
            "time_per_output_token_seconds",
            served,
            Self.outputTokenTimes,
            "Time of a completed stream after its first content, per further output token; one observation a call."
        )
        let restart = " Starts at 0 with the process; the ledger does not."
        inputTokens = counter(
            "input_tokens",
            unit: "tokens",
            call,
            "Input tokens, cached and written ones included." + restart
        )
        outputTokens = counter(
            "output_tokens",
            unit: "tokens",
            call,
            "Output tokens as the provider counts them." + restart
        )
        inputCachedTokens = counter(
            "input_cached_tokens",
            unit: "tokens",
            call,
            "Input tokens read from the cache, a part of the input."
        )
        inputCacheWriteTokens = counter(
            "input_cache_write_tokens",
            unit: "tokens",
            call,
            "Input tokens written to the cache, a part of the input."
        )
        outputHiddenTokens = counter(
            "output_hidden_tokens",
            unit: "tokens",
            call,
            "Output that only the provider's total tells of, priced as output; no part of output_tokens."
        )
        outputReasoningTokens = counter(
            "output_reasoning_tokens",
            unit: "tokens",
            call,
            "Reasoning tokens, a part of the output."
        )
        inputAudioTokens = counter("input_audio_tokens", unit: "tokens", call, "Audio tokens, a part of the input.")
        outputAudioTokens = counter("output_audio_tokens", unit: "tokens", call, "Audio tokens, a part of the output.")
        cost = counter(
            "cost_usd",
            unit: "usd",
            call,
            "Cost of the calls in US dollars by the price table, an estimate of the invoice." + restart
        )
        unpricedRequests = counter(
            "unpriced_requests",
            ["model", "reason"],
            "Calls whose cost is not known, or only in part, by the reason."
        )
        usageMissing = counter("usage_missing", ["operation", "reason"], "Calls that succeeded without their usage.")
        requestsInFlight = gauge("requests_in_flight", ["operation"], "Calls that have not ended yet.")
        clientRetries = counter("client_retries", ["operation"], "Calls that the client repeated on its own.")
        clientDisconnects = counter(
            "client_disconnects",
            ["operation"],
            "Calls whose client went away before it had the whole response."
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
        rateLimitHeadroom = histogram(
            "ratelimit_headroom_ratio",
            unit: "ratio",
            ["model", "resource"],
            Self.headrooms,
            "What was left of a rate limit, as a share of it, in every response that told."
        )
        labelOverflow = counter(
            "label_overflow",
            ["label"],
            "Calls counted under the label value 'other' because their series would have passed a cap."
        )
        buildInfo = gauge("build_info", ["version", "revision", "swift_version"], "The program's version; always 1.")
        priceTableUpdated = gauge(
            "price_table_updated_timestamp_seconds",
            unit: "seconds",
            [],
            "The date of the price table, as Unix time."
        )
        storeWriteDuration = histogram(
            "store_write_duration_seconds",
            [],
            Self.storeWrites,
            "Time of one transaction of the store."
        )
    }
}
