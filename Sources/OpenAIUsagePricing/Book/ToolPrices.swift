/// The fee of a hosted tool.
///
/// It is an object, since pricing looks it up for every call of a tool and would copy all of it each time.
package final class ToolPrices: Sendable {
    /// What a fee is charged for.
    package enum Unit: String, Sendable, CaseIterable {
        /// Each call.
        case call
        /// Each container in each 20 minutes.
        case container = "container_20min"
        /// Each GiB stored for a day.
        case storage = "GiB_day"
        /// Nothing: the tool only uses tokens.
        case none
    }

    /// A fee and the days on which it holds.
    package struct Period: Sendable {
        /// The days.
        package var days: DayInterval
        /// The fee of one unit.
        package var price: Money
        /// What else is known.
        package var note: String?
    }

    /// The tool's name, with a variant after a point where fees differ (`container.4g`).
    package let id: String
    /// What a fee is charged for.
    package let unit: Unit
    /// The units that are free.
    package let freeUnits: Money?
    /// The fees by time.
    package let periods: [Period]
    /// How the units are counted.
    package let countedBy: String?
    /// What else is known.
    package let note: String?

    init(id: String, unit: Unit, freeUnits: Money?, periods: [Period], countedBy: String?, note: String?) {
        self.id = id
        self.unit = unit
        self.freeUnits = freeUnits
        self.periods = periods
        self.countedBy = countedBy
        self.note = note
    }

    /// The fee on a day.
    package func price(on day: UTCDay) -> Money? {
        for period in periods where period.days.contains(day) { return period.price }
        return nil
    }
}
