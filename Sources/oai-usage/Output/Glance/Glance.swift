import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// A summary of today, this month and the largest costs.
struct Glance {
    /// The calls that failed for one reason.
    struct ErrorCount: Equatable {
        /// The API's error code or type; `nil` if there is none.
        var code: String?
        /// The HTTP status; `nil` if there was no response.
        var status: String?
        var outcome: String?
        var calls: Int64

        /// The reason in one word, with the status.
        var label: String {
            guard let code else { return status.map { "HTTP \($0)" } ?? outcome ?? "unknown" }
            return TextCleaner.removingUnsafe(from: status.map { "\($0) \(code)" } ?? code)
        }
    }

    /// A day of the trend.
    struct Day: Equatable {
        /// The day, as in `2026-11-23`.
        var name: String
        /// The sums; `nil` if there were no calls.
        var row: ReportRow?

        /// The known cost; zero without calls, and `nil` if it is unknown.
        var cost: Int128? { row.map(\.knownCost) ?? 0 }
    }

    /// The paths and URLs of the ledgers.
    let ledgers: [String]
    let timeZone: TimeZone
    let periods: GlancePeriods
    let today: ReportRow
    let month: ReportRow
    let days: [Day]
    /// The sums of this month by project, the most expensive first.
    let projects: [ReportRow]
    /// The sums of this month by model, the most expensive first.
    let models: [ReportRow]
    /// The failed calls of this month, the most frequent reason first.
    let errors: [ErrorCount]
    let projection: MonthProjection
    /// Sentences on what pruned calls leave out of this month.
    let prunedNotes: [String]

    /// Reads a glance.
    ///
    /// - Parameters:
    ///   - reader: The ledgers.
    ///   - now: The time in microseconds since 1970.
    ///   - timeZone: The time zone of days and months.
    /// - Throws: An error that names the ledger.
    init(_ reader: ReportReader, now: Int64, timeZone: TimeZone) async throws {
        let periods = GlancePeriods(now: now, timeZone: timeZone)
        var selection = CallSelection()
        selection.timeZone = timeZone
        let month = try await reader.report(periods.month, by: [.project], of: selection)
        let daily = try await reader.report(periods.days, by: [.day], of: selection).rows
        let failed = try await reader.report(periods.month, by: [.errorCode, .status, .outcome], of: selection).rows
        ledgers = reader.names
        self.timeZone = timeZone
        self.periods = periods
        today = try await reader.report(periods.today, of: selection).totals
        self.month = month.totals
        projects = month.rows
        models = try await reader.report(periods.month, by: [.model], of: selection).rows
        days = periods.trendDays.map { name in Day(name: name, row: daily.first { $0.group.first == name }) }
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

    /// Returns the time from which calls of this month can be expected: its start, or the first day with calls if no day before
    /// this month has any.
    ///
    /// - Parameters:
    ///   - days: The days with calls, as in `2026-11-23`.
    ///   - periods: The periods.
    ///   - timeZone: The time zone of the days.
    /// - Returns: The time in microseconds since 1970.
    static func recordedSince(_ days: [String], _ periods: GlancePeriods, _ timeZone: TimeZone) -> Int64 {
        guard let first = days.min(), first >= "\(periods.monthName)-01",
            case .local(let year, let month, let day, _, _, _)? = TimestampArgument(first)
        else { return periods.month.from }
        let start = TimestampArgument.local(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
        return max(periods.month.from, start.microseconds(now: periods.now, timeZone: timeZone))
    }
}
