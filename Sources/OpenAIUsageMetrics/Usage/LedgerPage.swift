package import OpenAIUsage

/// The metric families of calls, computed from a ledger's totals instead of individual calls.
///
/// Every value depends only on the ledger: it survives restarts and grows with the ledger. Names become labels in the
/// order in which the ledger first recorded them, so that no call is later counted under another label.
package struct LedgerPage: Sendable {
    /// The totals of calls that share project, model, endpoint and result.
    package struct Total: Sendable {
        /// The project; `nil` if it is unknown.
        package var project: String?
        /// The model that served the calls; `nil` for none.
        package var model: String?
        /// True if there is a model but its name is unknown.
        package var isModelUnknown = false
        /// The endpoint's name.
        package var endpoint: String
        /// The outcome.
        package var outcome: Outcome
        /// The HTTP status; `nil` without a response.
        package var status: Int?
        /// The `type` of the API error; `nil` without one.
        package var errorType: String?
        /// The `code` of the API error; `nil` without one.
        package var errorCode: String?
        /// The number of calls.
        package var calls: Int64 = 0
        /// The number of calls whose cost is unknown or only partly known.
        package var unpricedCalls: Int64 = 0
        /// The number of calls whose usage is missing.
        package var callsWithoutUsage: Int64 = 0
        /// The known cost in pico-dollars (10^-12 US dollars); `nil` if no cost is known.
        package var costPicoUSD: Int128?
        /// The totals of the exposed token counters.
        package var tokens: [TokenCounter: Int128] = [:]
        /// The number of calls by duration, in ascending order.
        package var durations: [(microseconds: Int64, count: Int64)] = []
        /// The number of calls by the provider's processing time.
        package var processing: [(microseconds: Int64, count: Int64)] = []
        /// The number of calls by time to the first content.
        package var timesToFirstToken: [(microseconds: Int64, count: Int64)] = []

        /// Creates totals of zero calls.
        package init(endpoint: String, outcome: Outcome) {
            self.endpoint = endpoint
            self.outcome = outcome
        }
    }

    /// The exposed token counters.
    package static let counters: [TokenCounter] = [
        .inputTokens, .outputTokens, .cachedInputTokens, .cacheWriteTokens, .reasoningTokens, .audioInputTokens,
        .audioOutputTokens, .imageInputTokens, .imageOutputTokens,
    ]

    private struct Histogram {
        var counts: [Int64]
        var sum: Double = 0
    }

    private let build: BuildInformation
    private var projects: InternedNames
    private var models: InternedNames
    private var operations = OperationTable()
    private var callers: LabelSetTable<[String]>
    private var durations: LabelSetTable<[String]>
    private var served: LabelSetTable<[String]>
    private var values: [String: [[String]: Int128]] = [:]
    private var histograms: [String: [[String]: Histogram]] = [:]
    private var board = RateLimitGauges()

    /// Creates an empty page.
    ///
    /// - Parameters:
    ///   - build: The program's version.
    ///   - limits: The limits of the number of series.
    package init(build: BuildInformation, limits: MetricsLimits = MetricsLimits()) {
        self.build = build
        projects = InternedNames("default", maximumCount: limits.projects)
        models = InternedNames(LabelValue.none, maximumCount: limits.models)
        callers = LabelSetTable(limits.capacity(details: 66))
        durations = LabelSetTable(limits.modelCapacity(full: 40, details: 12))
        served = LabelSetTable(limits.modelCapacity(full: 30, details: 12))
        for operation in Endpoint.Operation.standard {
            values["oai_usage_calls_in_flight", default: [:]][[operation.label]] = 0
            values["oai_usage_client_disconnects", default: [:]][[operation.label]] = 0
        }
        values["oai_usage_label_overflow"] = [["project"]: 0, ["model"]: 0]
    }

    /// Adds totals; they must be added in the order in which the ledger first recorded their labels.
    package mutating func add(_ total: Total) {
        let operation = Endpoint(named: total.endpoint).operation
        let labels = labels(of: total, operation)
        let status = total.status ?? 0
        let code = status == 0 || (100..<600).contains(status) ? String(status) : LabelValue.other
        count(total.calls, "calls", labels + [code])
        var example = CallRecord(
            id: CallID(rawValue: 0),
            startedAt: 0,
            source: .library,
            method: "",
            host: "",
            path: ""
        )
        (example.status, example.outcome) = (total.status, total.outcome)
        (example.errorType, example.errorCode, example.usageState) = (total.errorType, total.errorCode, .reported)
        if let error = ErrorClass(example) { count(total.calls, "call_errors", labels + [error.rawValue]) }
        if total.outcome == .clientDisconnected || total.outcome == .abandoned {
            count(total.calls, "client_disconnects", [operation.label])
        }
        count(
            total.callsWithoutUsage,
            "calls_without_usage",
            [operation.label, Self.missing(total.outcome).rawValue]
        )
        count(total.unpricedCalls, "unpriced_calls", [labels[1], LabelValue.other])
        // A negative value is a provider's error and must not decrease a counter.
        if let cost = total.costPicoUSD, cost >= 0 {
            values["oai_usage_cost_usd", default: [:]][labels, default: 0] += cost
        }
        for (counter, name) in zip(Self.counters, Self.counterNames) {
            guard let sum = total.tokens[counter], sum >= 0 else { continue }
            values["oai_usage_\(name)", default: [:]][labels, default: 0] += sum
        }
        let set = LabelSet(
            model: models[labels[1]] ?? InternedNames.other,
            detail: UInt32(operations.number(of: operation)) << 16
        )
        let place = served.place(of: set) { [models] set in
            [models[set.model], set.detail == LabelSet.otherDetail ? LabelValue.other : operation.label]
        }
        let latencyLabels = served.entries[place.index]
        let outcome = CallSample.OutcomeClass(example)
        let durationSet = LabelSet(model: set.model, detail: set.detail | UInt32(outcome.number))
        let durationPlace = durations.place(of: durationSet) { [models] set in
            let isFolded = set.detail == LabelSet.otherDetail
            return [
                models[set.model], isFolded ? LabelValue.other : operation.label, Self.unknownStream,
                isFolded ? LabelValue.other : outcome.rawValue,
            ]
        }
        observe(total.durations, "call_duration_seconds", durations.entries[durationPlace.index])
        observe(total.processing, "upstream_processing_seconds", latencyLabels)
        observe(total.timesToFirstToken, "time_to_first_token_seconds", latencyLabels)
    }

    /// Adds calls in flight.
    package mutating func addInFlightCalls(_ count: Int64, endpoint: String) {
        let operation = Endpoint(named: endpoint).operation
        values["oai_usage_calls_in_flight", default: [:]][[operation.label], default: 0] += Int128(count)
    }

    /// Adds the rate limits of a project and model, unless they are too old; times are in microseconds since 1970.
    package mutating func add(_ limits: RateLimits, project: String, model: String?, observedAt: Int64, now: Int64) {
        guard now - observedAt <= RateLimitGauges.lifetime else { return }
        let project = LabelValue.project(project)
        _ = board.note(limits, project: project, model: LabelValue.model(model), observedAt: observedAt, now: now)
    }

    private mutating func count(_ calls: Int64, _ name: String, _ labels: [String]) {
        guard calls > 0 else { return }
        values["oai_usage_\(name)", default: [:]][labels, default: 0] += Int128(calls)
    }

    /// Returns the labels for project, model and operation, folded beyond the caps.
    private mutating func labels(of total: Total, _ operation: Endpoint.Operation) -> [String] {
        let projectName = total.project.map(LabelValue.project) ?? LabelValue.other
        let modelName = total.isModelUnknown ? LabelValue.other : LabelValue.model(total.model)
        let project = projects[projectName] ?? projects.admit(projectName)
        let model = models[modelName] ?? models.admit(modelName)
        let set = LabelSet(
            project: project ?? InternedNames.other,
            model: model ?? InternedNames.other,
            detail: UInt32(operations.number(of: operation)) << 16
        )
        let place = callers.place(of: set) { [projects, models] set in
            let name = set.detail == LabelSet.otherDetail ? LabelValue.other : operation.label
            return [projects[set.project], models[set.model], name]
        }
        if project == nil || place.isProjectFolded { count(total.calls, "label_overflow", ["project"]) }
        if model == nil || place.isModelFolded { count(total.calls, "label_overflow", ["model"]) }
        return callers.entries[place.index]
    }

    private static func missing(_ outcome: Outcome) -> MissingUsageReason {
        switch outcome.kind {
        case .clientDisconnected, .abandoned: .clientDisconnect
        case .cut, .interrupted, .timeout, .unreachable: .streamInterrupted
        default: .notReported
        }
    }

    private mutating func observe(
        _ observations: [(microseconds: Int64, count: Int64)],
        _ name: String,
        _ labels: [String]
    ) {
        let name = "oai_usage_\(name)"
        guard !observations.isEmpty, let buckets = Self.descriptors[name]?.buckets else { return }
        var histogram =
            histograms[name]?[labels] ?? Histogram(counts: Array(repeating: 0, count: buckets.texts.count))
        for (microseconds, count) in observations {
            let seconds = Double(microseconds) / 1e6
            histogram.counts[buckets.place(of: seconds)] += count
            histogram.sum += seconds * Double(count)
        }
        histograms[name, default: [:]][labels] = histogram
    }

    // MARK: - Text

    /// The `stream` label, since the ledger's sums do not tell streams from other calls.
    private static let unknownStream = LabelValue.other

    private static let counterNames = [
        "input_tokens", "output_tokens", "input_cached_tokens", "input_cache_write_tokens", "output_reasoning_tokens",
        "input_audio_tokens", "output_audio_tokens", "input_image_tokens", "output_image_tokens",
    ]

    /// Returns the exposition in the format negotiated by a client's `Accept` header.
    package func exposition(accept: String?) -> (contentType: String, body: [UInt8]) {
        let registry = MetricsRegistry()
        var families: [String: MetricFamilyID] = [:]
        for (name, descriptor) in Self.descriptors { families[name] = registry.register(descriptor) }
        registry.update { editor in
            for (name, series) in values {
                guard let family = families[name] else { continue }
                for (labels, value) in series {
                    let number =
                        name == "oai_usage_cost_usd" ? .pico(value) : MetricNumber.integer(Int64(clamping: value))
                    editor.set(number, of: editor.cell(family, labels))
                }
            }
            for (name, series) in histograms {
                guard let family = families[name] else { continue }
                for (labels, histogram) in series {
                    editor.load(histogram.counts, sum: histogram.sum, of: editor.cell(family, labels))
                }
            }
            guard let family = families["oai_usage_build_info"] else { return }
            let labels = [build.version, build.revision ?? "", BuildInformation.swiftVersion].map(LabelValue.clean)
            editor.set(.integer(1), of: editor.cell(family, labels))
        }
        let board = board
        registry.registerCollector(RateLimitGauges.descriptors) { board.collect(into: &$0) }
        #if os(Linux)
        registry.registerCollector(ProcessCollector.descriptors, collect: ProcessCollector.collect)
        #endif
        return registry.exposition(accept: accept)
    }

    /// The families that can be computed from a ledger's totals, by name.
    static let descriptors: [String: MetricDescriptor] = {
        let names: Set<String> =
            ["calls", "call_errors", "client_disconnects", "calls_without_usage", "unpriced_calls", "cost_usd"]
        let latencies: Set<String> = [
            "call_duration_seconds", "upstream_processing_seconds", "time_to_first_token_seconds",
        ]
        let others: Set<String> = ["calls_in_flight", "label_overflow", "build_info"]
        let all = names.union(latencies).union(others).union(counterNames)
        let registry = MetricsRegistry()
        _ = UsageMetricFamilies(registry)
        var found: [String: MetricDescriptor] = [:]
        for descriptor in registry.descriptors {
            let name = String(descriptor.name.trimmingPrefix("oai_usage_"))
            guard all.contains(name) else { continue }
            found[descriptor.name] = descriptor.with(
                help: help(name, descriptor.help, isLatency: latencies.contains(name))
            )
        }
        return found
    }()

    private static func help(_ name: String, _ help: String, isLatency: Bool) -> String {
        let plain = help.replacing(" Starts at 0 with the process; the ledger does not.", with: "")
        if isLatency {
            return "\(plain) From the ledger's sums: values are within 0.8 %, also at the bounds of buckets."
        }
        switch name {
        case "unpriced_calls": return "\(plain) The ledger's sums do not tell the reason."
        case "calls_without_usage": return "\(plain) The ledger's sums tell the reason by the outcome."
        case "input_cache_write_tokens": return "\(plain) Of calls that told the sum of what they wrote."
        case "calls_in_flight": return "Calls that have begun and have a row in the ledger, and have not ended."
        case "label_overflow", "build_info": return plain
        default: return "\(plain) Since the ledger's beginning."
        }
    }
}
