extension OutputSchema {
    static let budgetJSON = OutputSchema(
        command: "budget",
        format: "json",
        summary: "One object on one line.",
        fields: [Field("budgets", .array, "One object for each budget.")] + budget.within("budgets[]")
    )

    static let budgetCSV = OutputSchema(
        command: "budget",
        format: "csv",
        summary: "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line for each budget.",
        fields: budget
    )

    private static let budget = [
        Field("budget", .string, "The name."), Field("unit", .string, "day, week, month, quarter or year."),
        Field("timezone", .string, "The time zone of the calendar."),
        Field("window_start", .time, "The start of the present window."),
        Field("window_end", .time, "Its end, exclusive."),
        Field("amount_usd", .number, "USD", "The amount for a window."),
        Field("spent_usd", .number, "USD", "The known cost in the window."),
        Field("forecast_usd", .number, "USD", "The cost at the window's end at the pace so far.").nullable,
        Field("calls", .integer, "calls", "All calls in the window."),
        Field("calls_without_full_price", .integer, "calls", "Calls whose cost is not known, or only in part."),
    ]
}
