package import OpenAIUsage

/// The fees of a hosted tool.
///
/// A class, because pricing looks it up for every tool call and would copy a struct each time.
package final class ToolPrices: Sendable {
    /// The unit that a fee is charged for.
    package enum Unit: String, Sendable, CaseIterable {
        /// A call.
        case call
        /// 20 minutes of a container.
        case container = "container_20min"
        /// A GiB stored for one day.
        case storage = "GiB_day"
        /// No fee: the tool is billed by tokens only.
        case none
    }

    /// A fee and the days on which it applies.
    package struct Period: Sendable {
        /// The days on which the fee applies.
        package var days: DayInterval
        /// The fee of one unit.
        package var price: Money
        /// A free-form note.
        package var note: String?
    }

    /// The tool's name, followed by a variant if fees differ (`container.4g`).
    package let id: String
    /// The unit that a fee is charged for.
    package let unit: Unit
    /// The number of free units, as the book states it; `nil` if there are none.
    package let freeUnits: Money?
    /// The fees by period.
    package let periods: [Period]
    /// How the units are counted, as the book states it.
    package let countedBy: String?
    /// A free-form note.
    package let note: String?

    init(id: String, unit: Unit, freeUnits: Money?, periods: [Period], countedBy: String?, note: String?) {
        self.id = id
        self.unit = unit
        self.freeUnits = freeUnits
        self.periods = periods
        self.countedBy = countedBy
        self.note = note
    }

    /// Returns the fee on a day; `nil` if there is none.
    package func price(on day: UTCDay) -> Money? {
        for period in periods where period.days.contains(day) { return period.price }
        return nil
    }
}
