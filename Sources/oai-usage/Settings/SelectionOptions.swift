import ArgumentParser
import Foundation
import OpenAIUsage
package import OpenAIUsageLedger

/// The flags that select calls: filters and a period.
struct SelectionOptions: ParsableArguments {
    @OptionGroup var filters: FilterOptions

    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: TimestampArgument?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: TimestampArgument?

    @Option(
        help: ArgumentHelp(
            "A period instead of --since and --until: today, yesterday, this-week, last-week, this-month, last-month, mtd, ytd, all, 2026-10, 2026-W48, ...",
            valueName: "period"
        )
    )
    var period: CalendarPeriod?

    @Option(help: ArgumentHelp("The same as --period with a month.", valueName: "yyyy-mm"))
    var month: MonthArgument?

    @OptionGroup var zone: TimeZoneOption

    /// Returns the selection that results from the flags.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970, in which relative periods are resolved.
    ///   - timeZone: The time zone of days and of times without one.
    /// - Returns: The selection.
    /// - Throws: A `ParameterError` for a value that no call can have, or a period in the future.
    func selection(now: Int64, timeZone: TimeZone) throws -> CallSelection {
        var selection = try filters.selection()
        selection.since = since
        selection.until = until
        selection.timeZone = timeZone
        if let period = effectivePeriod, period != .all {
            guard let range = period.range(now: now, timeZone: timeZone) else {
                throw ParameterError(month == nil ? "period" : "month", "\(period) lies in the future")
            }
            selection.since = .absolute(microseconds: range.from)
            selection.until = .absolute(microseconds: range.to)
        }
        return selection
    }

    /// The period of either flag.
    var effectivePeriod: CalendarPeriod? { period ?? month?.period }

    /// True if a range of time is given.
    var hasRange: Bool { since != nil || until != nil || period != nil || month != nil }

    func validate() throws {
        let times = [since == nil ? nil : "--since", until == nil ? nil : "--until"].compactMap { $0 }
        let periods = [period == nil ? nil : "--period", month == nil ? nil : "--month"].compactMap { $0 }
        if periods.count > 1 || (!periods.isEmpty && !times.isEmpty) {
            throw ValidationError("\((periods + times).joined(separator: " and ")) exclude one another.")
        }
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
    package static var allValueStrings: [String] { names + ["2026-10", "2026-W48", "2026"] }
}

/// A month, as in `2026-10`.
struct MonthArgument: ExpressibleByArgument {
    /// The month as a period.
    var period: CalendarPeriod

    init?(argument: String) {
        guard let period = CalendarPeriod(argument), case .month = period else { return nil }
        self.period = period
    }
}
