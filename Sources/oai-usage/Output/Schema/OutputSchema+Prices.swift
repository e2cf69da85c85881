import OpenAIUsagePricing

extension OutputSchema {
    /// The formats of the commands for prices.
    static let prices: [OutputSchema] = [
        listJSON, listCSV, showPricesJSON, checkJSON, diffJSON, diffCSV, updateJSON, updateCSV, explainJSON,
        whatIfJSON, whatIfCSV,
    ]

    private static let listJSON = OutputSchema(
        command: "prices list",
        format: "json",
        summary: "An array of objects: models by tier, and then tools.",
        fields: [
            Field("model", .string, "The model.").optional, Field("names", .array, "All its names.").optional,
            Field("kind", .string, ModelPrices.Kind.allCases.map(\.rawValue).joined(separator: ", ") + ".").optional,
            Field("tier", .string, "The service tier; null for prices of units.").nullable.optional,
            Field("tool", .string, "The hosted tool, in place of a model.").optional,
            Field("unit", .string, "The unit of a tool's price.").optional,
            Field("price", .decimal, "USD", "The price of that unit.").optional,
            Field("from", .day, "The first day; null forever.").nullable,
            Field("to", .day, "The last day; null forever.").nullable,
            Field("per_1m", .object, "Prices of 1,000,000 tokens by item.").optional,
            Field("per_1m.NAME", .decimal, "USD", "The price of an item.").optional,
            Field("long_context", .object, "Prices of long requests.").optional,
            Field("long_context.over_input_tokens", .integer, "tokens", "The length from which they hold.").optional,
            Field("long_context.per_1m", .object, "Prices of 1,000,000 tokens by item.").optional,
            Field("long_context.per_1m.NAME", .decimal, "USD", "The price of an item.").optional,
            Field("per_unit", .object, "Prices of other units.").optional,
            Field("per_unit.NAME", .decimal, "USD", "The price of a unit.").optional,
            Field("regional_uplift", .decimal, "The factor at hosts of a region.").optional,
            Field("discount", .decimal, "The part of the price that is paid.").optional,
            Field("discount_level", .string, "Where the discount is stated, as project.").optional,
            Field("origin", .string, "book, or a price file: override or project.").optional,
            Field("confidence", .string, "How sure the price is.").nullable.optional,
            Field("source", .array, "Where the price was read.").optional,
        ].within("[]")
    )

    private static let listCSV = OutputSchema(
        command: "prices list",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line a price.",
        fields: [
            Field("model", .string, "The model or tool."), Field("kind", .string, "The kind; tool for a tool."),
            Field("tier", .string, "The service tier.").nullable,
            Field("context", .string, "short or long, for tokens.").nullable,
            Field("item", .string, "What the price is for, as input."), Field("usd", .decimal, "USD", "The price."),
            Field("per", .string, "The unit, as 1000000 tokens."), Field("from", .day, "The first day.").nullable,
            Field("to", .day, "The last day.").nullable,
            Field("regional_uplift", .decimal, "The factor at hosts of a region.").nullable,
            Field("origin", .string, "book, override or project.").nullable,
            Field("confidence", .string, "How sure the price is.").nullable,
            Field("discount", .decimal, "The part of the price that is paid.").nullable,
            Field("discount_level", .string, "Where the discount is stated, as project.").nullable,
        ]
    )

    private static let showPricesJSON = OutputSchema(
        command: "prices show",
        format: "json",
        summary: "One object with the members of the price book's format; for a tool, without the first three.",
        fields: [
            Field("name", .string, "The name that was asked for.").optional,
            Field("price_version", .string, "The version of the price book.").optional,
            Field("origin", .string, "book, override or project.").optional,
            Field("id", .string, "The model or tool."), Field("periods", .any, "The prices by period."),
            Field("NAME", .any, "Other members of the format.").optional,
        ]
    )

    private static let checkJSON = OutputSchema(
        command: "prices check",
        format: "json",
        summary: "An array of objects, one for each finding.",
        fields: [
            Field("file", .string, "The file."), Field("line", .integer, "The line, from 1."),
            Field("column", .integer, "The column in characters, from 1."),
            Field("severity", .string, "error or warning."), Field("code", .string, "The kind of finding."),
            Field("path", .string, "Where in the document it is."), Field("message", .string, "What is wrong."),
        ].within("[]")
    )

    private static let diffJSON = OutputSchema(
        command: "prices diff",
        format: "json",
        summary: "An array of objects, one for each change.",
        fields: ([
            Field("model", .string, "The model that changes.").optional,
            Field("tool", .string, "The tool that changes.").optional,
            Field("rule", .string, "The rule that changes.").optional,
            Field("names", .array, "All names of the model.").optional,
            Field("project", .string, "The project that the change is for.").optional,
        ] + change).within("[]")
    )

    private static let diffCSV = OutputSchema(
        command: "prices diff",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line a change.",
        fields: [
            Field("subject", .string, "model, tool or rule."), Field("name", .string, "Its name."),
            Field("project", .string, "The project that the change is for.").nullable,
        ] + change
    )

