package import Foundation
import OpenAIUsage

/// A reader of reports over calendar periods, of one ledger or of several read as one.
package protocol PeriodReader {
    /// The paths and URLs of the ledgers.
    var names: [String] { get }

    /// Returns a report over a range, for which sums by quarter of an hour are enough.
    ///
    /// - Parameters:
    ///   - range: The range in microseconds since 1970.
    ///   - dimensions: The dimensions to group by.
    ///   - selection: The filter and the time zone.
    /// - Returns: The report, whose percentiles may be estimates.
    /// - Throws: An error that names the ledger.
    func report(
        _ range: CalendarPeriod.Range,
        by dimensions: [ReportDimension],
        of selection: CallSelection
    ) async throws -> Report
}

/// A summary of today, this month and the largest costs.
package struct Glance: Sendable {
    /// The calls that failed for one reason.
    package struct ErrorCount: Sendable, Equatable {
        /// The API's error code or type; `nil` if there is none.
        package var code: String?
        /// The HTTP status; `nil` if there was no response.
        package var status: String?
        package var outcome: String?
        package var calls: Int64

        /// The reason in one word, with the status.
        package var label: String {
            guard let code else {
                // A response that was cut has the status of a success.
                let refusal = status.flatMap { ($0.first ?? "0") >= "4" ? $0 : nil }
                return refusal.map { "HTTP \($0)" } ?? outcome ?? "unknown"
            }
            return TextCleaner.removingUnsafe(from: status.map { "\($0) \(code)" } ?? code)
        }
    }

    /// A day of the trend.
    package struct Day: Sendable, Equatable {
        /// The day, as in `2026-11-23`.
        package var name: String
        /// The sums; `nil` if there were no calls.
        package var row: ReportRow?

        /// The known cost; zero without calls, and `nil` if it is unknown.
        package var cost: Int128? { row.map(\.knownCost) ?? 0 }
    }

    /// The paths and URLs of the ledgers.
    package let ledgers: [String]
    package let timeZone: TimeZone
    package let periods: GlancePeriods
    package let today: ReportRow
    package let month: ReportRow
    package let days: [Day]
    /// The sums of this month by project, the most expensive first.
    package let projects: [ReportRow]
    /// The sums of this month by model, the most expensive first.
    package let models: [ReportRow]
    /// The failed calls of this month, the most frequent reason first.
    package let errors: [ErrorCount]
    package let projection: MonthProjection
    /// Sentences on what pruned calls leave out of this month.
    package let prunedNotes: [String]

    /// Reads a glance.
    ///
    /// - Parameters:
    ///   - reader: The ledgers, read as one.
    ///   - now: The time in microseconds since 1970.
    ///   - timeZone: The time zone of days and months.
    ///   - isBrief: True to leave out the trend, projects, models and errors, which take the most time to read.
    /// - Throws: An error that names the ledger.
    package init(
        _ reader: some PeriodReader,
        now: Int64,
        timeZone: TimeZone,
        isBrief: Bool = false
    ) async throws {
        let periods = GlancePeriods(now: now, timeZone: timeZone)
        var selection = CallSelection()
        selection.timeZone = timeZone
        let month = try await reader.report(periods.month, by: isBrief ? [] : [.project], of: selection)
        var daily: [ReportRow] = []
        // Days tell the first one with calls: needless if there were calls before this month.
        let earlier = isBrief ? try await Self.calls(reader, in: periods, of: selection) : 0
        if earlier == 0 {
            daily = try await reader.report(periods.days, by: [.day], of: selection).rows
        }
        let failed =
            isBrief
            ? [] : try await reader.report(periods.month, by: [.errorCode, .status, .outcome], of: selection).rows
        ledgers = reader.names
        self.timeZone = timeZone
        self.periods = periods
        today = try await reader.report(periods.today, by: [], of: selection).totals
        self.month = month.totals
        projects = isBrief ? [] : month.rows
        models = isBrief ? [] : try await reader.report(periods.month, by: [.model], of: selection).rows
        days = (isBrief ? [] : periods.trendDays).map { name in
            Day(name: name, row: daily.first { $0.group.first == name })
        }
        errors = failed.filter { $0.errors > 0 }.map { row in
            ErrorCount(code: row.group[0], status: row.group[1], outcome: row.group[2], calls: row.errors)
        }.sorted { ($1.calls, $0.label) < ($0.calls, $1.label) }
        projection = MonthProjection(
            cost: month.totals.knownCost,
            calls: month.totals.calls,
            since: Self.recordedSince(daily.compactMap { $0.group.first ?? nil }, periods, timeZone),
            now: now,
            end: periods.monthEnd
        )
        prunedNotes = month.pruned.flatMap { $0.isExact ? nil : $0.notes } ?? []
    }

    /// Returns the number of calls of the day before this month, or else of the weeks before it.
    private static func calls(
        _ reader: some PeriodReader,
        in periods: GlancePeriods,
        of selection: CallSelection
    ) async throws -> Int64 {
        let (from, to) = (periods.before.from, periods.before.to)
        // Most ledgers have calls every day, and a day is read faster than two weeks.
        for start in [max(from, to - 86_400_000_000), from] {
            let range = CalendarPeriod.Range(from: start, to: to)
            let calls = try await reader.report(range, by: [], of: selection).totals.calls
            if calls > 0 { return calls }
        }
        return 0
    }

    /// Returns the time from which calls of this month can be expected: its start, or the first day with calls if no day before
    /// this month has any.
    ///
    /// - Parameters:
    ///   - days: The days with calls, as in `2026-11-23`.
    ///   - periods: The periods.
    ///   - timeZone: The time zone of the days.
    /// - Returns: The time in microseconds since 1970.
    package static func recordedSince(_ days: [String], _ periods: GlancePeriods, _ timeZone: TimeZone) -> Int64 {
        guard let first = days.min(), first >= "\(periods.monthName)-01",
            case .local(let year, let month, let day, _, _, _)? = TimestampArgument(first)
        else { return periods.month.from }
        let start = TimestampArgument.local(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
        return max(periods.month.from, start.microseconds(now: periods.now, timeZone: timeZone))
    }
}
