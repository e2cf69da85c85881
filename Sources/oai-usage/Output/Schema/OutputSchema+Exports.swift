import OpenAIUsage

extension OutputSchema {
    /// The formats of exports.
    static let exports: [OutputSchema] = [focus, chargeback, exportCSV, exportJSONL, exportJSON]

    private static let exportCSV = OutputSchema(
        command: "export",
        format: "csv",
        summary: "The same as of 'calls'.",
        fields: callsCSV.fields
    )

    private static let exportJSON = OutputSchema(
        command: "export",
        format: "json",
        summary: "The same as of 'calls'.",
        fields: callsJSON.fields
    )

    private static let exportJSONL = OutputSchema(
        command: "export",
        format: "jsonl",
        summary: "The same as of 'calls'.",
        fields: callFields
    )

    private static let chargeback = OutputSchema(
        command: "export",
        format: "chargeback",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas; one line per month or day, project and values of tags, as of 'report'.",
        fields: [
            Field("month", .string, "The month, as 2026-11.").optional,
            Field("day", .day, "The day, with --per day.").optional,
        ]
            + reportCSV.fields.named(["project", "tag:NAME"] + Chargeback.names)
    )

    private static let focus = OutputSchema(
        command: "export",
        format: "focus",
        summary:
            "RFC 4180 with a heading, and an apostrophe before texts like formulas: the dataset Cost and Usage of FOCUS 1.4 or 1.2. One line per UTC hour, project, model, tier, meter, price and tags.",
        fields: focusCosts + focusDimensions + focusCustom
    )

    private static let focusCosts: [Field] = [
        Field("BilledCost", .decimal, "USD", "The cost; 0 for use without a price."),
        Field("EffectiveCost", .decimal, "USD", "The same."),
        Field("ContractedCost", .decimal, "USD", "ContractedUnitPrice times PricingQuantity."),
        Field("ListCost", .decimal, "USD", "ListUnitPrice times PricingQuantity."),
        Field("ContractedUnitPrice", .decimal, "USD", "The price of a PricingUnit.").nullable,
        Field("ListUnitPrice", .decimal, "USD", "The published price of it, without negotiated ones.").nullable,
        Field("PricingQuantity", .decimal, "The quantity in PricingUnit."),
        Field("PricingUnit", .string, "What the price is for, as 1000000 Tokens."),
        Field("ConsumedQuantity", .decimal, "The quantity in ConsumedUnit."),
        Field("ConsumedUnit", .string, "What is counted, as Tokens."),
    ]

    private static let focusDimensions: [Field] = [
        Field("BillingAccountId", .string, "The organization, else --billing-account."),
        Field("BillingAccountName", .string, "Always null.").nullable, Field("BillingCurrency", .string, "USD."),
        Field("BillingPeriodStart", .time, "The start of the month in UTC."),
        Field("BillingPeriodEnd", .time, "Its end, exclusive."), Field("ChargeCategory", .string, "Usage."),
        Field("ChargeClass", .string, "Always null.").nullable,
        Field("ChargeDescription", .string, "The model, the meter and the tier."),
        Field("ChargeFrequency", .string, "Usage-Based."), Field("ChargePeriodStart", .time, "The start of the hour."),
        Field("ChargePeriodEnd", .time, "Its end, exclusive."),
        Field("HostProviderName", .string, "Who runs the service; FOCUS 1.4.").optional,
        Field("InvoiceIssuerName", .string, "Who sends the bill."),
        Field("PricingCategory", .string, "Standard; Other without a price."),
        Field("ProviderName", .string, "Who is paid; FOCUS 1.2.").optional,
        Field("PublisherName", .string, "The same; FOCUS 1.2.").optional,
        Field("RegionId", .string, "The region of a regional host.").nullable,
        Field("RegionName", .string, "The same.").nullable,
        Field("ServiceCategory", .string, "AI and Machine Learning."),
        Field("ServiceName", .string, "The provider's API."),
        Field("ServiceProviderName", .string, "Who is paid; FOCUS 1.4.").optional,
        Field("ServiceSubcategory", .string, "Generative AI."), Field("SkuId", .string, "The model and the meter."),
        Field("SkuMeter", .string, "The item of the price book, as cached_input."),
        Field("SkuPriceDetails", .object, "What the price depends on, as JSON.").nullable,
        Field("SkuPriceId", .string, "The model, meter, tier and period of the price.").nullable,
        Field("SubAccountId", .string, "The project."), Field("SubAccountName", .string, "The project."),
        Field("Tags", .object, "The tags of the caller, as JSON.").nullable,
    ]

    private static let focusCustom: [Field] = [
        Field("x_Calls", .integer, "calls", "The calls of which the charge is a part."),
        Field("x_CostReason", .string, "Why the cost is not known in full.").nullable,
        Field("x_CostStatus", .string, "exact, partial, unpriced, provider, free or none."),
        Field("x_Model", .string, "The model that answered, else the requested one.").nullable,
        Field("x_PriceBook", .string, "The version of the price book.").nullable,
        Field("x_ServiceTier", .string, "The tier that served.").nullable,
        Field("x_UnpricedQuantity", .decimal, "The quantity in ConsumedUnit that has no price.").nullable,
    ]
}
