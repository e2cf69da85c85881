import OpenAIUsage
import OpenAIUsageLedger

/// The checks of prices, recent calls and the configuration.
extension DoctorFacts {
    /// The age from which prices are old, in days.
    private static let oldPrices: Int64 = 60

    var pricesCheck: HealthCheck {
        switch prices {
        case .invalid(let problem):
            return .problem("prices", problem, "See 'oai-usage prices check FILE', or leave the file out.")
        case .loaded(let version, let day):
            let age = now.flooredQuotient(by: 86_400_000_000) - day
            let text =
                "Version \(version), checked \(age == 1 ? "a day" : "\(NumberFormat.count(max(0, age))) days") ago."
            guard age > Self.oldPrices else { return .ok("prices", text) }
            return .warning(
                "prices",
                text,
                "Upgrade oai-usage, or add a price file with --prices; then reprice past calls with 'oai-usage reprice'."
            )
        }
    }

    /// The checks of the calls of the last seven days.
    var callChecks: [HealthCheck] {
        guard let week else { return [] }
        guard week.calls > 0 else { return [.ok("calls", "None in the last 7 days.")] }
        let models = unpricedModels.prefix(3).map { TextCleaner.removingUnsafe(from: $0) }.joined(separator: ", ")
        let more = unpricedModels.count > 3 ? ", ..." : ""
        return [
            Self.callsCheck(
                "usage",
                week.callsWithoutUsage,
                week.calls,
                "have no usage",
                "Their cost is not known. Streams tell their usage if the gateway runs with --include-usage; 'oai-usage calls --since 7d --format csv' has usage_state."
            ),
            Self.callsCheck(
                "unpriced",
                week.unpricedCalls,
                week.calls,
                "have no complete price\(models.isEmpty ? "" : " (\(models)\(more))")",
                "Their cost is left out. Upgrade oai-usage, or write a price file (see 'oai-usage prices import --help'), then run 'oai-usage reprice'.",
                tolerated: 0
            ),
            Self.callsCheck(
                "endpoints",
                week.otherCalls,
                week.calls,
                "went to endpoints that are not known",
                "They may have used more than is counted. See 'oai-usage calls --endpoint other --since 7d', and upgrade oai-usage."
            ),
        ]
    }

    /// Judges a number of recent calls.
    ///
    /// - Parameters:
    ///   - name: The name of the check.
    ///   - count: The number of calls in question.
    ///   - calls: The number of all calls.
    ///   - predicate: What is wrong with them.
    ///   - advice: What to do.
    ///   - tolerated: The share in thousandths up to which nothing needs to be done, such as of streams that clients left.
    /// - Returns: The result.
    static func callsCheck(
        _ name: String,
        _ count: Int64,
        _ calls: Int64,
        _ predicate: String,
        _ advice: String,
        tolerated: Int64 = 10
    ) -> HealthCheck {
        guard count > 0 else { return .ok(name, "No call of the last 7 days \(singular(predicate)).") }
        let share = Share(Int128(count), of: Int128(calls))?.text ?? "-"
        let finding =
            "\(NumberFormat.count(count)) of \(NumberFormat.calls(calls)) of the last 7 days (\(share)) \(predicate)."
        guard Int128(count) * 1_000 > Int128(calls) * Int128(tolerated) else { return .ok(name, finding) }
        return .warning(name, finding, advice)
    }

    private static func singular(_ predicate: String) -> String {
        if predicate == "have no usage" { return "lacks its usage" }
        return predicate.hasPrefix("have") ? "lacks a price" : "succeeded at an unknown endpoint"
    }

    var configurationCheck: HealthCheck {
        switch configuration {
        case .absent(let path): return .ok("configuration", "There is no file at \(path); the defaults apply.")
        case .invalid(let problem): return .problem("configuration", problem, "Mend the file; every command reads it.")
        case .valid(let mode):
            guard mode.bits & 0o022 != 0 else {
                return .ok("configuration", "\(mode.path) is valid (mode \(mode.text)).")
            }
            let others = mode.bits & 0o002 != 0 ? "Everybody on this machine" : "Its group"
            return .warning(
                "configuration",
                "\(others) can change \(mode.path) (mode \(mode.text)), and with it where calls and keys go.",
                "Run: chmod go-w \(ShellWord.quoted(mode.path))"
            )
        }
    }

    var environmentCheck: HealthCheck? {
        guard let first = suspects.first else { return nil }
        return .warning("environment", suspects.joined(separator: " "), "Rename or unset \(Self.variable(first)).")
    }

    private static func variable(_ text: String) -> String {
        text.split(separator: " ").first { $0.hasPrefix("OAI_USAGE_") }.map { String($0) } ?? "it"
    }

    var adminCheck: HealthCheck {
        switch admin {
        case .unknown: return .ok("gateway", "No address is configured; --admin host:port asks a running gateway.")
        case .answered(let address, 200): return .ok("gateway", "It answers on \(address) and is ready.")
        case .answered(let address, 503):
            return .warning(
                "gateway",
                "It answers on \(address), but is not ready.",
                "It is starting, shutting down, or cannot write its ledger: see its log."
            )
        case .answered(let address, 421):
            return .problem(
                "gateway",
                "\(address) is where a gateway's clients connect, or the gateway goes by another name.",
                "Name where its operators connect with --admin, by a name that it knows (--allowed-host)."
            )
        case .answered(let address, let status):
            return .problem(
                "gateway",
                "What answers on \(address) with the status \(status) is not a gateway's admin server.",
                "Name where its operators connect with --admin."
            )
        case .silent(let address, let reason):
            if case .remote = state {
                return .problem(
                    "gateway",
                    "None answers on \(address): \(reason).",
                    "Compare the URL with the gateway's --admin."
                )
            }
            // Without a gateway there is none to reach.
            guard writer?.contains("gateway") == true else {
                return .warning(
                    "gateway",
                    "None answers on \(address): \(reason).",
                    "Start one if calls are to be metered now."
                )
            }
            return .problem(
                "gateway",
                "One writes to the ledger, but does not answer on \(address): \(reason).",
                "Compare the address with the gateway's --admin, and see its log."
            )
        }
    }
}
