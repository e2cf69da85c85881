import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Exports calls, charges and charge-backs.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export calls, a charge-back, or charges in the format of FOCUS.",
        discussion: """
            csv and jsonl have every call, chargeback a row per month or day, project and tags, and focus a row per UTC hour, \
            project, model, tier, meter and tags. Costs add up to those of 'oai-usage report' to the last digit. Without a \
            period, it is about the last 7 days.

            Examples:
              oai-usage export --format focus --month 2026-11 -o november.csv.gz
              oai-usage export --format focus --focus-version 1.2 --tags team,env
              oai-usage export --format chargeback --period last-month --tags team,env --timezone Europe/Paris
              oai-usage export --format chargeback --month 2026-11 --currency EUR --currency-rates rates.json
              oai-usage export --format csv --period all -o calls.csv
              oai-usage export --format jsonl --since 1d --project proj_search
            """
    )

    /// The formats of an export.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, jsonl, json, focus, chargeback
    }

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var options: ExportOptions
    @OptionGroup var currency: CurrencyOption
    @OptionGroup var output: FormatOption<Format>
    @Flag(help: "End with status 2 if a row of FOCUS has no price, or a cost could not be split.")
    var strict = false

    func validate() throws {
        if options.columns != nil, output.value != .csv { throw ValidationError("--columns is for --format csv.") }
        if currency.currency != nil, output.value == .focus {
            throw ValidationError("FOCUS's billing currency is that of the provider's bill, USD: leave out --currency.")
        }
    }

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let timeZone = try selection.zone.timeZone(settings)
        let period = ReportPeriod(selection, now: now, timeZone: timeZone)
        let selected = try period.limit(try selection.selection(now: now, timeZone: timeZone)).resolved(now: now)
        let places = try ledgers.places(settings)
        let source = ExportSource(
            places: places,
            ledgers: ledgers,
            settings: settings,
            selection: selected,
            now: now
        )
        let destination = try ExportOutput(path: options.output, replaces: options.force)
        for hint in try source.hints(tags: options.tags?.names ?? []) { StandardError.write(hint) }
        switch output.value {
        case .focus:
            let export = try FocusExport(source, options.focus, tags: options.tags?.names)
            let remarks = try await export.write(to: destination)
            if strict, !remarks.isComplete { throw ExitCode(2) }
        case .chargeback:
            try await Chargeback(
                per: options.per,
                tags: options.tags?.names,
                rates: try currency.rates(settings)
            ).write(source, to: destination)
        case .csv, .jsonl, .json: try await calls(source, try currency.rates(settings), to: destination)
        }
    }

    private func calls(
        _ source: ExportSource,
        _ rates: CurrencyRates?,
        to destination: ExportOutput
    ) async throws {
        let isCSV = output.value == .csv
        let tags = if let names = options.tags?.names { names } else { try await isCSV ? source.tagNames() : [] }
        var writer = CallsWriter(
            format: isCSV ? .csv : output.value == .json ? .json : .jsonl,
            columns: options.columns?.columns,
            tags: isCSV ? tags : [],
            rates: rates,
            put: destination.put
        )
        let totals = try await source.totals()
        var (count, cost): (Int64, Int128) = (0, 0)
        writer.begin()
        try await source.calls(count: totals.calls + totals.openCalls) { record in
            writer.write(record)
            if record.outcome != .open {
                count += 1
                cost += Int128(record.cost.picoUSD ?? 0)
            }
            try destination.check()
        }
        writer.end()
        try destination.finish()
        if let note = writer.currencyNote { StandardError.write(note) }
        let range = try source.selection.range(now: source.now)
        try await ledgers.reportPruned(source.places, from: range.from)
        let missing = (calls: totals.calls - count, cost: (totals.costPicoUSD ?? 0) - cost)
        if missing.calls > 0 {
            StandardError.write(
                "\(NumberFormat.calls(missing.calls)) of the report with $\(DecimalText.dollars(picoUSD: missing.cost)) are missing here, since their rows are pruned. --format chargeback and focus have their sums."
            )
        }
    }
}

extension ExportCommand.Format: OutputFormat {
    static var standard: ExportCommand.Format { .csv }
    static var jsonName: String { Self.jsonl.rawValue }
}

extension FocusExport {
    /// Creates an export from flags.
    init(_ source: ExportSource, _ options: FocusOptions, tags: [String]?) throws {
        self.init(
            source: source,
            format: FocusFormat(options.focusVersion, account: options.billingAccount),
            tags: tags,
            books: try PriceFiles.books(options.prices.files(source.settings))
        )
    }
}