    private static let updateJSON = OutputSchema(
        command: "prices update",
        format: "json",
        summary: "The same as of 'prices diff'.",
        fields: diffJSON.fields
    )

    private static let updateCSV = OutputSchema(
        command: "prices update",
        format: "csv",
        summary: "The same as of 'prices diff'.",
        fields: diffCSV.fields
    )

    private static let whatIfJSON = OutputSchema(
        command: "prices whatif",
        format: "json",
        summary: "One object.",
        fields: [
            Field("from", .time, "The start, inclusive; null for the first call.").nullable,
            Field("to", .time, "The end, exclusive."),
            Field("price_version", .string, "The version of the price book."),
            Field("rows", .array, "The models, the greatest savings first."),
        ] + (whatIfNames + whatIfSums).map(\.optional).within("rows[]")
            + [Field("totals", .object, "The sums over all rows.")] + whatIfSums.within("totals") + [
                Field("not_compared", .array, "Calls without one of the costs, by reason.")
            ]
            + (whatIfNames.filter { $0.name != "tier" } + [
                Field("side", .string, "The cost that is not known: cost or what_if."),
                Field("reason", .string, "Why it is not known."), Field("calls", .integer, "calls", "The calls."),
            ]).map(\.optional).within("not_compared[]")
    )

    private static let whatIfCSV = OutputSchema(
        command: "prices whatif",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line a model.",
        fields: whatIfNames + whatIfSums
    )

    private static let whatIfNames: [Field] = [
        Field("model", .string, "The model that answered, else the requested one.").nullable,
        Field("instead", .string, "The model that is priced instead.").nullable,
        Field("tier", .string, "The tier that is priced instead.").nullable,
    ]

    private static let whatIfSums: [Field] = [
        Field("calls", .integer, "calls", "The calls with both costs."),
        Field("cost_usd", .number, "USD", "What they cost."),
        Field("what_if_usd", .number, "USD", "What they would have cost."),
        Field("difference_usd", .number, "USD", "The second less the first."),
        Field("difference_percent", .number, "%", "The same of the first.").nullable,
        Field("not_compared_calls", .integer, "calls", "The calls without one of the costs, in no sum."),
        Field("not_compared_cost_usd", .number, "USD", "What these cost, as far as it is known."),
    ]

    private static let change: [Field] = [
        Field("item", .string, "The price that changes.").nullable, Field("from", .day, "The first day.").nullable,
        Field("to", .day, "The last day.").nullable, Field("old", .string, "The old value.").nullable,
        Field("new", .string, "The new value.").nullable, Field("per", .string, "The unit of a price.").nullable,
        Field("percent", .number, "%", "The change.").nullable,
    ]

    private static let explainJSON = OutputSchema(
        command: "prices explain",
        format: "json",
        summary: "One object a line for each attempt of the call.",
        fields: [
            Field("id", .string, "The attempt."), Field("request_id", .string, "The provider's x-request-id.").nullable,
            Field("started_at", .time, "When it began."), Field("project", .string, "The project."),
            Field("model", .string, "The model.").nullable,
            Field("priced_as", .string, "The model of the price.").nullable,
            Field("tier", .string, "The service tier of the price.").nullable,
            Field("origin", .string, "book, override or project.").nullable,
            Field("lines", .array, "The items that add up to the cost."),
        ] + lines.map(\.optional).within("lines[]") + [
            Field("gaps", .array, "What has no price."), Field("gaps[].item", .string, "The item.").optional,
            Field("gaps[].quantity", .decimal, "Its quantity.").nullable.optional,
            Field("gaps[].reason", .string, "Why it has no price.").optional,
            Field("book", .object, "The cost by the price book."),
        ] + explained.within("book") + [Field("ledger", .object, "The cost in the ledger.")]
            + explained.within("ledger") + [Field("is_same", .boolean, "True if both are the same.")]
    )

    private static let lines: [Field] = [
        Field("part", .string, "What is priced, as tokens."), Field("item", .string, "The item, as input."),
        Field("model", .string, "The model of the price.").nullable, Field("quantity", .decimal, "The quantity."),
        Field("unit", .string, "The unit of the quantity."), Field("price_usd", .number, "USD", "The price."),
        Field("units_per_price", .integer, "How many units the price is for."),
        Field("billed_as", .string, "The item whose price counts, if it is another.").nullable,
        Field("tier", .string, "The service tier of the price.").nullable,
        Field("period", .string, "When the price holds."), Field("modifiers", .array, "The factors."),
        Field("modifiers[].name", .string, "The name of a factor."),
        Field("modifiers[].factor", .decimal, "The factor.").nullable,
        Field("modifiers[].level", .string, "Where a discount is stated, as project.").nullable,
        Field("subtotal_usd", .number, "USD", "The item's part of the cost."),
    ]

    private static let explained: [Field] = [
        Field("cost_usd", .number, "USD", "The cost, exact.").nullable,
        Field("cost_status", .string, "exact, partial, unpriced, provider, free or none."),
        Field("cost_reason", .string, "Why the cost is not known in full.").nullable,
        Field("cost_upper_bound_usd", .number, "USD", "What it is at most.").nullable,
        Field("price_version", .string, "The version of the price book.").nullable,
    ]
}
