import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// The flags for a period.
struct PeriodOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("From when: 7d, 12h, today, yesterday, 2026-11-01, 2026-11-01T12:00.", valueName: "time")
    )
    var since: TimestampArgument?

    @Option(help: ArgumentHelp("Until when, exclusive. (default: now)", valueName: "time"))
    var until: TimestampArgument?

    @Option(
        help: ArgumentHelp(
            "A period instead of --since and --until: today, yesterday, this-week, last-week, this-month, last-month, mtd, ytd, all, 2026-11-29, 2026-W48, 2026-10, 2026-Q4, ...",
            valueName: "period"
        )
    )
    var period: CalendarPeriod?

    @Option(help: ArgumentHelp("The same as --period with a month.", valueName: "yyyy-mm"))
    var month: MonthArgument?

    @OptionGroup var zone: TimeZoneOption

    /// The period of either flag.
    var effectivePeriod: CalendarPeriod? { period ?? month?.period }

    /// True if a range of time is given.
    var hasRange: Bool { since != nil || until != nil || period != nil || month != nil }

    /// Returns a selection with the range of the flags.
    ///
    /// - Parameters:
    ///   - selection: The selection, without a range.
    ///   - now: The time in microseconds since 1970, in which relative periods are resolved.
    ///   - timeZone: The time zone of days and of times without one.
    /// - Returns: The selection.
    /// - Throws: A `ParameterError` for a period in the future.
    func limit(_ selection: CallSelection, now: Int64, timeZone: TimeZone) throws -> CallSelection {
        var selection = selection
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

    func validate() throws {
        let times = [since == nil ? nil : "--since", until == nil ? nil : "--until"].compactMap { $0 }
        let periods = [period == nil ? nil : "--period", month == nil ? nil : "--month"].compactMap { $0 }
        if periods.count > 1 || (!periods.isEmpty && !times.isEmpty) {
            throw ValidationError("\((periods + times).joined(separator: " and ")) cannot be used together.")
        }
    }
}
