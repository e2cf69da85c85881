import ArgumentParser
import Foundation
import OpenAIUsage
package import OpenAIUsageLedger

/// The flags that select calls: filters and a period.
struct SelectionOptions: ParsableArguments {
    @OptionGroup var filters: FilterOptions

    @OptionGroup var range: PeriodOptions

    var since: TimestampArgument? { range.since }
    var until: TimestampArgument? { range.until }
    var zone: TimeZoneOption { range.zone }

    /// Returns the selection that results from the flags.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970, in which relative periods are resolved.
    ///   - timeZone: The time zone of days and of times without one.
    /// - Returns: The selection.
    /// - Throws: A `ParameterError` for a value that no call can have, or a period in the future.
    func selection(now: Int64, timeZone: TimeZone) throws -> CallSelection {
        try range.limit(filters.selection(), now: now, timeZone: timeZone)
    }

    func validate() throws {
        // Relative times change only by the time between validation and the query.
        let now = SystemUsageClock().wallMicroseconds
        let timeZone = zone.timezone?.timeZone ?? .gmt
        do { _ = try selection(now: now, timeZone: timeZone).range(now: now) } catch {
            throw ValidationError("--\(error)")
        }
    }
}

extension TagSelection: ExpressibleByArgument {
    /// Creates a tag selection from `name=value`; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }
}

extension CalendarPeriod: ExpressibleByArgument {
    /// Creates a period from its name; `nil` for invalid text.
    package init?(argument: String) { self.init(argument) }

    /// The names of relative periods, and an example of each other form.
    package static var allValueStrings: [String] { names + ["2026-11-29", "2026-W48", "2026-10", "2026-Q4", "2026"] }
}

/// A month, as in `2026-10`.
struct MonthArgument: ExpressibleByArgument {
    /// The month as a period.
    var period: CalendarPeriod

    init?(argument: String) {
        guard let period = CalendarPeriod(argument), case .month = period else { return nil }
        self.period = period
    }

    /// Returns the name of a month, by how many months ago it is in UTC.
    static func name(ago: Int, now: Int64) -> String {
        let today = CivilDate(daysSince1970: now.flooredQuotient(by: 86_400_000_000))
        let month = today.year * 12 + today.month - 1 - Int64(ago)
        let number = month % 12 + 1
        return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
    }
}
