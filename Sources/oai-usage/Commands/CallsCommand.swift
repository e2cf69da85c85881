import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Lists calls.
struct CallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "List calls, one attempt a line.",
        discussion: """
            Examples:
              oai-usage calls --outcome error --since 1h
              oai-usage calls --status 429 --error rate_limit_exceeded --period today
              oai-usage calls --min-duration 2s --sort duration --limit 20
              oai-usage calls --follow --project proj_search
              oai-usage calls --since today --format jsonl --limit 0
              oai-usage calls --ledger ~/.local/share/oai-usage/ledger.db --ledger http://gateway:10464
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var options: CallsOptions
    @OptionGroup var output: FormatOption<CallsFormat>
    @OptionGroup var currency: CurrencyOption
    var format: CallsFormat { output.value }
    @Flag(name: .shortAndLong, help: "Go on with new calls as they end, until interrupted.")
    var follow = false

    func validate() throws {
        if options.columns != nil, format == .json || format == .jsonl {
            throw ValidationError("--columns applies to tables and CSV; JSON has every value, to be selected with jq.")
        }
        if follow, format == .json {
            throw ValidationError(
                "--follow has no end that would close the array of --format json; use --format jsonl."
            )
        }
        if follow, options.sort != nil { throw ValidationError("--sort and --follow cannot be used together.") }
    }

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let places = try ledgers.places(settings)
        let timeZone = try selection.zone.timeZone(settings)
        let selected = try selection.selection(now: now, timeZone: timeZone)
        let limit = options.limit.value
        let request = CallsRequest(selected, limit: limit == 0 || options.sort != nil ? nil : limit)
        if follow, let end = try selected.range(now: now).to, end <= now {
            throw ValidationError("--follow goes on with new calls, and the period is over: leave its end out.")
        }
        // The tails are created before the latest calls are read, so that no call that ends in between is missed.
        var tails = try follow ? places.map { try Tail($0, request, now: now) } : []
        var listing = try await ledgers.union(places, settings).listing(request, now: now)
        // Errors of a ledger are reported before anything is written.
        var next = try await listing.next()
        var count = 0
        var writer = CallsWriter(
            format: format,
            columns: options.columns?.columns,
            tags: try await format == .csv ? ledgers.union(places, settings).tagNames() : [],
            rates: try currency.rates(settings),
            timeZone: timeZone,
            width: options.wide ? nil : Terminal.tableWidth,
            isOpenEnded: follow
        )
        var shown: Set<CallID> = []
        writer.begin()
        var ranking = options.sort.map { CallRanking($0, limit: limit) }
        let progress = ranking == nil ? nil : ElapsedProgress("Sorting the calls")
        defer { progress?.end() }
        while let record = next {
            if follow, record.outcome != .open { shown.insert(record.id) }
            if ranking == nil { writer.write(record) } else { ranking?.add(record) }
            count += 1
            next = try await listing.next()
        }
        progress?.end()
        for record in ranking?.records ?? [] { writer.write(record) }
        guard follow else {
            writer.end()
            try await note(count, writer, places, settings, selected, now)
            return
        }
        writer.flush()
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        for hint in try source.hints(selected.filter) { StandardError.write(hint) }
        while !Task.isCancelled {
            if !options.wide { writer.resize(to: Terminal.tableWidth) }
            for index in tails.indices {
                for record in try tails[index].next() where !shown.contains(record.id) { writer.write(record) }
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Says what a list leaves out.
    private func note(
        _ count: Int,
        _ writer: CallsWriter,
        _ places: [LedgerLocation],
        _ settings: Settings,
        _ selected: CallSelection,
        _ now: Int64
    ) async throws {
        let limit = options.limit.value
        if let note = writer.currencyNote { StandardError.write(note) }
        let isForPeople = format == .table || format == .markdown
        // A program that names no limit may not know of the one that there is.
        if options.sort == nil, count == limit, isForPeople || limit == CallsOptions.defaultLimit {
            StandardError.write("The latest \(limit); --limit 0 lists all.")
        }
        if isForPeople {
            if count == 0 { StandardError.write("No calls.") }
            if options.sort != nil, count > limit {
                StandardError.write("\(limit) of \(NumberFormat.calls(Int64(count))).")
            }
            if let note = Table.note(leftOut: writer.leftOut) { StandardError.write(note) }
        }
        var source = ReportSource(places: places, ledgers: ledgers, settings: settings, now: now)
        for hint in try source.hints(selected.filter) { StandardError.write(hint) }
        // A full list tells nothing of the calls before it.
        if limit == 0 || count < limit {
            try await ledgers.reportPruned(places, from: selected.range(now: now).from)
        }
    }
}

/// The calls of a ledger that end after its creation.
private struct Tail {
    private let reader: LedgerReader
    private var follower: CallTail

    init(_ place: LedgerLocation, _ request: CallsRequest, now: Int64) throws {
        guard let path = place.path else {
            throw ValidationError("--follow reads local files, and not \(place.name): run it where that ledger is.")
        }
        reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        follower = try CallTail(try request.query(now: now), of: reader)
    }

    mutating func next() throws -> [CallRecord] { try follower.next(of: reader) }
}
