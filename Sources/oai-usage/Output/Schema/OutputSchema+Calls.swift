import OpenAIUsage

extension OutputSchema {
    static let callsJSONL = OutputSchema(
        command: "calls",
        format: "jsonl",
        summary: "One object a line and attempt, the oldest first.",
        fields: callFields + [convertedCost]
    )

    /// The member or column of --currency.
    static let convertedCost =
        Field("cost_NAME", .number, "The cost in the other currency of --currency, as cost_eur.").nullable.optional

    static let callsJSON = OutputSchema(
        command: "calls",
        format: "json",
        summary: "An array of the same objects.",
        fields: (callFields + [convertedCost]).within("[]")
    )

    static let showJSON = OutputSchema(
        command: "show",
        format: "json",
        summary: "The same object a line for each attempt of the call, with its former costs.",
        fields: callFields + [
            Field("former_costs", .array, "What it cost before it was repriced, the oldest first.").optional
        ]
            + [
                Field("repriced_at", .time, "When it was repriced."),
                Field("repriced_by", .string, "The price book that it was repriced by."),
                Field("cost_usd", .number, "USD", "The cost before.").nullable,
                Field("cost_status", .string, "The status before."),
                Field("cost_reason", .string, "The reason before.").nullable,
                Field("price_version", .string, "The price book before.").nullable,
            ].map(\.optional).within("former_costs[]")
    )

    static let callsCSV = OutputSchema(
        command: "calls",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line an attempt.",
        fields: CallsWriter.columnNames.map { name in
            let field =
                (callFields + csvFields).first { $0.name == name }
                ?? Field(name, .integer, unit(of: name), "What the provider counted.").nullable
            return field.ofCSV
        } + [convertedCost, Field("tag:NAME", .string, "The value of a tag that calls of the ledger have.").nullable]
    )

    private static func unit(of counter: String) -> String { counter.hasSuffix("_seconds") ? "s" : "tokens" }

    /// The columns of CSV that JSON lacks.
    private static let csvFields: [Field] = [
        Field("provider_cost", .decimal, "The cost that the response told, as it told it.").nullable,
        Field("retry_after_ms", .integer, "ms", "The wait that a rejection asked for.").nullable,
    ]

    /// The keys of a call.
    static let callFields: [Field] = identity + request + result + usage + cost

    private static let identity: [Field] = [
        Field("id", .string, "The attempt, unique in all ledgers."),
        Field("operation_id", .string, "The same for all attempts of a call."),
        Field("attempt", .integer, "0 for the first attempt."), Field("started_at", .time, "When it began."),
        Field("duration_ms", .number, "ms", "To the response's last byte, or until the client left; null in flight.")
            .nullable,
        Field("time_to_headers_ms", .number, "ms", "To the response's head.").nullable,
        Field("time_to_first_token_ms", .number, "ms", "To the first token.").nullable,
        Field("processing_ms", .number, "ms", "The provider's openai-processing-ms.").nullable,
        Field("upstream_service_ms", .number, "ms", "The provider's x-envoy-upstream-service-time.").nullable,
        Field("gateway_ms", .number, "ms", "What the gateway took itself.").nullable,
    ]

    private static let request: [Field] = [
        Field("source", .string, "What metered the call, as gateway."),
        Field("client", .string, "The User-Agent.").nullable, Field("method", .string, "The HTTP method."),
        Field("host", .string, "The upstream's host."), Field("path", .string, "The path, without its query."),
        Field("endpoint", .string, "The kind of endpoint, as chat.completions."),
        Field("stream", .boolean, "True if a stream was asked for."),
        Field("organization", .string, "The organization that the response named.").nullable,
        Field("project", .string, "The project that the call is counted to."),
        Field("key", .string, "The API key's fingerprint.").nullable,
        Field("tags", .object, "The tags of the caller."),
        Field("tags.NAME", .string, "The value of a tag.").optional,
        Field("requested_organization", .string, "The organization that was asked for.").nullable,
        Field("requested_project", .string, "The project that was asked for.").nullable,
        Field("request_model", .string, "The model that was asked for.").nullable,
        Field("model", .string, "The model that answered.").nullable,
        Field("requested_service_tier", .string, "The tier that was asked for.").nullable,
        Field("service_tier", .string, "The tier that served.").nullable,
        Field("background_window", .string, "The window of a background request.").nullable,
        Field("request_bytes", .integer, "bytes", "The size of the request's body.").nullable,
        Field("max_output_tokens", .integer, "tokens", "The limit that was asked for, for all choices (n) together.")
            .nullable,
        Field("request_options", .object, "What else bears on the cost."),
        Field("request_options.NAME", .any, "The value of an option.").optional,
    ]

    private static let result: [Field] = [
        Field("status", .integer, "The HTTP status.").nullable,
        Field("outcome", .string, Outcome.allCases.map(\.rawValue).joined(separator: ", ") + "."),
        Field("finish", .string, "The provider's reason for the end.").nullable,
        Field("error_type", .string, "The type of the API's error.").nullable,
        Field("error_code", .string, "The code of the API's error.").nullable,
        Field("request_id", .string, "The provider's x-request-id.").nullable,
        Field("client_request_id", .string, "The caller's X-Client-Request-Id.").nullable,
        Field("response_id", .string, "The response's own id.").nullable,
        Field("edge_request_id", .string, "The cf-ray of the network's edge.").nullable,
        Field("trace_id", .string, "The W3C trace.").nullable,
        Field("diagnostics", .object, "Fields of the response's head for a support ticket."),
        Field("diagnostics.NAME", .string, "The value of a field.").optional,
    ]

    private static let usage: [Field] = {
        let always: [TokenCounter] = [
            .inputTokens, .cachedInputTokens, .cacheWriteTokens, .audioInputTokens, .outputTokens, .reasoningTokens,
            .totalTokens,
        ]
        let others = TokenCounter.allCases.filter { !always.contains($0) }
        return [
            Field("counted", .boolean, "False for a call that only shows what another has used."),
            Field("usage_state", .string, "How the usage is known, as reported."),
            Field("usage_source", .string, "Where in the response the usage stood.").nullable,
        ]
            + always.map { Field($0.name, .integer, unit(of: $0.name), "The provider's counter.").nullable }
            + others.map {
                Field($0.name, .integer, unit(of: $0.name), "The provider's counter, if it is reported.").optional
            }
            + [
                Field("units", .object, "What is billed by other units than tokens."),
                Field("units.NAME", .any, "The number of a unit.").optional,
                Field("tool_calls", .object, "Calls of hosted tools."),
                Field("tool_calls.NAME", .integer, "calls", "The calls of a tool.").optional,
                Field("usage", .any, "The provider's usage object, verbatim.").nullable,
            ]
    }()

    private static let cost: [Field] =
        [
            Field("cost_usd", .number, "USD", "The cost, exact.").nullable,
            Field("cost_status", .string, "exact, partial, unpriced, provider, free or none."),
            Field("cost_reason", .string, "Why the cost is not known in full.").nullable,
            Field("cost_upper_bound_usd", .number, "USD", "What it is at most, where it is not known.").nullable,
            Field("price_version", .string, "The version of the price book.").nullable,
            Field("rate_limit", .object, "The rate limits that the response told, by resource.").nullable,
        ] + rateLimits
}
