import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Shows what is spent of the budgets.
struct BudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Show what is spent of the budgets, and what it will be.",
        discussion: """
            Budgets stand under "budget" in the configuration file, or are given as --budget. Each is \
            NAME=AMOUNT/UNIT: US dollars for each day, week, month, quarter or year, by default of the calendar in UTC. \
            Conditions restrict it to some calls, as in project=search or tag:team=web; the same one twice means either. \
            zone=Europe/Berlin moves the calendar, at=50:80:100 sets the percentages at which a gateway sends a message.

            FORECAST is the cost at the end of the window at the pace so far. Calls without a full price or usage are in no sum; \
            their number is told. Ends with 3 if more than a budget's amount is spent.

            Examples:
              oai-usage budget --budget all=1000/month
              oai-usage budget --budget 'search=50/day project=search zone=Europe/Berlin' --json
            """
    )

    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var option: BudgetsOption
    @OptionGroup var output: FormatOption<BudgetFormat>

    enum BudgetFormat: String, OutputFormat {
        case table, json, csv, markdown

        static var standard: BudgetFormat { .table }
    }

    func run() async throws {
        let settings = try await ledgers.settings()
        let budgets = try option.budgets(settings)
        guard !budgets.isEmpty else {
            throw CommandFailure(
                "There is no budget: add --budget all=1000/month, or \"budget\": [\"all=1000/month\"] to the configuration file."
            )
        }
        let union = try ledgers.union(ledgers.places(settings), settings)
        let now = SystemUsageClock().wallMicroseconds
        var source = ReportSource(
            places: try ledgers.places(settings),
            ledgers: ledgers,
            settings: settings,
            now: now
        )
        var hints: [String] = []
        var statuses: [BudgetStatus] = []
        for budget in budgets {
            let window = budget.window(at: now)
            var selection = CallSelection()
            selection.since = .absolute(microseconds: window.from)
            selection.until = .absolute(microseconds: min(window.to, now + 1))
            selection.timeZone = budget.timeZone
            selection.conditions = budget.filter.conditions
            let report = try await union.report(ReportRequest(selection, groupBy: []), now: now)
            selection.since = .absolute(microseconds: window.from - BudgetStatus.lookBack)
            let days = try await union.report(ReportRequest(selection, groupBy: [.day]), now: now).rows
            statuses.append(
                BudgetStatus(
                    budget: budget,
                    window: window,
                    totals: report.totals,
                    days: days.compactMap { $0.group.first ?? nil },
                    time: now
                )
            )
            if report.totals.calls == 0 {
                hints += try source.hints(budget.filter).map { "Budget \(budget.name): \($0)" }
            }
        }
        let format = BudgetText(statuses)
        switch output.value {
        case .json: StandardOutput.write(format.json + "\n")
        case .csv: StandardOutput.write(format.plain.csv)
        case .markdown:
            StandardOutput.write(format.table.markdown)
            for note in format.notes { StandardError.write(note) }
        case .table:
            let table = format.table
            StandardOutput.write(table.layout(isColored: Terminal.isColored, width: Terminal.tableWidth).text)
            if let note = table.note(width: Terminal.tableWidth) { StandardError.write(note) }
            for note in format.notes { StandardError.write(note) }
        }
        for hint in hints { StandardError.write(hint) }
        if statuses.contains(where: \.isOver) { throw ExitCode(3) }
    }
}
