/// What the demo says at its end.
enum DemoMetrics {
    private static let shown = [
        "oai_usage_requests_total", "oai_usage_cost_usd_total", "oai_usage_input_tokens_total",
        "oai_usage_records_captured_total", "oai_usage_records_written_total",
        "oai_usage_records_dropped_total",
    ]

    /// Some of the metrics, with what they are.
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

    /// What to do with one's own calls.
    static let nextSteps = """

        What next:
          oai-usage gateway                               forward and meter calls to https://api.openai.com
          export OPENAI_BASE_URL=http://127.0.0.1:8787/v1 send the calls of any client through it
          oai-usage report --project X --since 7d         what project X cost, and how fast it was
          oai-usage calls --follow                        the calls as they end
          oai-usage show REQUEST-ID                       all that is known of one call

        """
}
