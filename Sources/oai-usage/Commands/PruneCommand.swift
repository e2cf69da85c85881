import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger

/// Removes the rows of old calls.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the rows of old calls; their sums stay.",
        discussion: """
            Reports over pruned calls stay exact by quarters of an hour; the calls themselves are gone, and keep their \
            costs when others are repriced. Calls in flight stay. While a gateway holds the ledger, it does the work in small \
            steps beside its calls; --keep and --keep-size let it do so by itself.

            Examples:
              oai-usage prune --older-than 400d --dry-run
              oai-usage prune --older-than 400d
              oai-usage prune --older-than 90d --gateway --admin 10.0.0.5:10464
            """
    )

    @Option(help: ArgumentHelp("The age from which on calls are removed: 400d, 12w; at least 1h.", valueName: "time"))
    var olderThan: DurationArgument
    @Flag(help: "Show what would be removed, and change nothing.")
    var dryRun = false
    @Flag(help: "Let a running gateway do it, whichever ledger it has.")
    var gateway = false
    @OptionGroup var access: AdminOptions
    @OptionGroup var storage: LedgerOption
    @OptionGroup var output: FormatOption<PruneFormat>

    func validate() throws {
        try storage.requireFileForGateway()
        guard olderThan.milliseconds >= 3_600_000 else {
            throw ValidationError("--older-than must be at least 1h; calls of the last hour stay.")
        }
        guard olderThan.milliseconds <= 36_500 * 86_400_000 else {
            throw ValidationError("--older-than must be at most 36500d.")
        }
    }

    func run() async throws {
        let before = SystemUsageClock().wallMicroseconds - olderThan.milliseconds * 1_000
        let pruning = Pruning(PruneQuery(before: before, isDryRun: dryRun))
        let settings = try await storage.settings()
        let client = AdminClient(try access.address(settings), token: try access.token(settings))
        let progress = ElapsedProgress(dryRun ? "Counting the calls" : "Removing the calls")
        defer { progress.end() }
        let report =
            gateway || access.admin != nil
            ? try await pruning.through(client, ledger: nil)
            : try await pruning.here(storage.path(settings), orThrough: client)
        progress.end()
        output.value.write(report)
    }
}

/// Pruning in this process, or by the gateway that has the ledger open.
struct Pruning {
    private let query: PruneQuery

    init(_ query: PruneQuery) {
        self.query = query
    }

    /// Prunes a ledger, or asks the gateway that has it open to do so.
    func here(_ path: String, orThrough client: AdminClient) async throws -> PruneReport {
        // Opening a reader first fails for a missing ledger, which must not be created.
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        if query.isDryRun { return try reader.prunable(query) }
        var options = LedgerOptions()
        options.purpose = "oai-usage prune"
        options.setsDamagedAside = false
        let ledger: Ledger
        do {
            ledger = try Ledger(path: path, options: options)
        } catch let error as LedgerError where error.code == .locked {
            do { return try await through(client, ledger: LedgerReader.resolvedPath(path)) } catch let rejection
                as AdminClient.Rejection
            {
                throw CommandFailure("\(error) It was asked to do it as a gateway: \(rejection)")
            }
        }
        do {
            let report = try await ledger.prune(query)
            await ledger.close()
            return report
        } catch {
            await ledger.close()
            throw error
        }
    }

    /// Asks a gateway to prune.
    ///
    /// - Parameters:
    ///   - client: The client of the gateway's admin server.
    ///   - path: The ledger that the gateway must have open; `nil` for any.
    /// - Returns: The result of pruning.
    /// - Throws: An ``AdminClient/Rejection`` with the gateway's message, or a ``CommandFailure`` for an unexpected
    ///   response.
    func through(_ client: AdminClient, ledger path: String?) async throws -> PruneReport {
        let text = try await client.post(Gateway.prunePath, PruneRequest(query: query, ledger: path).json)
        guard let report = PruneReport(json: text) else { throw client.misunderstanding }
        return report
    }
}
