import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Reports money that was spent without a use.
struct WasteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waste",
        abstract: "Report what was paid for without a use, with the method of each line.",
        discussion: """
            A call is in one line at most, the first that applies: retries after a success, abandoned by the caller, failed \
            and billed, downgraded from the priority tier, uncached prompts. The last is an upper bound, and in no total.

            Examples:
              oai-usage waste --since 30d
              oai-usage waste --project 'proj_*' --since today --format json
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var prices: PricesOption
    @OptionGroup var output: FormatOption<RowsFormat>

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let timeZone = try selection.zone.timeZone(settings)
        let period = ReportPeriod(selection, now: now, timeZone: timeZone)
        let selected = try period.limit(try selection.selection(now: now, timeZone: timeZone)).resolved(now: now)
        let request = CallsRequest(selected, limit: nil)
        let book = try prices.book(settings)
        var classifier = WasteClassifier { Self.savings($0, book) }
        let places = try ledgers.places(settings)
        if places.count == 1, let path = places[0].path {
            let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
            let progress = WorkProgress("Reading", "Read", "calls")
            let count = try reader.report(ReportRequest(selected, groupBy: []), now: now).totals.calls
            try reader.calls(try request.query(now: now)) { record in
                classifier.add(record)
                let read = classifier.all.calls
                // Calls that are not counted are not shown; the end is reported below.
                if read % 256 == 0, read < count { progress.show(read, count) }
                return true
            }
            progress.show(count, count)
        } else {
            var listing = try await ledgers.union(places, settings).listing(request, now: now)
            while let record = try await listing.next() { classifier.add(record) }
        }
        let range = try selected.range(now: now)
        let waste = WasteFormat(classifier, from: range.from, to: range.to ?? now)
        switch output.value {
        case .json: StandardOutput.write(waste.json + "\n")
        case .csv: StandardOutput.write(waste.plain.csv)
        case .markdown:
            StandardOutput.write(waste.readable.markdown)
            for note in waste.notes { StandardError.write(note) }
        case .table:
            for line in waste.readable.lines(width: Terminal.tableWidth) {
                StandardOutput.write(line.text(isColored: Terminal.isColored) + "\n")
            }
            if let note = waste.readable.note(width: Terminal.tableWidth) { StandardError.write(note) }
            for note in waste.notes { StandardError.write(note) }
        }
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        for hint in try source.hints(selected.filter) { StandardError.write(hint) }
        try await ledgers.reportPruned(places, from: range.from)
    }

    /// Returns the cost of a call less what it would be with all input from the cache; `nil` if either has no full price.
    private static func savings(_ record: CallRecord, _ book: PriceBook) -> Int64? {
        var cached = record
        cached.usage[.cachedInputTokens] = record.usage.inputTokens
        if let text = record.usage[.textInputTokens] { cached.usage[.cachedTextInputTokens] = text }
        let (cost, least) = (book.cost(of: record), book.cost(of: cached))
        guard cost.status == .exact, least.status == .exact, let paid = cost.picoUSD, let rest = least.picoUSD else {
            return nil
        }
        return max(0, paid - rest)
    }
}

extension WasteCommand {
    /// Creates the command of a report's flags.
    init(_ selection: SelectionOptions, _ ledgers: LedgersOption, _ format: RowsFormat) throws {
        self = try Self.parse([])
        self.selection = selection
        self.ledgers = ledgers
        output.format = format
    }
}
