import OpenAIUsageLedger

extension OutputSchema {
    static let reportJSON = OutputSchema(
        command: "report",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("from", .time, "The start of the range."), Field("to", .time, "The end of the range, exclusive."),
            Field("timezone", .string, "The time zone of days and of --since and --until."),
            Field("compared_with", .object, "The earlier range of --compare.").optional,
            Field("compared_with.from", .time, "Its start.").optional,
            Field("compared_with.to", .time, "Its end, exclusive.").optional,
            Field("pruned_before", .time, "Calls before are pruned; their sums stay.").optional,
            Field("counted_from", .time, "The start of what the sums of pruned calls cover.").optional,
            Field("counted_to", .time, "The end of what the sums of pruned calls cover.").optional,
            Field("left_out_calls", .integer, "calls", "Pruned calls that a filter cannot be applied to.").optional,
            Field("ungrouped_calls", .integer, "calls", "Pruned calls whose group is not known.").optional,
            Field("currency", .object, "The other currency, with --currency.").optional,
            Field("currency.code", .string, "Its code.").optional,
            Field("currency.rates", .array, "The rates that costs were converted by.").optional,
            Field("currency.rates[].from", .day, "The first day of a rate, in UTC.").optional,
            Field("currency.rates[].rate", .decimal, "What one US dollar was worth.").optional,
            Field("group_by", .array, "The dimensions of --by."),
            Field("rows", .array, "One object for each group."),
        ] + dimensions.map(\.optional).within("rows[]") + [
            Field("rows[].others", .integer, "The groups that a row of --top sums up; its dimensions are null.")
                .optional
        ] + (sums + converted + comparison).within("rows[]") + [
            Field("totals", .object, "The sums of all rows.")
        ] + (sums + converted + comparison).within("totals")
    )

    static let reportCSV = OutputSchema(
        command: "report",
        format: "csv",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each group. With --currency EUR, cost_eur follows cost_usd.",
        fields: dimensions.map(\.optional) + [
            Field("others", .integer, "The groups that the last line of --top sums up.").nullable.optional
        ]
            + sums.filter { $0.type != .object }.named([
                "calls", "errors", "open_calls", "input_tokens", "cached_input_tokens", "output_tokens",
                "reasoning_tokens", "cost_usd", "unpriced_calls", "calls_without_usage",
            ]) + percentiles("duration_ms") + percentiles("processing_ms") + percentiles("time_to_first_token_ms")
            + sums.named([
                "partial_calls", "other_calls", "unbounded_calls", "unknown_cost_upper_bound_usd",
                "unpriced_upper_bound_usd",
            ]) + percentiles("error_duration_ms") + ofColumns
    )

    /// The further columns of a CSV that \`--columns\` or \`--compare\` asks for.
    private static let ofColumns: [Field] = [
        Field("error_percent", .number, "%", "The share of failed calls, with --columns."),
        Field("cost_percent", .number, "%", "The share of the known cost of all groups, with --columns."),
        Field("previous_calls", .integer, "calls", "The calls of the earlier range of --compare."),
        Field("previous_cost_usd", .number, "USD", "The cost of the earlier range."),
        Field("cost_change_usd", .number, "USD", "The later cost less the earlier one."),
        Field("cost_change_percent", .number, "%", "Of the earlier cost; empty if that was zero."),
        Field("cost_NAME", .number, "The known cost in the other currency of --currency, as cost_eur."),
    ].map { $0.nullable.optional }

    /// The columns of `--by`, each only if it is asked for.
    private static let dimensions: [Field] = ReportDimension.names.map { name in
        let meaning =
            name == "tag:NAME"
            ? "The value of the tag NAME, as --by asks for it." : "The \(name) of the group, as --by asks for it."
        return Field(name, .string, meaning).nullable
    }

    /// The member of a row with --currency.
    private static let converted = [
        Field("cost_NAME", .number, "The known cost in the other currency, as cost_eur.").nullable.optional
    ]

    /// The members of a row with --compare.
    private static let comparison: [Field] =
        [
            Field("previous", .object, "The sums of the group in the earlier range.").optional
        ]
        + sums.named(["calls", "errors", "input_tokens", "output_tokens", "cost_usd", "unpriced_calls"])
        .within("previous").map(\.optional)
        + [
            Field("change", .object, "The later value less the earlier one."),
            Field("change.calls", .integer, "calls", "The difference of calls.").nullable,
            Field("change.calls_percent", .number, "%", "Of the earlier calls; null if there were none.").nullable,
            Field("change.cost_usd", .number, "USD", "The difference of the costs.").nullable,
            Field("change.cost_percent", .number, "%", "Of the earlier cost; null if that was zero.").nullable,
        ].map(\.optional)

    private static let sums: [Field] =
        [
            Field("calls", .integer, "calls", "Calls that have ended."),
            Field(
                "errors",
                .integer,
                "calls",
                "Those that failed: a status from 400, an error in the body, or cut off."
            ),
            Field("input_tokens", .integer, "tokens", "Tokens sent, those from the cache among them.").nullable,
            Field("cached_input_tokens", .integer, "tokens", "Tokens read from the provider's cache.").nullable,
            Field("output_tokens", .integer, "tokens", "Tokens received, those of reasoning among them.").nullable,
            Field("reasoning_tokens", .integer, "tokens", "Tokens of reasoning.").nullable,
            Field("cost_usd", .number, "USD", "The known cost, exact.").nullable,
            Field("unpriced_calls", .integer, "calls", "Calls whose model has no price, or a part of it."),
            Field("partial_calls", .integer, "calls", "Those of them that are priced in part."),
            Field("calls_without_usage", .integer, "calls", "Calls that should have reported usage, and did not."),
            Field("unknown_cost_upper_bound_usd", .number, "USD", "What calls without usage cost at most.").nullable,
            Field("unbounded_calls", .integer, "calls", "Calls without usage whose cost nothing bounds."),
            Field("unpriced_upper_bound_usd", .number, "USD", "What cost_usd leaves out of partial calls, at most.")
                .nullable,
            Field("other_calls", .integer, "calls", "Successful calls to endpoints that are not known."),
            Field("open_calls", .integer, "calls", "Calls in flight."),
        ]
        + [
            ("duration_ms", "From the request's first byte to the response's last."),
            ("error_duration_ms", "The same, of failed calls."), ("processing_ms", "The provider's own figure."),
            ("time_to_first_token_ms", "From the request's first byte to the first token."),
        ].flatMap { name, meaning in
            [Field(name, .object, "ms", meaning)]
                + ["p50", "p95", "p99"].map {
                    Field("\(name).\($0)", .number, "ms", "Percentile \($0.dropFirst()).").nullable
                }
        }

    private static func percentiles(_ name: String) -> [Field] {
        ["p50", "p95", "p99"].map { percentile in
            Field("\(name)_\(percentile)", .number, "ms", "Percentile \(percentile.dropFirst()) of \(name).").nullable
        }
    }

    static let limitsJSON = OutputSchema(
        command: "limits",
        format: "json",
        summary: "One object on one line.",
        fields: [Field("limits", .array, "One object for each project and model.")]
            + ([
                Field("project", .string, "The project."), Field("model", .string, "The model.").nullable,
                Field("organization", .string, "The organization.").nullable,
                Field("observed_at", .time, "When the limits arrived."),
                Field("age_seconds", .number, "s", "How long ago that was."),
                Field("call_id", .string, "The call whose response had them."),
                Field("rate_limit", .object, "The windows by resource, as requests and tokens."),
            ] + rateLimits + headroom).within("limits[]")
    )

    static let limitsCSV = OutputSchema(
        command: "limits",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each window.",
        fields: [
            Field("project", .string, "The project."), Field("model", .string, "The model.").nullable,
            Field("organization", .string, "The organization.").nullable,
            Field("observed_at", .time, "When the limits arrived."),
            Field("call_id", .string, "The call whose response had them."),
            Field("age_seconds", .number, "s", "How long ago that was."),
            Field("window", .string, "The resource, as requests and tokens."),
            Field("limit", .integer, "The limit.").nullable,
            Field("remaining", .integer, "What was left of it.").nullable,
            Field("reset_seconds", .number, "s", "The time until the window was full again.").nullable,
            Field("resets_at", .time, "When the window is full again.").nullable,
            Field("is_reset", .boolean, "True if that is past.").nullable,
            Field("remaining_now", .integer, "What is left now, as far as it is known.").nullable,
            Field("remaining_percent", .integer, "%", "Of the limit.").nullable,
            Field("used_per_minute", .number, "The use of the last 5 minutes.").nullable,
            Field("minutes_to_limit", .number, "min", "Until nothing is left at this rate.").nullable,
        ]
    )

    /// The present headroom of a window.
    private static let headroom: [Field] = [
        Field("rate_limit.NAME.resets_at", .time, "When the window is full again.").nullable.optional,
        Field("rate_limit.NAME.is_reset", .boolean, "True if that is past.").nullable.optional,
        Field("rate_limit.NAME.remaining_now", .integer, "What is left now, as far as it is known.").nullable.optional,
        Field("rate_limit.NAME.remaining_percent", .integer, "%", "Of the limit.").nullable.optional,
        Field("rate_limit.NAME.used_per_minute", .number, "The use of the last 5 minutes.").nullable.optional,
        Field("rate_limit.NAME.minutes_to_limit", .number, "min", "Until nothing is left at this rate.").nullable
            .optional,
    ]

    static let wasteJSON = OutputSchema(
        command: "waste",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("from", .time, "The start of the range.").nullable,
            Field("to", .time, "The end of the range, exclusive."),
            Field("lines", .array, "One object for each kind of waste."),
        ] + wasteLine.within("lines[]") + [
            Field("totals", .object, "All calls of the range."),
            Field("totals.calls", .integer, "calls", "Calls that have ended."),
            Field("totals.cost_usd", .number, "USD", "Their known cost."),
            Field("totals.waste_usd", .number, "USD", "The waste, upper bounds left out."),
        ]
    )

    static let wasteCSV = OutputSchema(
        command: "waste",
        format: "csv",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each kind of waste.",
        fields: wasteLine
    )

    private static let wasteLine: [Field] = [
        Field("line", .string, "The kind of waste."), Field("calls", .integer, "calls", "Calls of this kind."),
        Field("input_tokens", .integer, "tokens", "Their input."),
        Field("output_tokens", .integer, "tokens", "Their output."),
        Field("cost_usd", .number, "USD", "Their known cost."),
        Field("waste_usd", .number, "USD", "What of it was wasted."),
        Field("is_upper_bound", .boolean, "True if it is at most that, and in no total."),
        Field("unpriced_calls", .integer, "calls", "Calls without a price, in no sum."),
        Field("method", .string, "How the line is judged."),
    ]

    static let doctorJSON = OutputSchema(
        command: "doctor",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("state", .string, "The worst state: ok, warning or problem."),
            Field("checks", .array, "One object for each check."), Field("checks[].name", .string, "What is checked."),
            Field("checks[].state", .string, "ok, warning or problem."),
            Field("checks[].finding", .string, "What was found."),
            Field("checks[].advice", .string, "What to do.").nullable,
        ]
    )

    static let doctorCSV = OutputSchema(
        command: "doctor",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each check.",
        fields: [
            Field("check", .string, "What is checked."), Field("state", .string, "ok, warning or problem."),
            Field("finding", .string, "What was found."), Field("advice", .string, "What to do.").nullable,
        ]
    )

    /// The windows of rate limits.
    static let rateLimits: [Field] = [
        Field("rate_limit.NAME", .object, "A window.").optional,
        Field("rate_limit.NAME.limit", .integer, "The limit.").nullable.optional,
        Field("rate_limit.NAME.remaining", .integer, "What was left at the response.").nullable.optional,
        Field("rate_limit.NAME.reset_seconds", .number, "s", "Until the window is full again.").nullable.optional,
    ]

    static let repriceJSON = OutputSchema(
        command: "reprice",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("from", .time, "The start of the range."), Field("to", .time, "The end of the range, exclusive."),
            Field("dry_run", .boolean, "True if nothing was written."),
            Field("price_version", .string, "The version of the price book."),
            Field("pruned_before", .time, "Calls before are pruned, and keep their costs.").optional,
            Field("rows", .array, "One object for each project and model."),
        ] + (names + changes).within("rows[]") + [Field("totals", .object, "The sums of all rows.")]
            + changes.within("totals")
    )

    static let repriceHistoryJSON = OutputSchema(
        command: "reprice --history",
        format: "json",
        summary: "One object on one line.",
        fields: [Field("runs", .array, "The runs that changed costs, the newest first.")]
            + historyFields.map(\.optional).within("runs[]")
    )

    static let repriceHistoryCSV = OutputSchema(
        command: "reprice --history",
        format: "csv",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line a run, the newest first.",
        fields: historyFields
    )

    private static let historyFields: [Field] = [
        Field("repriced_at", .time, "When the run began."),
        Field("price_version", .string, "The price book."),
        Field("old_price_versions", .any, "The price books before, 16 at most."),
        Field("changed_calls", .integer, "calls", "The calls whose cost changed."),
        Field("old_cost_usd", .number, "USD", "Their cost before."),
        Field("new_cost_usd", .number, "USD", "Their cost after."),
        Field("difference_usd", .number, "USD", "The new cost less the old."),
    ]

    static let repriceCSV = OutputSchema(
        command: "reprice",
        format: "csv",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each project and model.",
        fields: names + changes
    )

    private static let names: [Field] = [
        Field("project", .string, "The project.").nullable, Field("model", .string, "The model.").nullable,
    ]

    private static let changes: [Field] = [
        Field("calls", .integer, "calls", "The calls."),
        Field("changed_calls", .integer, "calls", "Those whose cost changes."),
        Field("written_calls", .integer, "calls", "Those that were written, also for a new price version alone."),
        Field("old_cost_usd", .number, "USD", "Their cost before.").nullable,
        Field("new_cost_usd", .number, "USD", "Their cost after.").nullable,
        Field("difference_usd", .number, "USD", "The new cost less the old."),
        Field("old_unpriced_calls", .integer, "calls", "Those without a price before."),
        Field("new_unpriced_calls", .integer, "calls", "Those without a price after."),
    ]

    static let pruneJSON = OutputSchema(
        command: "prune",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("before", .time, "Calls before are pruned."),
            Field("dry_run", .boolean, "True if nothing was changed."),
            Field("calls", .integer, "calls", "The removed rows."),
            Field("first", .time, "The start of the oldest of them.").nullable,
            Field("last", .time, "The start of the newest of them.").nullable,
            Field("in_flight_calls", .integer, "calls", "Old calls that stay, since they are in flight."),
            Field("returned_bytes", .integer, "bytes", "By how much the file became smaller."),
            Field("free_bytes", .integer, "bytes", "Free space that stays in the file."),
            Field("needs_compacting", .boolean, "True if only compacting makes the file smaller."),
        ]
    )

    static let configShowJSON = OutputSchema(
        command: "config show",
        format: "json",
        summary: "An array of objects, one for each setting.",
        fields: [
            Field("[].name", .string, "The setting."),
            Field("[].value", .string, "Its value; (set) for a secret.").nullable,
            Field("[].origin", .string, "flag, variable, file, default or none."),
            Field("[].from", .string, "The flag, the variable, or the file and line.").nullable,
        ]
    )

    static let configShowCSV = OutputSchema(
        command: "config show",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each setting.",
        fields: [
            Field("name", .string, "The setting."), Field("value", .string, "Its value; (set) for a secret.").nullable,
            Field("origin", .string, "flag, variable, file, default or none."),
            Field("from", .string, "The flag, the variable, or the file and line.").nullable,
        ]
    )

    static let schemaJSON = OutputSchema(
        command: "schema",
        format: "json",
        summary: "An array of objects, one for each machine format.",
        fields: [
            Field("[].command", .string, "The command."), Field("[].format", .string, "The value of --format."),
            Field("[].summary", .string, "The whole in a sentence."),
            Field("[].fields", .array, "One object for each key or column."),
        ] + schemaFields.within("[].fields[]")
    )

    static let schemaCSV = OutputSchema(
        command: "schema",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each key or column of a machine format.",
        fields: [
            Field("command", .string, "The command."), Field("format", .string, "The value of --format."),
        ] + schemaFields
    )

    private static let schemaFields: [Field] = [
        Field("name", .string, "The key's path or the column's name."), Field("type", .string, "The type."),
        Field("unit", .string, "The unit.").nullable, Field("nullable", .boolean, "True if the value may be unknown."),
        Field("optional", .boolean, "True if the key may be missing."), Field("meaning", .string, "What it means."),
    ]

    static let configCheckCSV = OutputSchema(
        command: "config check",
        format: "csv",
        summary: "RFC 4180 with a heading; one line for each mistake.",
        fields: [
            Field("file", .string, "The file; empty for a variable.").nullable,
            Field("line", .integer, "The line, from 1.").nullable,
            Field("column", .integer, "The column in characters, from 1.").nullable,
            Field("key", .string, "The key; empty for a mistake outside of a member.").nullable,
            Field("message", .string, "The mistake, and what to do."),
        ]
    )

    static let configCheckJSON = OutputSchema(
        command: "config check",
        format: "json",
        summary: "An array of objects, one for each mistake.",
        fields: [
            Field("[].file", .string, "The file; null for a variable.").nullable,
            Field("[].line", .integer, "The line, from 1.").nullable,
            Field("[].column", .integer, "The column in characters, from 1.").nullable,
            Field("[].key", .string, "The key; null for a mistake outside of a member.").nullable,
            Field("[].message", .string, "The mistake, and what to do."),
        ]
    )
}
