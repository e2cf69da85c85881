import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Shows the latest rate limits.
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Show what was left of the rate limits when they were last told.",
        discussion: """
            Responses tell the limits of their project and model; the newest of each is shown, by the clock of the ledger. What is
            left now is not known: calls since then, and those that went elsewhere, are not in it. A window is whole again
            at the time under RESETS.

            Examples:
              oai-usage limits
              oai-usage limits --ledger http://gateway:10464 --format json
            """
    )

    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var output: FormatOption<LimitsFormat>

    enum LimitsFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

    func run() async throws {
        let settings = try await ledgers.settings()
        let limits = try await ledgers.union(ledgers.places(settings), settings).limits()
        switch output.value {
        case .json: StandardOutput.write(LatestRateLimit.json(limits) + "\n")
        case .table:
            guard !limits.isEmpty else {
                StandardError.write("No response has told any rate limits.")
                return
            }
            StandardOutput.write(Self.table(limits).text(isColored: Terminal.isColored))
        }
    }

    /// Returns the table of limits, one row per window.
    static func table(_ limits: [LatestRateLimit]) -> Table {
        var table = Table(
            columns: [
                Table.Column(name: "project"), .init(name: "model"), .init(name: "window"),
                .init(name: "limit", isNumeric: true), .init(name: "remaining", isNumeric: true),
                .init(name: "left", isNumeric: true), .init(name: "resets"), .init(name: "told"),
            ]
        )
        for limit in limits {
            for (resource, window) in limit.limits.windows {
                let resets = window.resetMicroseconds.map {
                    time(limit.observedAt.addingReportingOverflow($0).partialValue)
                }
                table.rows.append([
                    limit.project, limit.model ?? "-", resource, NumberFormat.count(window.limit.map { Int128($0) }),
                    NumberFormat.count(window.remaining.map { Int128($0) }), left(window), resets ?? "-",
                    time(limit.observedAt),
                ])
            }
        }
        return table
    }

    private static func left(_ window: RateLimits.Window) -> String {
        guard let limit = window.limit, limit > 0, let remaining = window.remaining else { return "-" }
        return "\(Int128(remaining) * 100 / Int128(limit))%"
    }

    private static func time(_ microseconds: Int64) -> String {
        TimestampText.utc(microseconds / 1_000_000 * 1_000_000, isShort: true)
    }
}
