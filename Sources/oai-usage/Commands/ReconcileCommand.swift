import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Compares the ledger with the provider's usage and costs.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare the ledger with the provider's own usage and costs.",
        discussion: """
            It asks the provider's admin API with the key in OPENAI_ADMIN_KEY, or reads answers that were saved. Every \
            difference has a cause, and what has none is the remainder. Without a period, it is about the 7 UTC days before \
            today; other periods are extended to whole UTC days.

            Examples:
              oai-usage reconcile --period last-month --fail-over 1%
              oai-usage reconcile --since 2026-11-01 --until 2026-11-08 --by day,project,model --format csv
              oai-usage reconcile --by line-item --project proj_search
              oai-usage reconcile --file costs.json --file completions.json --period yesterday
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var prices: PricesOption
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var options: ReconcileOptions
    @OptionGroup var output: FormatOption<ReconcileFormat>

    func validate() throws {
        let filter = try ReconcileFilter(try selection.filters.selection())
        if let path = options.result, path != "none", !isWhole(filter) {
            throw ValidationError(
                "--result needs a comparison of everything: leave out --by key and what selects calls."
            )
        }
    }

    /// True for a comparison of everything, whose result says how well the ledger and the bill agree.
    private func isWhole(_ filter: ReconcileFilter) -> Bool {
        filter.rules.isEmpty && !options.by.dimensions.contains(.key)
    }

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let places = try ledgers.places(settings)
        // The provider's days are those of UTC, whatever zone reports are set to.
        let timeZone = selection.zone.timezone?.timeZone ?? .gmt
        var selected = try selection.selection(now: now, timeZone: timeZone)
        let files = provider.file.isEmpty ? nil : try ProviderFiles(provider.file)
        let period = try period(selected, files, now: now, timeZone: timeZone)
        let book = try prices.book(settings)
        var filter = try ReconcileFilter(selected)
        filter.isSameModel = { first, second in
            book.model(named: first).map { $0.id == book.model(named: second)?.id } ?? false
        }
        let wantsKeys = options.by.dimensions.contains(.key) || filter.hasKeys
        let (history, keys, notes) = try await answers(period, files, places, now: now, wantsKeys: wantsKeys)
        let comparison = ReconcileRun(
            history: history,
            keys: keys,
            period: period,
            width: provider.width,
            filter: filter,
            dimensions: options.by.dimensions,
            book: book,
            settling: provider.settle.milliseconds / 1_000,
            today: files == nil ? now.flooredQuotient(by: 86_400_000_000) * 86_400 : nil,
            advice: files == nil ? " They are kept in \(historyPath(places) ?? "no file"); --refresh asks again." : "",
            notes: notes
        )
        // The provider knows the models that served only, so that the requested ones select nothing.
        selected.conditions.removeAll { $0.dimension == .model }
        let report = try await comparison.report { end, add in
            selected.since = .absolute(microseconds: period.from * 1_000_000)
            selected.until = .absolute(microseconds: max(end, period.from * 1_000_000 + 1))
            try await ledgers.forEachCall(CallsRequest(selected, limit: nil), places, settings, now: now, add)
        }
        output.value.write(report, width: Terminal.tableWidth)
        try await ledgers.reportPruned(places, from: period.from * 1_000_000)
        if isWhole(filter) { try leave(report, places, at: now) }
        try judge(report)
    }

    /// Leaves the result for a gateway of the ledger.
    private func leave(_ report: ReconcileReport, _ places: [LedgerLocation], at now: Int64) throws {
        let ledger = places.lazy.compactMap(\.path).first
        guard options.result != "none",
            let path = options.result ?? ledger.map(ReconciliationResult.path(ledger:))
        else { return }
        do {
            try ReconcileResultFile(path: path, ledger: ledger, isChosen: options.result != nil)
                .write(report.result(at: now))
        } catch {
            let problem = "The result cannot be left in \(path): \(error)."
            guard options.result == nil else { throw CommandFailure(problem) }
            StandardError.write("\(problem) A gateway's metrics and page do not have it.")
        }
    }

    /// The whole days to compare.
    private func period(
        _ selected: CallSelection,
        _ files: ProviderFiles?,
        now: Int64,
        timeZone: TimeZone
    ) throws -> ReconcilePeriod {
        let seconds = now.flooredQuotient(by: 1_000_000)
        guard selection.range.hasRange else {
            let buckets = files?.buckets ?? []
            guard let first = buckets.map(\.start).min(), let last = buckets.map(\.end).max() else {
                return .standard(now: seconds)
            }
            return ReconcilePeriod(from: first, to: last)
        }
        let range = try selected.range(now: now)
        guard let from = range.from else {
            throw ValidationError("A comparison needs a start: give --since or --period.")
        }
        let start = from.flooredQuotient(by: 1_000_000)
        let end = (range.to ?? now).flooredQuotient(by: 1_000_000)
        let period = ReconcilePeriod(from: start, to: max(end, start + 1))
        let isWhole = period.from == start && (period.to == end || end >= seconds)
        if !isWhole {
            StandardError.write("Extended to whole UTC days, since the provider's costs have no shorter ones.")
        }
        return period
    }

    /// The path of the file that keeps the provider's answers; `nil` to keep none.
    private func historyPath(_ places: [LedgerLocation]) -> String? {
        provider.history ?? places.lazy.compactMap(\.path).first.map { "\($0).provider.jsonl" }
    }

    /// The provider's answers, from files or from the provider.
    private func answers(
        _ period: ReconcilePeriod,
        _ files: ProviderFiles?,
        _ places: [LedgerLocation],
        now: Int64,
        wantsKeys: Bool
    ) async throws -> (ProviderHistory, [String: String], [String]) {
        if let files {
            var history = ProviderHistory()
            for bucket in try files.ordered() { _ = history.add(bucket) }
            return (history, files.keys, files.missingPages)
        }
        guard let upstream = provider.upstream?.upstream ?? Upstream("https://api.openai.com") else {
            throw CommandFailure("--upstream is not usable.")
        }
        let key = ProcessInfo.processInfo.environment[ProviderClient.keyVariable]
        let client = try ProviderClient(upstream, key: key) { StandardError.write($0) }
        let isShort = period.to - period.from <= 31 * 86_400
        var fetch = try ProviderFetch(
            client,
            width: provider.width ?? (isShort ? .hour : .day),
            provider,
            history: historyPath(places)
        )
        try await fetch.run(period, now: now.flooredQuotient(by: 1_000_000), wantsKeys: wantsKeys)
        return (fetch.history, fetch.keys, fetch.notes)
    }

    /// Ends the program with status 3 if the drift is above the limit.
    private func judge(_ report: ReconcileReport) throws {
        guard let limit = options.failOver?.value, let drift = report.totals.drift, drift > limit else { return }
        let bound = DecimalText.exact(limit, fractionDigits: 4)
        StandardError.write("The drift of \(ReconcileTotals.text(drift)) is above \(bound)%.")
        throw ExitCode(3)
    }
}

extension LedgersOption {
    /// Calls a closure for each call of a request, the oldest first.
    fileprivate func forEachCall(
        _ request: CallsRequest,
        _ places: [LedgerLocation],
        _ settings: Settings,
        now: Int64,
        _ body: (CallRecord) -> Void
    ) async throws {
        if places.count == 1, let path = places[0].path {
            let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
            try reader.calls(try request.query(now: now)) { record in
                body(record)
                return true
            }
            return
        }
        var listing = try await union(places, settings).listing(request, now: now)
        while let record = try await listing.next() { body(record) }
    }
}
