import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Writes one line for a prompt or a status bar.
struct StatuslineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statusline",
        abstract: "Write one line on today and this month, for a prompt or a status bar.",
        discussion: """
            A cost after ≥ leaves out calls without a price or without usage, and $? is not known. The placeholders of a template \
            are \(StatuslineField.list); {{ is a brace.

            In tmux: set -g status-right '#(oai-usage statusline --quiet)'

            Examples:
              oai-usage statusline
              oai-usage statusline --json | jq .today_usd
              oai-usage statusline --project 'proj_*' --format '{today_usd} ({error_share_today} errors)'
            """
    )

    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var zone: TimeZoneOption
    @Option(name: .shortAndLong, help: "Only this project; with commas, * and ?, repeatable.", completion: .projects)
    var project: [String] = []
    @Option(help: ArgumentHelp("The line, with placeholders.", valueName: "template"))
    var format: String?
    @Flag(help: "Write all placeholders as one JSON object, with every digit.")
    var json = false
    @Flag(help: "Write an empty line, and no error, if there is no ledger or it cannot be read.")
    var quiet = false

    /// True for JSON, which has the name that it has elsewhere, too.
    private var isJSON: Bool { json || format == "json" }

    func validate() throws {
        if json, let format, format != "json" {
            throw ValidationError("--json and a template of --format cannot be used together.")
        }
        if let format, ["table", "text", "csv", "markdown"].contains(format) {
            throw ValidationError("--format is a template with placeholders, or json; the line has no other format.")
        }
        if let format { _ = try StatuslineTemplate(format) }
        do { _ = try FilterOptions.listed(project, "project") } catch { throw ValidationError("--\(error)") }
    }

    func run() async throws {
        let template = try format.map { try StatuslineTemplate($0) }
        do {
            if isJSON {
                return StandardOutput.write(try await figures(Set(StatuslineField.allCases)).json + "\n")
            }
            let figures = try await figures(template?.fields ?? [.todayUSD, .monthUSD])
            StandardOutput.write((template?.text(figures) ?? figures.line(isColored: Terminal.isColored)) + "\n")
        } catch  where quiet {
            StandardOutput.write(isJSON ? "{}\n" : "\n")
        }
    }

    /// Reads no more than the placeholders need, since the line is waited for.
    private func figures(_ fields: Set<StatuslineField>) async throws -> StatuslineFigures {
        let settings = try await ledgers.settings()
        let timeZone = try zone.timeZone(settings) { if !quiet { StandardError.write($0) } }
        let periods = GlancePeriods(now: SystemUsageClock().wallMicroseconds, timeZone: timeZone)
        var selection = CallSelection()
        selection.timeZone = timeZone
        try selection.add(.project, try FilterOptions.listed(project, "project"), isExcluded: false)
        let reader = try ReportReader(ledgers, settings, progress: quiet ? nil : WorkProgress.upgrade())
        var figures = StatuslineFigures(today: try await reader.report(periods.today, by: [], of: selection).totals)
        if figures.today.calls == 0, !quiet {
            // A mistyped project would look like one without traffic.
            let places = try ledgers.places(settings)
            var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: periods.now)
            for hint in try source.hints(selection.filter) { StandardError.write(hint) }
        }
        guard fields.contains(where: \.isOfMonth) else { return figures }
        let month = try await reader.report(periods.month, by: [], of: selection).totals
        figures.month = month
        guard fields.contains(where: \.needsDays) else { return figures }
        let days = try await reader.report(periods.days, by: [.day], of: selection).rows.compactMap { $0.group[0] }
        figures.projection = MonthProjection(
            cost: month.knownCost,
            calls: month.calls,
            since: Glance.recordedSince(days, periods, timeZone),
            now: periods.now,
            end: periods.monthEnd
        )
        return figures
    }
}
