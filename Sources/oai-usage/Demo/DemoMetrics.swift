/// The output at the end of the demonstration.
enum DemoMetrics {
    private static let shown = [
        "oai_usage_calls_total", "oai_usage_cost_usd_total", "oai_usage_input_tokens_total",
        "oai_usage_records_captured_total", "oai_usage_records_written_total",
        "oai_usage_records_dropped_total",
    ]

    /// Returns an excerpt of the metrics, with help and type lines.
    static func slice(of exposition: String) -> String {
        var text = ""
        for name in shown {
            let lines = exposition.split(separator: "\n").filter { line in
                line.hasPrefix("# HELP \(name) ") || line.hasPrefix("# TYPE \(name) ")
                    || (line.hasPrefix(name) && ["{", " "].contains(line.dropFirst(name.count).prefix(1)))
            }
            text += lines.prefix(8).joined(separator: "\n") + "\n"
            if lines.count > 8 { text += "# ... and \(lines.count - 8) more\n" }
        }
        return text
    }

    /// Returns the option that selects the demonstration's ledger; empty if the ledger is removed.
    static func ledgerOption(_ path: String?) -> String { path.map { " --ledger \(ShellWord.quoted($0))" } ?? "" }

    /// Returns suggestions for next steps; with `nil`, without those that need the demonstration's ledger.
    static func nextSteps(ledger: String?) -> String {
        let option = ledgerOption(ledger)
        var steps: [(command: String, purpose: String)] = []
        if ledger != nil {
            steps += [
                ("oai-usage report\(option) --by day,model", "what was spent, by anything else"),
                ("oai-usage calls\(option) --outcome error", "the calls that failed"),
                ("oai-usage show\(option) \(DemoTraffic.exampleRequestID)", "all that is known of one call"),
            ]
        }
        steps += [
            ("oai-usage gateway", "forward and meter calls to https://api.openai.com"),
            ("export OPENAI_BASE_URL=http://127.0.0.1:8787/v1", "send the calls of any client through it"),
            ("oai-usage report --project X --since 7d", "what project X cost, and how fast it was"),
            ("oai-usage calls --follow", "the calls as they end"),
        ]
        if ledger == nil { steps.append(("oai-usage show REQUEST-ID", "all that is known of one call")) }
        let width = steps.map(\.command.count).max() ?? 0
        let lines = steps.map { step in
            "  \(step.command)\(String(repeating: " ", count: width - step.command.count))  \(step.purpose)"
        }
        return "\nWhat next:\n" + lines.joined(separator: "\n") + "\n\n"
    }
}

/// Quoting for a shell's command line.
enum ShellWord {
    /// Returns the text as one word, quoted if necessary.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-_./:@%+=,".utf8.contains(byte)
            }
        }
        guard !isPlain || text.isEmpty else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
