import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

extension TopCall.Grouping: ExpressibleByArgument {}
extension TopSummary.Order: ExpressibleByArgument {}

/// Shows the calls of a ledger live in the terminal.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show calls, spend, latency and errors live in the terminal.",
        discussion: """
            Keys: g groups by project, model, endpoint or key; c, n, e, l, p sort by cost, calls, errors, latency and name; \
            1, 5, h select the last minute, 5 minutes or hour; space pauses; ? helps; q quits. Calls count when they \
            end, and percentiles are of completed calls. Without a terminal, one frame is printed; with --json, one object, \
            with --format csv the rows.

            Examples:
              oai-usage top
              oai-usage top --once --project 'proj_*' --window 1h
              oai-usage top --by model --sort latency | cat
              oai-usage top --json --window 5m | jq .cost_usd_per_hour
            """
    )

    @OptionGroup var filters: FilterOptions
    @OptionGroup var ledger: LedgerOption
    @OptionGroup var zone: TimeZoneOption
    @Option(help: ArgumentHelp("The span that is shown, up to 24h.", valueName: "duration"))
    var window = DurationArgument(milliseconds: 300_000)
    @Option(help: "The rows of the table.")
    var by = TopCall.Grouping.project
    @Option(help: "The order of the rows.")
    var sort = TopSummary.Order.cost
    @Option(help: ArgumentHelp("The time between two reads of the ledger.", valueName: "duration"))
    var interval = DurationArgument(milliseconds: 1_000)
    @Flag(help: "Print one frame and end.")
    var once = false
    @OptionGroup var output: FormatOption<RowsFormat>

    func validate() throws {
        guard 1_000...86_400_000 ~= window.milliseconds else {
            throw ValidationError("--window must be from 1s to 24h.")
        }
        guard 100...3_600_000 ~= interval.milliseconds else {
            throw ValidationError("--interval must be from 100ms to 1h.")
        }
    }

    func run() async throws {
        let settings = try await ledger.settings()
        let path = try ledger.path(settings)
        let timeZone = try zone.timeZone(settings)
        let clock = SystemUsageClock()
        let length = window.milliseconds * 1_000
        let environment = ProcessInfo.processInfo.environment
        let isLive =
            !once && output.value == .table && StandardOutput.isTerminal
            && !["", "dumb"].contains(environment["TERM"] ?? "")
        let span = isLive ? TopModel.longest(length) : length
        let filter = try filters.selection().filter
        let feed = try TopFeed(path: path, filter: filter, length: span, clock: clock)
        let model = TopModel(
            ledger: path,
            length: length,
            grouping: by,
            order: sort,
            size: Self.size(environment),
            coveredFrom: feed.coveredFrom,
            now: clock.wallMicroseconds,
            timeZone: timeZone
        )
        var loop = TopLoop(model, feed, interval: interval.milliseconds * 1_000_000, clock: clock)
        if isLive { return try loop.run() }
        let frame = loop.refreshed()
        if output.value != .table, let problem = frame.problem { throw CommandFailure(problem) }
        for value in try LedgerReader(path: path).unmatchedValues(filter) {
            StandardError.write(ReportSource.sentence(value))
        }
        switch output.value {
        case .json: return StandardOutput.write(frame.json + "\n")
        case .csv: return StandardOutput.write(frame.table.csv)
        case .markdown: return StandardOutput.write(frame.table.markdown)
        case .table: break
        }
        for line in TopFrame(frame).lines(hasFooter: false) {
            StandardOutput.write(line.text(isColored: Terminal.isColored) + "\n")
        }
    }

    /// The size of a printed frame: that of the terminal or of the variables COLUMNS and LINES, else 100 by 40.
    private static func size(_ environment: [String: String]) -> TopModel.Size {
        let terminal = StandardOutput.isTerminal ? TerminalSession().size : TopModel.Size(columns: 100, rows: 40)
        func number(_ name: String) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { 1...1_000 ~= $0 ? $0 : nil }
        }
        return TopModel.Size(columns: number("COLUMNS") ?? terminal.columns, rows: number("LINES") ?? terminal.rows)
    }
}
