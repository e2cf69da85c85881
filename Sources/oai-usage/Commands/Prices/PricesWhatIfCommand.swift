import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Prices calls of the past as if other models had served them.
struct PricesWhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Say what calls would have cost with other models, or in another tier.",
        discussion: """
            The calls of the ledger are priced once more with the same tokens and tools. What cannot be priced is named, and in \
            no sum. Nothing is written. Without a period, it is about the last 7 days.

            Examples:
              oai-usage prices whatif --model gpt-5.1=gpt-5-mini --period last-month
              oai-usage prices whatif --model 'gpt-4o*=gpt-5-mini' --model o3=gpt-5.1 --project proj_search
              oai-usage prices whatif --tier batch --since 30d --format markdown
            """
    )

    @OptionGroup var options: WhatIfOptions
    @OptionGroup var range: PeriodOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var output: FormatOption<WhatIfFormat>

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let timeZone = try range.zone.timeZone(settings)
        let period = ReportPeriod(range, now: now, timeZone: timeZone)
        let selected = try range.limit(options.selection(), now: now, timeZone: timeZone)
        let book = try files.book(settings)
        let tier = try options.tier(in: book)
        for name in options.model.map(\.substitution.replacement) where book.model(named: name) == nil {
            throw CommandFailure(UnknownNameMessage(name: name, book: book).description)
        }
        let source = ExportSource(
            places: try ledgers.places(settings),
            ledgers: ledgers,
            settings: settings,
            selection: try period.limit(selected).resolved(now: now),
            now: now
        )
        var whatIf = WhatIf(options.model.map(\.substitution), tier: tier, book: book)
        let totals = try await source.totals()
        try await source.calls(count: totals.calls + totals.openCalls, doing: "Pricing", done: "Priced") {
            whatIf.add($0)
        }
        try output.value.write(whatIf, range: source.selection, now: now)
        for hint in try source.hints(tags: []) { StandardError.write(hint) }
    }
}
