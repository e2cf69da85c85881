import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

@Suite("Metrics in the documentation")
struct DocumentedMetricsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Dashboards",
            directoryHint: .isDirectory
        )

    /// The labels of every series that the product has.
    private static let labels: [String: Set<String>] = {
        var limits = MetricsLimits()
        limits.includesKeys = true
        limits.tags = ["team"]
        let metrics = UsageMetrics(build: BuildInformation(version: "1"), limits: limits)
        metrics.registerBudgets { [] }
        metrics.registerReconciliation { nil }
        var labels: [String: Set<String>] = [:]
        for descriptor in metrics.registry.descriptors {
            let own = Set(descriptor.labelNames).union(["job", "instance"])
            for series in descriptor.seriesNames {
                labels[series] = series.hasSuffix("_bucket") ? own.union(["le"]) : own
            }
        }
        return labels
    }()

    /// A text of the documentation, by its path in the project.
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.deletingLastPathComponent().appending(path: path), encoding: .utf8)
    }

    @Test(
        "Every metric that the documentation names exists",
        arguments: [
            "README.md", "Dashboards/README.md", "Sources/OpenAIUsagePricing/Documentation.docc/PriceBooks.md",
            "Sources/OpenAIUsageObservability/Documentation.docc/OpenAIUsageObservability.md",
            "Sources/OpenAIUsage/Documentation.docc/GettingStarted.md",
            "Sources/OpenAIUsage/Documentation.docc/AccountingModel.md",
            "Sources/OpenAIUsage/Documentation.docc/WrappingYourClient.md",
        ]
    )
    func documentedMetrics(_ path: String) throws {
        let text = try Self.text(path)
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".")) }
        for word in words where word.hasPrefix("oai_usage_") && !word.contains(".") {
            // Not metrics: the type of the gateway's own errors, and an attribute of spans.
            guard word != "oai_usage_gateway_error" else { continue }
            #expect(Self.labels[String(word)] != nil || Self.histograms.contains(String(word)), "\(word)")
        }
    }

    private static let histograms = Set(
        labels.keys.compactMap { name in
            name.hasSuffix("_bucket") ? String(name.dropLast("_bucket".count)) : nil
        }
    )
}
