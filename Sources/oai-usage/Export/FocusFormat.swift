import ArgumentParser
import OpenAIUsage

/// A version of FOCUS, the FinOps Open Cost and Usage Specification.
enum FocusVersion: String, ExpressibleByArgument, CaseIterable {
    /// The version that brought the columns for services like this, and that tools read.
    case saas = "1.2"
    /// The newest version.
    case current = "1.4"
}

/// The columns of FOCUS's dataset Cost and Usage.
struct FocusFormat {
    /// A column.
    struct Column: Sendable {
        let name: String
        /// The version that alone has the column; `nil` for all.
        var only: FocusVersion?
        /// The value; `nil` for null.
        let text: @Sendable (Charge) -> String?
    }

    let columns: [Column]

    /// Creates the columns of a version.
    ///
    /// - Parameters:
    ///   - version: The version.
    ///   - account: The billing account of calls whose organization is not known.
    init(_ version: FocusVersion, account: String) {
        let isKept = { (column: Column) in column.only == nil || column.only == version }
        columns = (Self.standard(account: account) + Self.custom).filter(isKept)
    }

    /// The columns' names in a version.
    static func names(_ version: FocusVersion) -> [String] { FocusFormat(version, account: "").columns.map(\.name) }

    /// The table of some charges.
    func table(_ charges: [Charge]) -> Table {
        var table = Table(columns: columns.map { Table.Column(name: $0.name) })
        table.rows = charges.map { charge in columns.map { $0.text(charge) ?? "" } }
        return table
    }

    // MARK: - Columns

    private static func standard(account: String) -> [Column] {
        [
            Column(name: "BilledCost", text: cost),
            Column(name: "BillingAccountId") { $0.key.organization ?? account },
            Column(name: "BillingAccountName") { _ in nil },
            Column(name: "BillingCurrency") { _ in "USD" },
            Column(name: "BillingPeriodEnd") { month($0.key.hour, isEnd: true) },
            Column(name: "BillingPeriodStart") { month($0.key.hour, isEnd: false) },
            Column(name: "ChargeCategory") { _ in "Usage" }, Column(name: "ChargeClass") { _ in nil },
            Column(name: "ChargeDescription", text: description),
            Column(name: "ChargeFrequency") { _ in "Usage-Based" },
            Column(name: "ChargePeriodEnd") { time($0.key.hour + Charge.hourLength) },
            Column(name: "ChargePeriodStart") { time($0.key.hour) },
            Column(name: "ConsumedQuantity") { decimal($0.quantity.text) },
            Column(name: "ConsumedUnit") { $0.key.unit.consumed },
            Column(name: "ContractedCost") { product($0, $0.key.price?.unitPrice) },
            Column(name: "ContractedUnitPrice") { ($0.key.price?.unitPrice.text).map(decimal) },
            Column(name: "EffectiveCost", text: cost),
            Column(name: "HostProviderName", only: .current) { $0.key.provider },
            Column(name: "InvoiceIssuerName") { $0.key.provider },
            Column(name: "ListCost") { product($0, $0.key.price?.listUnitPrice) },
            Column(name: "ListUnitPrice") { ($0.key.price?.listUnitPrice.text).map(decimal) },
            Column(name: "PricingCategory") { $0.key.price == nil ? "Other" : "Standard" },
            Column(name: "PricingQuantity") { decimal(($0.pricingQuantity ?? $0.quantity).text) },
            Column(name: "PricingUnit") { $0.key.unit.pricing },
            Column(name: "ProviderName", only: .saas) { $0.key.provider },
            Column(name: "PublisherName", only: .saas) { $0.key.provider },
            Column(name: "RegionId") { $0.key.region }, Column(name: "RegionName") { $0.key.region },
            Column(name: "ServiceCategory") { _ in "AI and Machine Learning" },
            Column(name: "ServiceName") { "\($0.key.provider) API" },
            Column(name: "ServiceProviderName", only: .current) { $0.key.provider },
            Column(name: "ServiceSubcategory") { _ in "Generative AI" }, Column(name: "SkuId") { $0.key.sku },
            Column(name: "SkuMeter") { $0.key.meter }, Column(name: "SkuPriceDetails") { $0.key.price?.details },
            Column(name: "SkuPriceId") { $0.key.price?.id }, Column(name: "SubAccountId") { $0.key.project },
            Column(name: "SubAccountName") { $0.key.project }, Column(name: "Tags") { $0.key.tags },
        ]
    }

    private static let custom: [Column] = [
        Column(name: "x_Calls") { String($0.calls) }, Column(name: "x_CostReason") { $0.key.reason },
        Column(name: "x_CostStatus") { $0.key.status }, Column(name: "x_Model") { $0.key.model },
        Column(name: "x_PriceBook") { $0.key.priceBook }, Column(name: "x_ServiceTier") { $0.key.serviceTier },
        Column(name: "x_UnpricedQuantity") { $0.key.price == nil ? $0.quantity.text : nil },
    ]

    // MARK: - Values

    /// A number of a column of decimals, which readers would take for one of integers without a point in every value.
    private static func decimal(_ text: String) -> String { text.contains(".") ? text : text + ".0" }

    private static func cost(_ charge: Charge) -> String { decimal(DecimalText.dollars(picoUSD: charge.picoUSD)) }

    /// The product of a unit price and the quantity; without a price, the cost.
    private static func product(_ charge: Charge, _ price: ExactDecimal?) -> String {
        guard let price, let quantity = charge.pricingQuantity else { return cost(charge) }
        return price.times(quantity).map { decimal($0.text) } ?? cost(charge)
    }

    private static func description(_ charge: Charge) -> String {
        let key = charge.key
        let meter = key.meter.replacing("_", with: " ")
        var text = key.model.map { "\($0): \(meter)" } ?? meter
        if let tier = key.serviceTier { text += ", tier \(tier)" }
        if key.price == nil { text += ", without a price (\(key.reason ?? key.status))" }
        return text
    }

    private static func time(_ microseconds: Int64) -> String { TimestampText.utc(microseconds, isShort: true) }

    private static func month(_ microseconds: Int64, isEnd: Bool) -> String {
        var date = CivilDate(daysSince1970: microseconds.flooredQuotient(by: 86_400_000_000))
        date.day = 1
        if isEnd { (date.year, date.month) = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1) }
        return "\(date.text)T00:00:00Z"
    }
}
