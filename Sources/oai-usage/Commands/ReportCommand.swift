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
            Without a period, it is about the last 7 days.

            Examples:
              oai-usage report --period last-month --timezone Europe/Paris
              oai-usage report --project proj_search --since 30d --by model
              oai-usage report --month 2026-11 --by tag:team --top 10 --compare previous
              oai-usage report --model 'gpt-5*' --project-not proj_test --by day,model --top 3
              oai-usage report --by project,tag:team --format csv
              oai-usage report --month 2026-11 --currency EUR --currency-rates rates.json
              oai-usage report --month 2026-11 --format focus
              oai-usage report --ledger http://eu-gateway:10464 --ledger https://us-gateway --since 30d
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var options: ReportOptions
    @OptionGroup var currency: CurrencyOption
    @OptionGroup var output: FormatOption<ReportFormat>
    @OptionGroup(visibility: .hidden) var focus: FocusOptions
    var format: ReportFormat { output.value }
    @Flag(
        help:
            "End with status 2 if any call is not priced in full, reported no usage or went to an unknown endpoint, or if pruned calls make the report inexact."
    )
    var strict = false
    @Option(
        help: ArgumentHelp(
            "End with status 3 if the known cost is above so many dollars, as in 250.",
            valueName: "dollars"
        )
    )
    var failOver: MoneySum?
    @Flag(help: "Report what was paid for without a use instead, as 'oai-usage waste' does.")
    var waste = false

    func validate() throws {
        if waste { try validateWaste() }
        let now = SystemUsageClock().wallMicroseconds
        let timeZone = selection.zone.timezone?.timeZone ?? .gmt
        do {
            _ = try selection.selection(now: now, timeZone: timeZone).resolved(now: now)
        } catch {
            throw ValidationError("--\(error)")
        }
        if options.columns != nil, format == .json {
            throw ValidationError(
                "--columns is for tables; JSON has all values. Use --format csv, or pick them with jq."
            )
        }
        if format == .focus,
            options.columns != nil || options.compare != nil || options.top != nil || options.sort != nil
        {
            throw ValidationError(
                "--format focus has the rows and columns of FOCUS: leave out --columns, --compare, --sort and --top."
            )
        }
        if currency.currency != nil, format == .focus {
            throw ValidationError("FOCUS's billing currency is that of the provider's bill, USD: leave out --currency.")
        }
        if options.compare != nil, selection.until != nil, selection.since == nil {
            throw ValidationError("--compare needs a start: give --since or --period.")
        }
    }

    /// Throws a usage error for flags that waste has no use for.
    private func validateWaste() throws {
        let isOther = options.isAdjusted || currency.currency != nil || strict || failOver != nil || format == .focus
        guard isOther else { return }
        throw ValidationError(
            "--waste has rows and columns of its own: leave out all but the period, the filters, the ledgers and --format."
        )
    }

    func run() async throws {
        if waste {
            let rows = RowsFormat(rawValue: format.rawValue) ?? .table
            return try await WasteCommand(selection, ledgers, rows).run()
        }
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let timeZone = try selection.zone.timeZone(settings)
        let places = try ledgers.places(settings)
        let period = ReportPeriod(selection, now: now, timeZone: timeZone)
        if format == .focus {
            let selected = try period.limit(try selection.selection(now: now, timeZone: timeZone)).resolved(now: now)
            let calls = ExportSource(
                places: places,
                ledgers: ledgers,
                settings: settings,
                selection: selected,
                now: now
            )
            let remarks = try await FocusExport(calls, focus, tags: nil).write(
                to: ExportOutput(path: nil, replaces: false)
            )
            if strict, !remarks.isComplete { throw ExitCode(2) }
            return
        }
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        var request = ReportRequest(
            period.limit(try selection.selection(now: now, timeZone: timeZone)),
            groupBy: options.by.dimensions,
            exactModels: options.exactModels
        )
        var report: ArrangedReport
        let rates = try currency.rates(settings)
        let asked = request
        let progress = ElapsedProgress("Reading the calls")
        defer { progress.end() }
        do {
            let sums = try await source.sums(request)
            if options.compare == nil {
                report = ArrangedReport(sums.report(options.arrangement))
            } else {
                let previous = try period.previous(of: sums.query)
                request.selection.since = .absolute(microseconds: previous.from)
                request.selection.until = .absolute(microseconds: previous.to)
                report = ArrangedReport(sums.comparison(with: try await source.sums(request), options.arrangement))
                if let first = try source.first(), first > previous.from {
                    let day = LocalTimeText(timeZone).date(first)
                    StandardError.write("The ledger begins on \(day): the earlier period is not whole.")
                }
            }
        } catch let error as LedgerError where error.code == .missing && format == .json && places.count == 1 {
            StandardOutput.write(Report.empty(try request.query(now: now) { nil }).json + "\n")
            throw error
        }
        progress.end()
        if let rates { report.conversion = try await source.conversion(of: report.report, asked, rates) }
        let width = options.wide ? nil : Terminal.tableWidth
        var columns = options.columns?.columns
        if columns == nil, options.wide, options.compare != nil { columns = ReportColumn.widelyCompared }
        try format.write(report, columns: columns, period: period.name, width: width)
        for hint in try source.hints(request.selection.filter) { StandardError.write(hint) }
        for hint in try source.hints(tagsOf: options.by.dimensions) { StandardError.write(hint) }
        try judge(report.report)
    }

    /// Ends the program with the status of a threshold that the report passes; 3 goes before 2.
    private func judge(_ report: Report) throws {
        if let failOver {
            let totals = report.totals
            let limit = DecimalText.dollars(picoUSD: failOver.picoUSD)
            if let cost = totals.costPicoUSD, cost > failOver.picoUSD {
                StandardError.write("The cost of $\(DecimalText.dollars(picoUSD: cost)) is above $\(limit).")
                throw ExitCode(3)
            }
            let unknown = totals.unpricedCalls + totals.callsWithoutUsage
            if unknown > 0 {
                StandardError.write(
                    "The known cost is not above $\(limit), and leaves \(NumberFormat.calls(unknown)) out; --strict ends with 2 then."
                )
            }
        }
        if strict, ReportTable.isPartial(report) {
            // Machine formats have no notes of their own.
            if format == .csv || format == .json {
                for note in ReportTable.notes(report) { StandardError.write("--strict: \(note)") }
            }
            throw ExitCode(2)
        }
    }
}
