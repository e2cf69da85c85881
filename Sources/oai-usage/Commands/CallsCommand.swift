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
              oai-usage calls --follow --project proj_search
              oai-usage calls --since today --format jsonl --limit 0
              oai-usage calls --ledger ~/.local/share/oai-usage/ledger.db --ledger http://gateway:10464
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var output: FormatOption<CallsFormat>
    var format: CallsFormat { output.value }
    @Option(name: [.customShort("n"), .long], help: "How many at most, the latest; 0 for all.")
    var limit = CallLimit(value: 50)
    @Flag(name: .shortAndLong, help: "Go on with new calls as they end, until interrupted.")
    var follow = false

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let settings = try await ledgers.settings()
        let places = try ledgers.places(settings)
        let selected = try selection.selection(now: now)
        let request = CallsRequest(selected, limit: limit.value == 0 ? nil : limit.value)
        // The tails are created before the latest calls are read, so that no call that ends in between is missed.
        var tails = try follow ? places.map { try Tail($0, request, now: now) } : []
        var listing = try await ledgers.union(places, settings).listing(request, now: now)
        // Errors of a ledger are reported before anything is written.
        var next = try await listing.next()
        var count = 0
        var writer = CallsWriter(format: format)
        var shown: Set<CallID> = []
        writer.begin()
        while let record = next {
            if follow, record.outcome != .open { shown.insert(record.id) }
            writer.write(record)
            count += 1
            next = try await listing.next()
        }
        guard follow else {
            writer.end()
            if count == 0, format == .table { StandardError.write("No calls.") }
            if limit.value == 0 || count < limit.value {
                try await ledgers.reportPruned(places, from: selected.range(now: now).from)
            }
            return
        }
        while !Task.isCancelled {
            for index in tails.indices {
                for record in try tails[index].next() where !shown.contains(record.id) { writer.write(record) }
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}

/// The calls of a ledger that end after its creation.
private struct Tail {
    private let reader: LedgerReader
    private var follower: CallTail

    init(_ place: LedgerLocation, _ request: CallsRequest, now: Int64) throws {
        guard let path = place.path else {
            throw CommandFailure("--follow works on files of this machine; \(place.name) is none.")
        }
        reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        follower = try CallTail(try request.query(now: now), of: reader)
    }

    mutating func next() throws -> [CallRecord] { try follower.next(of: reader) }
}
