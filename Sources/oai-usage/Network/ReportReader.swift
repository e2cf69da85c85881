import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// Reads several reports of the same ledgers: a file of this machine is opened once.
struct ReportReader: PeriodReader {
    private enum Source {
        case file(LedgerReader)
        case union(LedgerUnion)
    }

    /// The paths and URLs of the ledgers.
    let names: [String]
    private let source: Source

    /// Opens the ledgers that the flags name.
    ///
    /// - Parameters:
    ///   - ledgers: The flags.
    ///   - settings: The settings that apply where flags are absent.
    ///   - progress: Called during an upgrade of an older ledger.
    /// - Throws: A `LedgerError`, or a ``CommandFailure`` for an invalid flag.
    init(_ ledgers: LedgersOption, _ settings: Settings, progress: LedgerReader.Progress?) throws {
        let places = try ledgers.places(settings)
        names = places.map(\.name)
        if places.count == 1, let path = places[0].path {
            source = .file(try LedgerReader(path: path, progress: progress))
        } else {
            source = .union(try ledgers.union(places, settings))
        }
    }

    /// Returns a report over a range.
    ///
    /// - Parameters:
    ///   - range: The range in microseconds since 1970.
    ///   - dimensions: The dimensions to group by.
    ///   - selection: The filter and the time zone.
    /// - Returns: The report.
    /// - Throws: An error that names the ledger.
    func report(
        _ range: CalendarPeriod.Range,
        by dimensions: [ReportDimension],
        of selection: CallSelection
    ) async throws -> Report {
        var selection = selection
        selection.since = .absolute(microseconds: range.from)
        selection.until = .absolute(microseconds: range.to)
        let request = ReportRequest(selection, groupBy: dimensions)
        switch source {
        // Sums of quarters of an hour, hours and days are enough where no percentile is shown.
        case .file(let reader): return try reader.report(try request.query(now: range.to) { nil }, exactLimit: 0)
        case .union(let union): return try await union.report(request, now: range.to)
        }
    }
}
