extension OutputSchema {
    static let glanceJSON = OutputSchema(
        command: "glance",
        format: "json",
        summary: "One object on one line; without a ledger it has ledgers, empty, and missing_ledger alone.",
        fields: head + today + month + projection + days + projects + models + errors
    )

    static let statuslineJSON = OutputSchema(
        command: "statusline",
        format: "json",
        summary: "One object on one line; with --quiet an empty one if there is no ledger, or none that can be read.",
        fields: StatuslineField.allCases.map { field in
            let isCost = field.rawValue.hasSuffix("_usd")
            let isShare = field == .errorShareToday
            let period = field.isOfMonth ? "this month" : "today"
            let words = field.rawValue.split(separator: "_").dropLast(isCost ? 1 : 0)
            let unit = isCost ? "USD" : isShare ? nil : field.rawValue.hasPrefix("tokens") ? "tokens" : "calls"
            return Field(
                name: field.rawValue,
                type: isCost || isShare ? .number : .integer,
                unit: unit,
                isNullable: isCost || isShare,
                isOptional: true,
                meaning: isCost
                    ? "The known cost of \(field == .projectedUSD ? "all of this month, projected" : period)."
                    : isShare
                        ? "The share of today's calls that failed, from 0 to 1."
                        : "The figure of {\(words.joined(separator: "_"))}: \(words.dropLast().joined(separator: " ")) \(period)."
            )
        }
    )

    static let glanceCSV = OutputSchema(
        command: "glance",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each part.",
        fields: [
            Field("section", .string, "today, month, projection, day, project, model or error."),
            Field("name", .string, "The day, the month, the project, the model, or the error.").nullable, share,
        ] + period.map(\.nullable)
    )

    private static let head: [Field] = [
        Field("ledgers", .array, "The ledgers that were read."),
        Field("missing_ledger", .string, "The path of the ledger that does not exist yet.").optional,
        Field("at", .time, "The time of the reading.").optional,
        Field("timezone", .string, "The time zone of days and months.").optional,
    ]

    private static let today: [Field] =
        [Field("today", .object, "The calls of today.").optional, Field("today.day", .day, "The day.")]
        + period.within("today")

    private static let month: [Field] =
        [Field("month", .object, "The calls of this month.").optional, Field("month.month", .string, "As 2026-11.")]
        + period.within("month")

    private static let projection: [Field] = [
        Field("projection", .object, "This month's cost, continued to its end.").optional,
        Field("projection.month", .string, "As 2026-11."),
        Field("projection.cost_usd", .number, "USD", "The cost; null if it cannot be projected.").nullable,
        Field("projection.state", .string, "Why there is a cost, or none."),
        Field("projection.elapsed_seconds", .integer, "s", "The time that it is projected from."),
    ]

    private static let days: [Field] =
        [
            Field("days", .array, "One object for each of the last 14 days.").optional,
            Field("days[].day", .day, "The day."),
        ]
        + period.within("days[]")

    private static let projects: [Field] =
        [
            Field("projects", .array, "The projects of this month, the costliest first.").optional,
            Field("projects[].project", .string, "The project.").nullable, share.within("projects[]"),
        ] + period.within("projects[]")

    private static let models: [Field] =
        [
            Field("models", .array, "The models of this month, the costliest first.").optional,
            Field("models[].model", .string, "The model, without its snapshot.").nullable, share.within("models[]"),
        ] + period.within("models[]")

    private static let errors: [Field] = [
        Field("errors", .array, "The errors of this month, the most frequent first.").optional,
        Field("errors[].error", .string, "The code of the error, or its type.").nullable,
        Field("errors[].status", .integer, "The status.").nullable,
        Field("errors[].outcome", .string, "How the calls ended.").nullable,
        Field("errors[].calls", .integer, "calls", "The calls that failed so."),
    ]

    private static let share = Field("share", .number, "The share of the month's cost, from 0 to 1.").nullable

    private static let period: [Field] = [
        Field("calls", .integer, "calls", "All calls."), Field("errors", .integer, "calls", "Failed calls."),
        Field("input_tokens", .integer, "tokens", "Input tokens.").nullable,
        Field("output_tokens", .integer, "tokens", "Output tokens.").nullable,
        Field("cost_usd", .number, "USD", "The known cost; null if none is known.").nullable,
        Field("unpriced_calls", .integer, "calls", "Calls without a price, or priced in part."),
        Field("calls_without_usage", .integer, "calls", "Calls without usage."),
        Field("other_calls", .integer, "calls", "Successful calls to endpoints that are not known."),
        Field("open_calls", .integer, "calls", "Calls in flight."),
    ]
}
