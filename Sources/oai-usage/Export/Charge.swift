import OpenAIUsage

/// A part of what calls of one hour used and cost, of one meter and at one price.
struct Charge {
    /// The unit of a quantity, and the unit that its price is for.
    struct Unit: Hashable {
        /// The unit of use, in the plural.
        var consumed: String
        /// The unit of the price, in the plural.
        var pricing: String
        /// The units of use in a unit of the price.
        var divisor: Int64

        static let requests = Unit(consumed: "Requests", pricing: "Requests", divisor: 1)
        static let tokens = Unit(consumed: "Tokens", pricing: "1000000 Tokens", divisor: 1_000_000)
        /// An amount of money that has no other unit.
        static let dollars = Unit(consumed: "Requests", pricing: "Dollars", divisor: 1)

        /// The unit of a line of a price explanation.
        init(_ name: String, unitsPerPrice: Int64) {
            switch (name, unitsPerPrice) {
            case ("token", 1_000_000): self = .tokens
            case ("call", 1): self = .requests
            case ("second", 60): self.init(consumed: "Seconds", pricing: "Minutes", divisor: 60)
            default:
                let word = name.replacing("_", with: " ")
                let plural = word.prefix(1).uppercased() + word.dropFirst() + "s"
                self.init(
                    consumed: plural,
                    pricing: unitsPerPrice == 1 ? plural : "\(unitsPerPrice) \(plural)",
                    divisor: unitsPerPrice
                )
            }
        }

        private init(consumed: String, pricing: String, divisor: Int64) {
            (self.consumed, self.pricing, self.divisor) = (consumed, pricing, divisor)
        }
    }

    /// A price that a price book lists.
    struct Price: Hashable {
        /// The identity of the price in the book.
        var id: String
        /// The price that applies.
        var unitPrice: ExactDecimal
        /// The published price without negotiated ones.
        var listUnitPrice: ExactDecimal
        /// The conditions of the price, as a JSON object.
        var details: String?
    }

    /// The dimensions of a charge.
    struct Key: Hashable {
        /// The start of the hour in microseconds since 1970.
        var hour: Int64
        var organization: String?
        var project: String
        /// The company that is paid.
        var provider: String
        /// The region of a regional host.
        var region: String?
        /// The model that answered, else the requested one.
        var model: String?
        var serviceTier: String?
        /// The tags as a JSON object; `nil` for none.
        var tags: String?
        /// The identity of what is sold.
        var sku: String
        var meter: String
        var unit: Unit
        /// The price; `nil` for what has none.
        var price: Price?
        /// The status of the calls' cost in the ledger.
        var status: String
        var reason: String?
        /// The version of the price book that priced the calls.
        var priceBook: String?
    }

    var key: Key
    /// The quantity in units of use.
    var quantity: ExactDecimal
    /// The cost in pico-dollars, as rounded for every call.
    var picoUSD: Int128 = 0
    var calls: Int64 = 1

    /// The length of an hour in microseconds.
    static let hourLength: Int64 = 3_600_000_000

    /// The quantity in units of the price: for an amount of money, the amount.
    var pricingQuantity: ExactDecimal? {
        key.unit == .dollars
            ? ExactDecimal(picoUSD: picoUSD) : quantity.divided(by: key.unit.divisor, fractionDigits: 12)
    }
}
