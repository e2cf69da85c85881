import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// The calls of an export.
struct ExportSource {
    let places: [LedgerLocation]
    let ledgers: LedgersOption
    let settings: Settings
    /// The calls, with an absolute range.
    let selection: CallSelection
    let now: Int64

    /// The only ledger, if it is a file on this machine.
    var file: String? { places.count == 1 ? places[0].path : nil }

    /// Returns the sums of the same calls as a report has them.
    func totals() async throws -> ReportRow {
        try await report([]).totals
    }

    /// Returns a report of the same calls.
    ///
    /// - Parameters:
    ///   - dimensions: The dimensions of the report.
    ///   - end: Another end of the range in microseconds since 1970; `nil` for its own.
    ///   - timeZone: The time zone of hours, days and months; `nil` for that of the selection.
    /// - Returns: The report.
    /// - Throws: The error of a ledger that cannot be read.
    func report(
        _ dimensions: [ReportDimension],
        until end: Int64? = nil,
        timeZone: TimeZone? = nil
    ) async throws -> Report {
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        var request = ReportRequest(selection, groupBy: dimensions, exactModels: true)
        if let timeZone { request.selection.timeZone = timeZone }
        if let end { request.selection.until = .absolute(microseconds: end) }
        return try await source.sums(request).report
    }

    /// Converts the costs of a report of the same calls.
    func conversion(
        of report: Report,
        _ dimensions: [ReportDimension],
        _ rates: CurrencyRates
    ) async throws -> ReportConversion {
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        let request = ReportRequest(selection, groupBy: dimensions, exactModels: true)
        return try await source.conversion(of: report, request, rates)
    }

    /// Passes the calls to a closure in the order of their starts, and shows the progress.
    ///
    /// - Parameters:
    ///   - count: The number of calls, for the progress.
    ///   - doing: What is done with the calls.
    ///   - done: What was done with them.
    ///   - body: Called with one call after another.
    /// - Throws: The error of a ledger that cannot be read, or of the closure.
    func calls(
        count: Int64,
        doing: String = "Exporting",
        done: String = "Exported",
        _ body: (CallRecord) throws -> Void
    ) async throws {
        let progress = WorkProgress(doing, done, "calls")
        let request = CallsRequest(selection, limit: nil)
        var read: Int64 = 0
        func pass(_ record: CallRecord) throws {
            try body(record)
            read += 1
            if read % 1_024 == 0, read < count { progress.show(read, count) }
        }
        if let file {
            let reader = try LedgerReader(path: file, progress: WorkProgress.upgrade())
            try reader.calls(try request.query(now: now)) { record in
                try pass(record)
                return true
            }
        } else {
            var listing = try await ledgers.union(places, settings).listing(request, now: now)
            while let record = try await listing.next() { try pass(record) }
        }
        progress.show(max(read, 1), read)
    }

    /// Returns sentences about values of filters and names of tags that no call has.
    func hints(tags: [String]) throws -> [String] {
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        return try source.hints(selection.filter) + source.hints(tagsOf: tags.map { .tag($0) })
    }

    /// Returns the names of the tags that calls of the ledgers have.
    func tagNames() async throws -> [String] { try await ledgers.union(places, settings).tagNames() }
}
