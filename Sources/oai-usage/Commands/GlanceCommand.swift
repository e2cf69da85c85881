import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Shows today and this month; the program's command when none is named.
struct GlanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glance",
        abstract: "Show today and this month at a glance, as 'oai-usage' alone does.",
        discussion: """
            The projection is the cost so far, continued at its rate to the end of the month. A cost after ≥ leaves calls out, which \
            the last line counts.

            The JSON has the keys ledgers, at, timezone, today, month, projection (cost_usd, or null and why in state), days (the \
            last 14, each with its calls and cost_usd), projects and models (of this month, each with its share of the cost), \
            and errors. A cost_usd of null is not known. Without a ledger it has missing_ledger.

            Examples:
              oai-usage glance
              oai-usage glance --timezone Europe/Paris --json
            """
    )

    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var zone: TimeZoneOption
    @OptionGroup var output: FormatOption<RowsFormat>

    func run() async throws {
        let settings = try await ledgers.settings()
        let timeZone = try zone.timeZone(settings)
        let reader: ReportReader
        do {
            reader = try ReportReader(ledgers, settings, progress: WorkProgress.upgrade())
        } catch let error as LedgerError where error.code == .missing && ledgers.ledger.isEmpty {
            // A path that was typed is an error; the default one is where everybody starts.
            let path = settings.ledger(nil)
            switch output.value {
            case .json: return StandardOutput.write(Glance.missingJSON(path) + "\n")
            case .csv: return StandardOutput.write(Table(columns: GlanceTable.columns).csv)
            case .table, .markdown: return StandardOutput.write(FirstSteps(ledger: path).text)
            }
        }
        let glance = try await Glance(reader, now: SystemUsageClock().wallMicroseconds, timeZone: timeZone)
        switch output.value {
        case .json: return StandardOutput.write(glance.json + "\n")
        case .csv: return StandardOutput.write(GlanceTable.table(glance).csv)
        case .markdown: return StandardOutput.write(GlanceTable.table(glance).markdown)
        case .table: break
        }
        let text = GlanceText(
            glance: glance,
            width: Terminal.width,
            isColored: Terminal.isColored,
            isPlain: Terminal.isDumb
        )
        StandardOutput.write(text.lines.map { $0 + "\n" }.joined())
        for note in glance.prunedNotes { StandardError.write(note) }
    }
}
