extension OutputSchema {
    static let topJSON = OutputSchema(
        command: "top",
        format: "json",
        summary: "One object on one line: one reading of the window.",
        fields: topHead + sums
            + [
                Field("rows", .array, "The groups, in the order of --sort."),
                Field("rows[].name", .string, "The group; - for calls without one."),
            ] + sums.within("rows[]") + topErrors + topCalls
    )

    static let topCSV = OutputSchema(
        command: "top",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each group, in the order of --sort.",
        fields: [Field("name", .string, "The group; - for calls without one.")] + sums
    )

    static let ledgerCheckCSV = OutputSchema(
        command: "ledger check",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each fault.",
        fields: [Field("finding", .string, "The fault, a sentence with a remedy.")]
    )

    static let ledgerCheckJSON = OutputSchema(
        command: "ledger check",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("ledger", .string, "The path of the ledger."),
            Field("sound", .boolean, "True without findings."),
            Field("findings", .array, "The faults, each a sentence with a remedy."),
            Field("facts", .array, "Figures of the ledger, each in a sentence."),
        ]
    )

    private static let topHead = [
        Field("ledger", .string, "The path of the ledger."), Field("at", .time, "The time of the reading."),
        Field("window_seconds", .number, "s", "The span; shorter than --window if more calls ended than are kept."),
        Field("by", .string, "The dimension of the rows."),
    ]

    private static let sums = [
        Field("calls", .integer, "calls", "The calls that ended in the window."),
        Field("calls_per_minute", .number, "calls/min", "Their rate."),
        Field("errors", .integer, "calls", "Failed calls."),
        Field("in_flight", .integer, "calls", "Calls that have not ended, of the last 24 hours, 1,000 at most."),
        Field("unpriced_calls", .integer, "calls", "Calls without a price, or priced in part."),
        Field("calls_without_usage", .integer, "calls", "Calls without usage."),
        Field("cost_usd", .number, "USD", "The known cost.").nullable,
        Field("cost_usd_per_hour", .number, "USD/h", "Its rate.").nullable,
        Field("duration_p50_ms", .number, "ms", "The median duration of completed calls.").nullable,
        Field("duration_p95_ms", .number, "ms", "Their 95th percentile.").nullable,
    ]

    private static let topErrors = [
        ("errors_by_project", "The projects"), ("errors_by_model", "The models"), ("errors_by_code", "The codes"),
    ].flatMap { name, what in
        [
            Field(name, .array, "\(what) of failed calls, the most frequent first."),
            Field("\(name)[].name", .string, "The name; - for calls without one."),
            Field("\(name)[].calls", .integer, "calls", "Failed calls."),
        ]
    }

    private static let topCalls = [
        Field("last_calls", .array, "The 20 calls that ended last, the newest first."),
        Field("last_calls[].id", .string, "The call's ID."),
        Field("last_calls[].ended_at", .time, "The end."),
        Field("last_calls[].project", .string, "The project."),
        Field("last_calls[].model", .string, "The model, without its snapshot.").nullable,
        Field("last_calls[].endpoint", .string, "The endpoint."),
        Field("last_calls[].status", .integer, "The status.").nullable,
        Field("last_calls[].outcome", .string, "How the call ended."),
        Field("last_calls[].error", .string, "The code of the error, or its type.").nullable,
        Field("last_calls[].duration_ms", .number, "ms", "The duration.").nullable,
        Field("last_calls[].cost_usd", .number, "USD", "The cost.").nullable,
        Field("last_calls[].request_id", .string, "The x-request-id.").nullable,
    ]
}
