import ArgumentParser
import Foundation
import OpenAIUsageLedger

/// The range of a report, and what it is called.
struct ReportPeriod {
    /// The days of a report for which no range is given.
    static let standardDays: Int64 = 7

    /// The name for headings; `nil` for a range given by its ends.
    let name: String?
    private let period: CalendarPeriod?
    private let isStandard: Bool
    private let now: Int64
    private let timeZone: TimeZone

    /// Creates the period that results from the flags.
    init(_ selection: SelectionOptions, now: Int64, timeZone: TimeZone) {
        self.init(selection.range, now: now, timeZone: timeZone)
    }

    /// Creates the period that results from the flags for a period.
    init(_ range: PeriodOptions, now: Int64, timeZone: TimeZone) {
        period = range.effectivePeriod
        isStandard = !range.hasRange
        self.now = now
        self.timeZone = timeZone
        if isStandard {
            name = "The last \(Self.standardDays) days"
        } else {
            name = period.map { period in
                let words = period.description.replacing("-", with: " ")
                return period.isNamed ? words.prefix(1).uppercased() + words.dropFirst() : period.description
            }
        }
    }

    /// Returns a selection with the range of the period.
    func limit(_ selection: CallSelection) -> CallSelection {
        guard isStandard else { return selection }
        var selection = selection
        selection.since = .ago(milliseconds: Self.standardDays * 86_400_000)
        return selection
    }

    /// Returns the range to compare a report with.
    ///
    /// - Throws: A `ValidationError` if there is none.
    func previous(of query: ReportQuery) throws -> CalendarPeriod.Range {
        let range =
            period == nil
            ? CalendarPeriod.Range(from: query.fromMicroseconds, to: query.toMicroseconds).shiftedBack(
                timeZone: timeZone
            )
            : period?.previous(now: now, timeZone: timeZone)
        guard let range else {
            throw ValidationError("There is no period before \(name ?? "this one") to compare with.")
        }
        return range
    }
}
