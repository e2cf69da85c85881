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
              oai-usage report --ledger http://eu-gateway:10464 --ledger https://us-gateway --since 30d
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @Option(
        help: ArgumentHelp("What to group by: \(ReportDimension.names.joined(separator: ", ")).", valueName: "names")
    )
    var by = Dimensions(dimensions: [.project])
    @OptionGroup var output: FormatOption<ReportFormat>
    var format: ReportFormat { output.value }
    @Flag(
        help:
            "End with status 2 if any call is not priced in full, reported no usage or went to an unknown endpoint, or if pruned calls make the report inexact."
    )
    var strict = false

    func validate() throws {
        if let twice = by.repeated { throw ValidationError("--by names \(twice) twice; name each dimension once.") }
        let now = SystemUsageClock().wallMicroseconds
        do { _ = try selection.selection(now: now).resolved(now: now) } catch { throw ValidationError("--\(error)") }
    }

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let request = ReportRequest(try selection.selection(now: now), groupBy: by.dimensions)
        let settings = try await ledgers.settings()
        let places = try ledgers.places(settings)
        let report: Report
        do {
            if places.count == 1, let path = places[0].path {
                report = try LedgerReader(path: path, progress: WorkProgress.upgrade()).report(request, now: now)
            } else {
                report = try await ledgers.union(places, settings).report(request, now: now)
            }
        } catch let error as LedgerError where error.code == .missing && format == .json && places.count == 1 {
            StandardOutput.write(Report.empty(try request.query(now: now) { nil }).json + "\n")
            throw error
        }
        format.write(report)
        if strict, ReportTable.isPartial(report) { throw ExitCode(2) }
    }
}
