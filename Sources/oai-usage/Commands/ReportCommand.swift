import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// Reports cost, tokens and latency.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report cost, tokens and latency.",
        discussion: """
            Examples:
              oai-usage report --project proj_search --since 30d --by model
              oai-usage report --since 2026-11-01 --until 2026-12-01 --by day --timezone Europe/Paris
              oai-usage report --by project,tag:team --format csv
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var storage: LedgerOption
    @Option(
        help: ArgumentHelp("What to group by: \(ReportDimension.names.joined(separator: ", ")).", valueName: "names")
    )
    var by = Dimensions(dimensions: [.project])
    @Option(help: "How the report is written.")
    var format = ReportFormat.table
    @Flag(
        help:
            "End with status 2 if any call is not priced in full, reported no usage or went to an unknown endpoint, or if pruned calls make the report inexact."
    )
    var strict = false

    func validate() throws {
        if let twice = by.repeated { throw ValidationError("--by names \(twice) twice; name each dimension once.") }
    }

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let range = try selection.range(now: now)
        var query = ReportQuery(from: range.from ?? 0, to: range.to ?? now + 1)
        query.timeZone = selection.timezone.timeZone
        query.groupBy = by.dimensions
        query.filter = selection.filter
        let path = try await storage.settings().ledger(storage.ledger)
        let report: Report
        do {
            let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
            if range.from == nil { query.from = try reader.summary().first.map { min($0, query.to - 1) } ?? 0 }
            report = try reader.report(query)
        } catch let error as LedgerError where error.code == .missing && format == .json {
            StandardOutput.write(Report.empty(query).json + "\n")
            throw error
        }
        format.write(report)
        if strict, ReportTable.isPartial(report) { throw ExitCode(2) }
    }
}
