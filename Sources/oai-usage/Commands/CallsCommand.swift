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
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var storage: LedgerOption
    @Option(help: "How the calls are written.")
    var format = CallsFormat.table
    @Option(help: "How many at most, the latest; 0 for all.")
    var limit = CallLimit(value: 50)
    @Flag(help: "Go on with new calls as they end, until interrupted.")
    var follow = false

    func run() async throws {
        let now = SystemUsageClock().wallMicroseconds
        let range = try selection.range(now: now)
        let path = try await storage.settings().ledger(storage.ledger)
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        var query = CallsQuery()
        query.from = range.from
        query.to = range.to
        query.filter = selection.filter
        query.limit = limit.value == 0 ? nil : limit.value
        query.order = .newestFirst
        var writer = CallsWriter(format: format)
        // It is created before the latest calls are read, so that none can end unseen in between.
        var follower = follow ? try CallFollower(query, of: reader) : nil
        let latest = try reader.calls(query)
        writer.begin()
        for record in latest.reversed() { writer.write(record) }
        guard follower != nil else {
            writer.end()
            if latest.isEmpty, format == .table { StandardError.write("No calls.") }
            if latest.count < limit.value || limit.value == 0, let before = try reader.prunedBefore(),
                query.from ?? .min < before
            {
                StandardError.write("Calls before \(TimestampText.utc(before, isShort: true)) are pruned.")
            }
            return
        }
        let shown = Set(latest.lazy.filter { $0.outcome != .open }.map(\.id))
        while !Task.isCancelled {
            for record in try follower?.next(of: reader) ?? [] where !shown.contains(record.id) { writer.write(record) }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
