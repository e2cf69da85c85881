import ArgumentParser
import OpenAIUsageLedger

/// The group of commands for ledger files.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Back up, check, merge or compact ledgers.",
        discussion: """
            Examples:
              oai-usage ledger backup /backup/ledger-2026-11-29.db
              oai-usage ledger check
              oai-usage ledger merge berlin.db paris.db -o all.db
            """,
        subcommands: [
            LedgerBackupCommand.self, LedgerCheckCommand.self, LedgerMergeCommand.self, LedgerCompactCommand.self,
        ]
    )
}

/// Copies a ledger.
struct LedgerBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger into a new file, also while a gateway writes to it.",
        discussion: """
            The copy is the ledger at one moment, checked, and on the disk when the command ends; it appears when it is whole. The \
            ledger itself is only read. An existing file is never overwritten.

            Examples:
              oai-usage ledger backup /backup/ledger-2026-11-29.db
            """
    )

    @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
    var file: String
    @OptionGroup var storage: LedgerOption

    func validate() throws { try EmptyPath.refuse(file, "<file>") }

    func run() async throws {
        let path = try await storage.path(storage.settings())
        let progress = WorkProgress("Copying", "Copied", "pages")
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        let bytes = try reader.backup(to: file) { progress.show($0, $1) }
        StandardError.write("\(path) was copied to \(file): \(NumberFormat.bytes(bytes)).")
    }
}

/// Checks a ledger.
struct LedgerCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the ledger's file, its sums and its index.",
        discussion: """
            Every finding is a sentence with what to do about it, and makes the command end with 1. Sums are compared with all rows, \
            and some 1,000 calls are looked up by each of their identities. Nothing is changed.

            Examples:
              oai-usage ledger check
              oai-usage ledger check --ledger /backup/ledger-2026-11-29.db
              oai-usage ledger check --json | jq -r '.findings[]'
            """
    )

    @OptionGroup var storage: LedgerOption
    @OptionGroup var output: FormatOption<RowsFormat>

    func run() async throws {
        let path = try await storage.path(storage.settings())
        let progress = WorkProgress("Checking", "Checked", "calls")
        let report = try LedgerCheck.run(
            path,
            upgrade: WorkProgress.upgrade(),
            whileCheckingFile: { check in try WorkProgress.elapsed("Checking the file", check) }
        ) { progress.show($0, $1) }
        switch output.value {
        case .json: StandardOutput.write(report.json(of: path) + "\n")
        case .csv: StandardOutput.write(report.table.csv)
        case .markdown: StandardOutput.write(report.table.markdown)
        case .table:
            for fact in report.facts { StandardError.write(fact) }
            if report.findings.isEmpty { StandardOutput.write("\(path) is sound.\n") }
            for finding in report.findings { StandardOutput.write("\(finding)\n") }
        }
        guard report.findings.isEmpty else { throw ExitCode.failure }
    }
}

/// Merges ledgers.
struct LedgerMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Write the calls of several ledgers into a new one, every call once.",
        discussion: """
            The ledgers are only read, and may be in use. A call that stands in several of them is taken from the first in which it \
            has ended. Of pruned calls the sums are taken over. Keys bear the fingerprints of the ledger that they come from. With \
            one ledger, its sums and its index are rebuilt.

            Examples:
              oai-usage ledger merge berlin.db paris.db -o all.db
            """
    )

    @Argument(help: ArgumentHelp("The ledgers.", valueName: "ledger"), completion: .file())
    var ledgers: [String]
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The new ledger; an existing file is never overwritten.", valueName: "file"),
        completion: .file()
    )
    var output: String

    func run() async throws {
        let progress = WorkProgress("Merging", "Merged", "calls")
        let report = try LedgerMerge.run(ledgers, to: output, upgrade: WorkProgress.upgrade()) {
            progress.show($0, $1)
        }
        var sentences = ["\(output) has \(NumberFormat.calls(report.calls))."]
        if report.duplicates > 0 {
            sentences.append("\(NumberFormat.calls(report.duplicates)) stood in several ledgers.")
        }
        if report.prunedCalls > 0 {
            sentences.append("Of \(NumberFormat.calls(report.prunedCalls)) that are pruned the sums were taken over.")
        }
        StandardError.write(sentences.joined(separator: " "))
    }
}

/// Compacts a ledger.
struct LedgerCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite the ledger without its free space.",
        discussion: """
            No gateway may have the ledger in use, and there must be room for two copies of it. From then on its file becomes \
            smaller by itself when calls are pruned.

            Examples:
              oai-usage ledger compact
            """
    )

    @OptionGroup var storage: LedgerOption

    func run() async throws {
        let path = try await storage.path(storage.settings())
        let sizes = try LedgerCompaction.run(path, WorkProgress.upgrade())
        StandardError.write(
            "\(path) had \(NumberFormat.bytes(sizes.before)), and has \(NumberFormat.bytes(sizes.after)) now."
        )
    }
}

extension LedgerCheck.Report {
    /// The findings, a row each.
    fileprivate var table: Table {
        var table = Table(columns: [.init(name: "finding")])
        table.rows = findings.map { [$0] }
        return table
    }
}
