import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger

/// Reprices past calls.
struct RepriceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprice",
        abstract: "Price calls of the past anew, and say what changes.",
        discussion: """
            A call is priced by the day on which it started, so that only corrected prices, or those of models that had
            none, change anything. While a gateway holds the ledger, only it can write: --gateway asks it to, and it
            prices by its own book.

            Examples:
              oai-usage reprice --since 30d --dry-run --prices my-prices.json
              oai-usage reprice --since 2026-11-01 --until 2026-12-01 --model gpt-6.2-sol
              oai-usage reprice --since 7d --gateway
            """
    )

    @OptionGroup var selection: RepriceSelection
    @Flag(help: "Let the running gateway do it.")
    var gateway = false
    @Flag(help: "Take negotiated prices off without asking, where no price file is named.")
    var yes = false
    @OptionGroup var access: AdminOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var storage: LedgerOption
    @OptionGroup var output: FormatOption<RepriceFormat>

    func run() async throws {
        let settings = try await storage.settings()
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
            : try await Repricing(query).here(settings.ledger(storage.ledger), try files.book(settings), asking: !yes)
        output.value.write(result)
    }
}
