extension OutputSchema {
    static let reconcileJSON = OutputSchema(
        command: "reconcile",
        format: "json",
        summary: "One object on one line.",
        fields: [
            Field("from", .time, "The start of the range, midnight UTC."),
            Field("to", .time, "The end of the range, exclusive."),
            Field("as_of", .time, "The time of the provider's latest answer; calls after it are left out."),
            Field("width", .string, "The length of the buckets of usage: hour or day."),
            Field("has_costs", .boolean, "False if the provider's usage at our prices stands for its costs."),
            Field("group_by", .array, "The dimensions of --by."), Field("rows", .array, "One object for each group."),
        ] + dimensions.within("rows[]") + sides.within("rows[]")
            + [
                Field("rows[].difference_usd", .number, "USD", "The provider's cost less ours.").nullable,
                Field("rows[].unpriced_calls", .integer, "calls", unpriced),
            ]
            + [Field("causes", .array, "One object for each cause, the remainder last; they add up to the difference.")]
            + causes.within("causes[]") + [Field("totals", .object, "The sums of all groups.")]
            + sides.within("totals") + totals.within("totals") + findings
    )

    static let reconcileCSV = OutputSchema(
        command: "reconcile",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each group.",
        fields: dimensions + side.map { named("our_", $0) } + side.map { named("their_", $0) }
            + [
                Field("difference_usd", .number, "USD", "The provider's cost less ours.").nullable,
                Field("unpriced_calls", .integer, "calls", unpriced),
            ]
    )

    private static let unpriced = "Calls of ours without a full price, whose cost is unknown or known in part."

    /// The columns of `--by`, each only if it is asked for.
    private static let dimensions: [Field] = ReconcileDimension.allCases.map { dimension in
        let meaning = "The \(dimension.rawValue.replacing("-", with: " ")) of the group, as --by asks for it."
        return Field(dimension.name, .string, meaning).nullable.optional
    }

    private static let side: [Field] = [
        Field(
            "calls",
            .integer,
            "calls",
            "Calls; those without usage are among ours. Null without the provider's usage, and for line items."
        )
        .nullable,
        Field("input_tokens", .integer, "tokens", "All input.").nullable,
        Field("cached_input_tokens", .integer, "tokens", "Input read from the cache.").nullable,
        Field("output_tokens", .integer, "tokens", "All output.").nullable,
        Field(
            "cost_usd",
            .number,
            "USD",
            "The cost, exact; null if the side has none by these dimensions, or none of ours is known."
        )
        .nullable,
    ]

    private static let sides: [Field] =
        [Field("ours", .object, "The ledger's sums.")] + side.within("ours")
        + [Field("theirs", .object, "The provider's sums.")] + side.within("theirs")

    private static let causes: [Field] = [
        Field(
            "cause",
            .string,
            "The cause, one of \(ReconcileCause.allCases.map(\.rawValue).joined(separator: ", "))."
        ),
        Field("calls", .integer, "calls", "The calls concerned, at most."),
        Field("call_difference", .integer, "calls", "The provider's calls less ours."),
        Field("tokens", .integer, "tokens", "The tokens concerned."),
        Field("token_difference", .integer, "tokens", "The provider's tokens less ours."),
        Field("cost_difference_usd", .number, "USD", "The provider's cost less ours, exact."),
        Field("meaning", .string, "The cause in a sentence."),
    ]

    private static let totals: [Field] = [
        Field("difference_usd", .number, "USD", "The provider's cost less ours."),
        Field("unpriced_calls", .integer, "calls", unpriced),
        Field("call_difference", .integer, "calls", "The provider's calls less ours, where it counts calls."),
        Field("token_difference", .integer, "tokens", "The provider's tokens less ours, where it counts tokens."),
        Field("calls_without_usage", .integer, "calls", "Calls of ours whose usage did not arrive."),
        Field("call_coverage_percent", .number, "%", "The provider's calls that we have with their usage.").nullable,
        Field("token_coverage_percent", .number, "%", "The provider's tokens that we have.").nullable,
        Field("cost_coverage_percent", .number, "%", "The provider's costs that we have.").nullable,
        Field("drift_percent", .number, "%", "Absolute differences by day, project and model, of the provider's cost.")
            .nullable,
        Field("pending_usd", .number, "USD", "The difference that may disappear until the days have settled."),
    ]

    private static let findings: [Field] = [
        Field("unrecognized_line_items", .array, "The line items that are not understood."),
        Field("unrecognized_line_items[].line_item", .string, "The name.").optional,
        Field("unrecognized_line_items[].cost_usd", .number, "USD", "The cost.").optional,
        Field("restatements", .array, "The buckets that the provider changed after they had settled."),
        Field("restatements[].kind", .string, "The kind of usage, or costs.").optional,
        Field("restatements[].start", .time, "The start of the bucket.").optional,
        Field("restatements[].before", .time, "The last answer before the change.").optional,
        Field("restatements[].after", .time, "The first answer after it.").optional,
        Field("restatements[].call_difference", .integer, "calls", "The change of the requests.").optional,
        Field("restatements[].token_difference", .integer, "tokens", "The change of the tokens.").optional,
        Field("restatements[].cost_difference_usd", .number, "USD", "The change of the costs.").optional,
        Field("notes", .array, "What the comparison leaves out, in sentences."),
    ]

    private static func named(_ prefix: String, _ field: Field) -> Field {
        var field = field
        field.name = prefix + field.name
        return field
    }
}
