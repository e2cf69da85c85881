import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// Runs a demonstration against a simulated upstream.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show everything at once, against a simulated upstream.",
        discussion: "It needs no key and no network, and removes what it made unless --keep names a folder."
    )

    @Option(help: "How many calls are sent.")
    var calls = 300
    @Option(help: ArgumentHelp("Keep the ledger in this folder.", valueName: "folder"), completion: .directory)
    var keep: String?

    func validate() throws {
        guard 1...100_000 ~= calls else { throw ValidationError("--calls must be from 1 to 100000.") }
    }

    func run() async throws {
        let files = FileManager.default
        let folder = keep ?? files.temporaryDirectory.appending(path: "oai-usage-demo-\(UUID().uuidString)").path()
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if keep == nil { try? files.removeItem(atPath: folder) } }
        let ledger = folder + "/ledger.db"
        if files.fileExists(atPath: ledger) {
            StandardError.write("\(ledger) exists: the calls are added to those that it has.")
        }
        StandardError.write(
            "Starting a simulated upstream and a gateway in front of it, and sending \(calls) calls ..."
        )
        let result = try await Demo(count: calls, ledgerPath: ledger).run(progress: DemoProgress(total: calls).show)
        StandardError.write(String(format: "%d calls ended in %.1f seconds.", calls, result.seconds))

        let now = SystemUsageClock().wallMicroseconds
        var query = ReportQuery(from: now - 3_600_000_000, to: now)
        query.groupBy = [.project, .model]
        query.mergesSnapshots = true
        let reader = try LedgerReader(path: ledger)
        let option = DemoMetrics.ledgerOption(keep == nil ? nil : ledger)
        StandardOutput.write("\n$ oai-usage report\(option) --since 1h --by project,model\n\n")
        try ReportFormat.table.write(
            ArrangedReport(try reader.report(query)),
            columns: nil,
            period: nil,
            width: Terminal.tableWidth
        )
        StandardOutput.write("\n$ oai-usage calls\(option) --limit 8\n\n")
        var calls = CallsQuery()
        calls.limit = 8
        calls.order = .newestFirst
        var writer = CallsWriter(format: .table, width: Terminal.tableWidth)
        writer.begin()
        for record in try reader.calls(calls).reversed() { writer.write(record) }
        writer.end()
        StandardOutput.write("\n$ curl http://127.0.0.1:10464/metrics\n\n\(DemoMetrics.slice(of: result.metrics))")
        StandardOutput.write(DemoMetrics.nextSteps(ledger: keep == nil ? nil : ledger))
    }
}
