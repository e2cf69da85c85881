import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger

/// Reprices past calls.
struct RepriceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprice",
        abstract: "Reprice calls of the past, and say what changes.",
        discussion: """
            A call is priced by the day on which it started, so that only corrected prices, or those of models that had
            none, change anything. While a gateway holds the ledger, only it can write: --gateway asks it to, and it
            prices by its own book.

            What each call cost before is kept: 'oai-usage show' says it, and --history lists the runs.

            Examples:
              oai-usage reprice --since 30d --dry-run --prices my-prices.json
              oai-usage reprice --since 2026-11-01 --until 2026-12-01 --model gpt-6.2-sol
              oai-usage reprice --since 7d --gateway
              oai-usage reprice --history
              oai-usage reprice --history --gateway
            """
    )

    @OptionGroup var selection: RepriceSelection
    @Flag(help: "Let the running gateway do it.")
    var gateway = false
    @Flag(help: "Take prices off without asking: negotiated ones if no file is named, and those that the book lacks.")
    var yes = false
    @Flag(help: "List the runs that changed costs, and price nothing.")
    var history = false
    @OptionGroup var access: AdminOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var storage: LedgerOption
    @OptionGroup var output: FormatOption<RepriceFormat>

    func validate() throws {
        try storage.requireFileForGateway()
        guard history else { return try selection.requireStart() }
        guard selection.isEmpty, files.prices.isEmpty else {
            throw ValidationError("--history lists all runs; leave out the flags that choose calls and prices.")
        }
    }

    func run() async throws {
        let settings = try await storage.settings()
        if history { return output.value.write(try await runs(settings)) }
        let timeZone = try settings.timeZone(selection.timezone)
        let query = try selection.query(now: SystemUsageClock().wallMicroseconds, timeZone: timeZone)
        let isRemote = gateway || access.admin != nil
        if isRemote, !files.prices.isEmpty {
            throw ValidationError("The gateway prices by its own book: start it with --prices, and leave it out here.")
        }
        let result =
            isRemote
            ? try await Repricing(query).throughGateway(
                try access.address(settings),
                token: try access.token(settings)
            )
            : try await Repricing(query).here(storage.path(settings), try files.book(settings), asking: !yes)
        output.value.write(result)
        guard !isRemote, result.report.totals.calls == 0 else { return }
        // A mistyped name looks like no calls.
        for value in try LedgerReader(path: storage.path(settings)).unmatchedValues(query.filter) {
            StandardError.write(ReportSource.sentence(value))
        }
    }

    /// Returns the runs of the gateway's ledger, or of the one on this machine.
    private func runs(_ settings: Settings) async throws -> [RepriceHistoryEntry] {
        guard gateway || access.admin != nil else {
            return try LedgerReader(path: storage.path(settings)).repriceHistory()
        }
        let address = try access.address(settings).address
        let url = try GatewayURL("http://\(address)")
        return try await GatewayLedger(url, token: try access.token(settings), tls: nil).repriceHistory()
    }
}
