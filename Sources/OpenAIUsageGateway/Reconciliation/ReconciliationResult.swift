import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing

/// The result of a reconciliation, as `oai-usage reconcile` leaves it beside the ledger.
///
/// The gateway never asks the provider, and the command never writes the ledger: this file is what one tells the other.
package struct ReconciliationResult: Sendable {
    /// The version of the file's members; one that a reader does not know is rejected.
    package static let version = 1
    /// The maximum size in bytes.
    package static let maximumSize = 1 << 20
    /// The maximum number of projects with a line of their own.
    package static let maximumProjects = 1_000

    /// Returns the path of the result of a ledger.
    package static func path(ledger: String) -> String { "\(ledger).reconciliation.json" }

    /// The file's content as one line.
    let json: String
    /// The gauges.
    let gauge: ReconciliationGauge

    /// The flaw of a file, as the end of a sentence.
    struct Flaw: Error, CustomStringConvertible {
        var description: String
    }

    /// Creates a result from the text of its file.
    ///
    /// - Throws: A ``Flaw``.
    init(parsing text: String) throws(Flaw) {
        let root: JSONDocument.Value
        do throws(JSONDocumentError) {
            root = try JSONDocument(parsing: text).root.value
        } catch {
            throw Flaw(description: "is not JSON: \(error)")
        }
        guard root["version"]?.number == String(Self.version) else {
            let version = root["version"]?.number.map { "the version \($0.prefix(20))" } ?? "no version"
            throw Flaw(description: "has \(version), and this program reads \(Self.version)")
        }
        guard case .object? = root["report"] else { throw Flaw(description: "has no object \"report\"") }
        let report = root["report"] ?? .null
        let totals = report["totals"] ?? .null
        var coverage: [String: Int128] = [:]
        for (measure, name) in [("calls", "call"), ("tokens", "token"), ("cost", "cost")] {
            coverage[measure] = try Self.ratio(totals, "\(name)_coverage_percent")
        }
        var differences: [String: Int128] = [:]
        for cause in (report["causes"]?.elements ?? []).prefix(50) {
            guard let name = cause["cause"]?.string, Self.isWord(name), cause["meaning"]?.string != nil else {
                throw Flaw(description: "has a cause without a name or meaning")
            }
            differences[name] = try Self.amount(cause, "cost_difference_usd")
        }
        var projects: [String?: ReconciliationGauge.Sums] = [:]
        for project in (root["projects"]?.elements ?? []).prefix(Self.maximumProjects + 1) {
            projects[project["project"]?.string] = ReconciliationGauge.Sums(
                ours: try Self.amount(project, "our_cost_usd"),
                theirs: try Self.amount(project, "their_cost_usd"),
                common: try Self.amount(project, "common_cost_usd"),
                drift: try Self.amount(project, "drift_usd")
            )
        }
        gauge = ReconciliationGauge(
            times: (
                try Self.seconds(root, "reconciled_at"), try Self.seconds(report, "from"),
                try Self.seconds(report, "to")
            ),
            coverage: coverage,
            drift: try Self.ratio(totals, "drift_percent"),
            cost: (
                try Self.amount(totals["ours"] ?? .null, "cost_usd"),
                try Self.amount(totals["theirs"] ?? .null, "cost_usd")
            ),
            differences: differences,
            projects: projects
        )
        json = root.line
    }

    /// True for a name of lowercase letters and underscores, which may be a label.
    private static func isWord(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count) && name.utf8.allSatisfy { 0x61...0x7a ~= $0 || $0 == 0x5f }
    }

    private static func amount(_ value: JSONDocument.Value, _ name: String) throws(Flaw) -> Int128 {
        guard let amount = value[name]?.number.flatMap({ DecimalNumber($0)?.exactPicoUSD() }),
            amount.magnitude < 1_000_000_000_000_000_000_000_000
        else { throw Flaw(description: "has no amount \"\(name)\" where one belongs") }
        return amount
    }

    /// The ratio of a percentage in units of 10^-12; `nil` for null.
    private static func ratio(_ value: JSONDocument.Value, _ name: String) throws(Flaw) -> Int128? {
        if case .null? = value[name] { return nil }
        return try amount(value, name) / 100
    }

    private static func seconds(_ value: JSONDocument.Value, _ name: String) throws(Flaw) -> Int64 {
        guard case .absolute(let time)? = value[name]?.string.flatMap({ TimestampArgument($0) }) else {
            throw Flaw(description: "has no time \"\(name)\" where one belongs")
        }
        return time.flooredQuotient(by: 1_000_000)
    }
}
