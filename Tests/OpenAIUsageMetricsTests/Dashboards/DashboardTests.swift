import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

/// The names in the dashboards and in the documentation; `make dashboards-check` tries the dashboards themselves.
@Suite("The dashboards")
struct DashboardTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Dashboards",
            directoryHint: .isDirectory
        )

    /// The labels of every series that the product has.
    private static let labels: [String: Set<String>] = {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        var labels: [String: Set<String>] = [:]
        for descriptor in metrics.registry.descriptors {
            let own = Set(descriptor.labelNames).union(["job", "instance"])
            for series in descriptor.seriesNames {
                labels[series] = series.hasSuffix("_bucket") ? own.union(["le"]) : own
            }
        }
        return labels
    }()

    /// The families that a gateway has by a setting only.
    private static let optional: Set<String> = [
        "oai_usage_budget_usd", "oai_usage_budget_spent_usd", "oai_usage_budget_forecast_usd",
        "oai_usage_key_cost_usd_total", "oai_usage_tag_cost_usd_total",
    ]

    @Test(
        "Every metric that a dashboard names exists",
        arguments: [
            "overview", "cost", "latency", "errors-and-limits", "tokens-and-cache", "gateway-and-ledger", "project",
        ]
    )
    func names(_ name: String) throws {
        let text = try Self.text("Dashboards/\(name).json")
        #expect(text.contains("\"uid\": \"oai-usage-\(name)\""))
        let words = Set(text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init))
        let used = words.filter { $0.hasPrefix("oai_usage_") }
        #expect(used.count > 5)
        for word in used.subtracting(Self.optional) { #expect(Self.labels[word] != nil, "\(word)") }
    }

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
