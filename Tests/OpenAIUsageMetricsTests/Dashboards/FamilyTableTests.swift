import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

/// The table of metric families in the documentation, which is made from the registry.
@Suite("The table of families")
struct FamilyTableTests {
    private static let start = "<!-- families: made from the registry by `make metrics-table` -->"
    private static let end = "<!-- end of families -->"
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Dashboards/README.md")

    /// The table of all families, with those that are opted into.
    static let table: String = {
        var limits = MetricsLimits()
        limits.includesKeys = true
        limits.includesGenAI = true
        limits.tags = ["team"]
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), limits: limits)
        metrics.registerBudgets { [] }
        metrics.registerReconciliation { nil }
        let rows = metrics.registry.descriptors.filter {
            $0.name.hasPrefix("oai_usage_") || $0.name.hasPrefix("gen_ai_")
        }.map { descriptor in
            let name = descriptor.kind == .counter ? descriptor.name + "_total" : descriptor.name
            let labels = descriptor.labelNames.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(name)` | \(descriptor.kind.rawValue) | \(labels) | \(descriptor.help) |"
        }
        return (["| Family | Kind | Labels | Meaning |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }()

    @Test("The documentation has the registry's families")
    func table() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let start = try #require(text.range(of: Self.start))
        let end = try #require(text.range(of: Self.end))
        let made = text[..<start.upperBound] + "\n\n" + Self.table + "\n\n" + text[end.lowerBound...]
        if ProcessInfo.processInfo.environment["OAI_USAGE_WRITE_TABLE"] != nil {
            try made.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(made == text, "Run 'make metrics-table'.")
        }
    }
}
