import ArgumentParser
import Foundation
import OpenAIUsage

/// Checks the ledger, the configuration and the gateway of this machine.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the ledger, the configuration and the gateway, and say what to do.",
        discussion: """
            With a gateway's URL as the ledger, it asks that gateway, and checks no files of a ledger.

            Ends with 1 if there is a problem; warnings alone end with 0. The JSON has the worst state, and of every check its name, \
            its state (ok, warning or problem), the finding and the advice.

            Examples:
              oai-usage doctor
              oai-usage doctor --full
              oai-usage doctor --json
            """
    )

    @OptionGroup var storage: LedgerOption
    @Option(
        help: ArgumentHelp(
            "Where the gateway's operators connect. (default: the setting, if any)",
            valueName: "host:port"
        )
    )
    var admin: AdminArgument?
    @Flag(help: "Check the whole ledger, its sums and its index, as 'ledger check' does.")
    var full = false
    @OptionGroup var output: FormatOption<RowsFormat>

    func validate() throws {
        if let ledger = storage.ledger { try LedgerOption.requireValid(ledger) }
    }

    func run() async throws {
        let inspection = DoctorInspection(
            ledgerFlag: storage.ledger,
            configurationFlag: storage.config,
            admin: admin,
            isFull: full,
            environment: ProcessInfo.processInfo.environment,
            now: SystemUsageClock().wallMicroseconds
        )
        let report = DoctorReport(checks: await inspection.facts().checks)
        switch output.value {
        case .table: StandardOutput.write(report.text(width: Terminal.width, isColored: Terminal.isColored))
        case .json: StandardOutput.write(report.json + "\n")
        case .csv: StandardOutput.write(report.table.csv)
        case .markdown: StandardOutput.write(report.table.markdown)
        }
        if report.state == .problem { throw ExitCode.failure }
    }
}
