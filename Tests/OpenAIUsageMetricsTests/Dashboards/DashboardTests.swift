import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

@Suite("The dashboards")
struct DashboardTests {
    /// A dashboard with the name of its file.
    struct File: Sendable, CustomTestStringConvertible {
        let url: URL
        var testDescription: String { url.lastPathComponent }

        func dashboard() throws -> Dashboard {
            try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: url))
        }

        func keys() throws -> Set<String> {
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
            return Set((object as? [String: Any])?.keys.map { $0 } ?? [])
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Dashboards",
            directoryHint: .isDirectory
        )

    static let files: [File] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { File(url: folder.appending(path: $0)) }
    }()

    /// The units of Grafana that make sense here.
    private static let units: Set<String> = [
        "s", "reqps", "percentunit", "currencyUSD", "bytes", "short", "dateTimeFromNow", "none",
    ]

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

    @Test("There is an overview")
    func overview() throws {
        let overview = try #require(Self.files.first { $0.testDescription == "overview.json" })
        let dashboard = try overview.dashboard()
        #expect(dashboard.uid == "oai-usage-overview")
        #expect(dashboard.panels.count >= 15)
    }

    @Test("The file is one that Grafana 10 and later import", arguments: files)
    func schema(_ file: File) throws {
        let dashboard = try file.dashboard()
        #expect(dashboard.schemaVersion == 39)
        #expect(dashboard.uid.hasPrefix("oai-usage-") && dashboard.uid.utf8.count <= 40)
        #expect(!dashboard.title.isEmpty && !dashboard.description.isEmpty)
        #expect(!dashboard.editable)
        #expect(dashboard.graphTooltip == 1)
        #expect(try file.keys().isDisjoint(with: ["id", "version", "__inputs"]))
    }

    @Test("The variables are those that every dashboard has", arguments: files)
    func variables(_ file: File) throws {
        let variables = try file.dashboard().templating.list
        #expect(variables.prefix(3).map(\.name) == ["datasource", "job", "instance"])
        #expect(Set(variables.map(\.name)).count == variables.count)
        let source = try #require(variables.first)
        #expect(source.type == "datasource" && source.query == "prometheus" && source.label == "Data Source")
        for variable in variables.dropFirst() {
            #expect(variable.type == "query" && variable.refresh == 2 && variable.multi && variable.allValue == ".+")
            #expect(variable.label.lowercased() == variable.name)
            #expect(variable.datasource?.uid == "${datasource}")
            let metric = variable.query.dropFirst("label_values(".count).prefix { $0.isLetter || $0 == "_" }
            #expect(variable.query.hasPrefix("label_values(") && Self.labels[String(metric)] != nil)
        }
    }

    @Test("Every panel says what it shows, and in which unit", arguments: files)
    func panels(_ file: File) throws {
        let dashboard = try file.dashboard()
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        #expect(Set(dashboard.panels.map(\.title)).count == dashboard.panels.count)
        for panel in dashboard.panels {
            #expect(!panel.title.isEmpty, "\(panel.id)")
            #expect(panel.description.hasSuffix("."), "\(panel.title)")
            #expect(["stat", "timeseries"].contains(panel.type), "\(panel.title)")
            #expect(Self.units.contains(panel.fieldConfig.defaults.unit), "\(panel.title)")
            #expect(panel.datasource.uid == "${datasource}", "\(panel.title)")
            #expect(!panel.targets.isEmpty, "\(panel.title)")
            #expect(Set(panel.targets.map(\.refId)).count == panel.targets.count, "\(panel.title)")
            #expect(Set(panel.targets.map(\.legendFormat)).count == panel.targets.count, "\(panel.title)")
            #expect(panel.targets.allSatisfy { $0.datasource.uid == "${datasource}" }, "\(panel.title)")
            #expect(panel.type == "stat" || panel.fieldConfig.defaults.noValue != nil, "\(panel.title)")
            let steps = panel.fieldConfig.defaults.thresholds.steps
            #expect(steps.first?.value == nil, "\(panel.title)")
            #expect(steps.dropFirst().compactMap(\.value).count == steps.count - 1, "\(panel.title)")
        }
    }

    @Test("No panel lies on another or beside the page", arguments: files)
    func grid(_ file: File) throws {
        var taken: [[Int]: String] = [:]
        for panel in try file.dashboard().panels {
            let place = panel.gridPos
            #expect(place.x >= 0 && place.y >= 0 && place.w > 0 && place.h > 0 && place.x + place.w <= 24)
            for x in place.x..<(place.x + place.w) {
                for y in place.y..<(place.y + place.h) {
                    #expect(taken[[x, y]] == nil, "\(panel.title) lies on \(taken[[x, y]] ?? "")")
                    taken[[x, y]] = panel.title
                }
            }
        }
    }

    @Test("Every query names metrics and labels that exist", arguments: files)
    func names(_ file: File) throws {
        let dashboard = try file.dashboard()
        let queries = dashboard.panels.flatMap { $0.targets.map(\.expr) } + dashboard.annotations.list.map(\.expr)
        for query in queries {
            let parsed = PromQLSelectors(query)
            #expect(parsed.isBalanced, "\(query)")
            #expect(!parsed.selectors.isEmpty, "\(query)")
            for selector in parsed.selectors {
                let labels = try #require(Self.labels[selector.name], "\(selector.name) in \(query)")
                #expect(selector.matchers["job"] == "$job", "\(query)")
                #expect(selector.matchers["instance"] == "$instance", "\(query)")
                #expect(Set(selector.matchers.keys).isSubset(of: labels), "\(query)")
                #expect(selector.matchers["le"] == nil, "\(query)")
                #expect(parsed.groupingLabels.subtracting(["le"]).isSubset(of: labels), "\(query)")
            }
        }
    }

    @Test("Legends name labels that the query keeps", arguments: files)
    func legends(_ file: File) throws {
        for target in try file.dashboard().panels.flatMap(\.targets) {
            let names = target.legendFormat.split(separator: "{{").compactMap { part in
                part.contains("}}") ? part.split(separator: "}}").first.map(String.init) : nil
            }
            #expect(Set(names).isSubset(of: PromQLSelectors(target.expr).groupingLabels), "\(target.expr)")
        }
    }

    @Test("Counters are read as rates, over a window that fits the resolution", arguments: files)
    func rates(_ file: File) throws {
        for panel in try file.dashboard().panels {
            for target in panel.targets {
                for selector in PromQLSelectors(target.expr).selectors {
                    let isCounter = ["_total", "_bucket", "_count", "_sum"].contains { selector.name.hasSuffix($0) }
                    let function = selector.functions.last
                    #expect(isCounter == (function == "rate" || function == "increase"), "\(target.expr)")
                    guard isCounter else { continue }
                    let isTotal = panel.type == "stat" && target.instant
                    #expect(selector.range == (isTotal ? "$__range" : "$__rate_interval"), "\(target.expr)")
                }
                if target.expr.contains("vector(0)") { #expect(panel.type == "stat", "\(panel.title)") }
            }
        }
    }

    @Test("Every variable of a query is defined", arguments: files)
    func definedVariables(_ file: File) throws {
        let dashboard = try file.dashboard()
        let known = Set(dashboard.templating.list.map(\.name)).union(["__rate_interval", "__range", "__interval"])
        let queries = dashboard.panels.flatMap { $0.targets.map(\.expr) } + dashboard.annotations.list.map(\.expr)
        for query in queries {
            let used = query.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { part in
                String(part.drop { $0 == "{" }.prefix { $0.isLetter || $0 == "_" })
            }
            #expect(Set(used).isSubset(of: known), "\(query)")
        }
    }

    /// A text of the documentation, by its path in the project.
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.deletingLastPathComponent().appending(path: path), encoding: .utf8)
    }

    @Test("The table of families is the registry's")
    func table() throws {
        let descriptors = UsageMetrics(build: BuildInformation(version: "1")).registry.descriptors
            .filter { $0.name.hasPrefix("oai_usage_") }
        let expected = descriptors.map { descriptor in
            let labels = descriptor.labelNames.map { "`\($0)`" }.joined(separator: ", ")
            let name = descriptor.kind == .counter ? descriptor.name + "_total" : descriptor.name
            return "| `\(name)` | \(descriptor.kind.rawValue) | \(labels) |"
        }
        let rows = try Self.text("Dashboards/README.md").split(separator: "\n").filter { $0.hasPrefix("| `oai_usage_") }
        #expect(
            rows.map {
                String($0.split(separator: " |", omittingEmptySubsequences: false).prefix(3).joined(separator: " |"))
                    + " |"
            } == expected
        )
        #expect(rows.allSatisfy { $0.split(separator: "|").last?.allSatisfy(\.isWhitespace) == false })
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
