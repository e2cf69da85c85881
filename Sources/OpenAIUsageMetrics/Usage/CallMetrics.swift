import OpenAIUsage

/// The series that calls update, with limits on their number.
///
/// Callers choose the names of models and projects. A name becomes a label only after the provider has accepted a call
/// with it, or if the price book lists it as a model, and label sets are capped; everything else is counted under
/// `other`.
struct CallMetrics: Sendable {
    /// The cells of one label set in several families, created on first use.
    private struct Cells: Sendable {
        private let labels: [String]
        private var cells: [MetricCell?]

        init(labels: [String], count: Int) {
            self.labels = labels
            self.cells = Array(repeating: nil, count: count)
        }

        mutating func cell(_ slot: Int, of family: MetricFamilyID, in editor: inout MetricsEditor) -> MetricCell? {
            if let cell = cells[slot] { return cell }
            cells[slot] = editor.cell(family, labels)
            return cells[slot]
        }
    }

    /// The cells of an operation in families without other open-ended labels.
    private struct OperationCells: Sendable {
        let inFlight: MetricCell?
        let retries: MetricCell?
        let disconnects: MetricCell?
        let missing: [MissingUsageReason: MetricCell]

        /// Creates the series of an operation, with value 0.
        init(_ operation: Endpoint.Operation, _ families: UsageMetricFamilies, in editor: inout MetricsEditor) {
            func zero(_ family: MetricFamilyID, _ labels: [String]) -> MetricCell? {
                let cell = editor.cell(family, labels)
                editor.add(.integer(0), to: cell)
                return cell
            }
            var missing: [MissingUsageReason: MetricCell] = [:]
            for reason in MissingUsageReason.allCases {
                missing[reason] = zero(families.usageMissing, [operation.label, reason.rawValue])
            }
            self.missing = missing
            inFlight = zero(families.requestsInFlight, [operation.label])
            retries = zero(families.clientRetries, [operation.label])
            disconnects = zero(families.clientDisconnects, [operation.label])
        }
    }

    private let families: UsageMetricFamilies
    private var operations = OperationTable()
    private var operationCells: [OperationCells]
    private let projectOverflow: MetricCell?
    private let modelOverflow: MetricCell?
    private let gatewayOverhead: MetricCell?
    private var projects = InternedNames("default")
    private var models = ModelNames()
    // The room for folded sets covers all operations with all values of the closed label; for HTTP statuses, of which
    // there are more, the usual ones.
    private var calls = LabelSetTable<Cells>(.init(full: 320, withoutProject: 387, withoutModel: 399))
    private var statuses = LabelSetTable<Cells>(.init(full: 250, withoutProject: 320, withoutModel: 399))
    private var errors = LabelSetTable<Cells>(.init(full: 180, withoutProject: 231, withoutModel: 399))
    private var latencies = LabelSetTable<Cells>(.init(full: 37, withoutProject: 37, withoutModel: 49))
    private var headrooms = LabelSetTable<Cells>(.init(full: 43, withoutProject: 43, withoutModel: 49))
    private var unpriced = LabelSetTable<Cells>(.init(full: 83, withoutProject: 83, withoutModel: 99))

    /// Creates the series with closed labels only, with value 0.
    init(_ families: UsageMetricFamilies, in editor: inout MetricsEditor) {
        func zero(_ family: MetricFamilyID, _ labels: [String]) -> MetricCell? {
            let cell = editor.cell(family, labels)
            editor.add(.integer(0), to: cell)
            return cell
        }
        self.families = families
        operationCells = []
        for operation in operations.operations {
            operationCells.append(OperationCells(operation, families, in: &editor))
        }
        projectOverflow = zero(families.labelOverflow, ["project"])
        modelOverflow = zero(families.labelOverflow, ["model"])
        gatewayOverhead = editor.cell(families.gatewayOverhead)
        for (detail, reason) in CostReason.labels.enumerated() {
            let set = LabelSet(model: InternedNames.other, detail: UInt32(detail))
            let place = unpriced.place(of: set) { _ in
                Cells(labels: [LabelValue.other, reason.rawValue], count: 1)
            }
            let cell = unpriced.entries[place.index].cell(0, of: families.unpricedRequests, in: &editor)
            editor.add(.integer(0), to: cell)
        }
    }

    /// Sets the predicate for models that are known from the price book.
    mutating func setListedModels(_ isListed: @escaping @Sendable (String) -> Bool) { models.isListed = isListed }

    /// The in-flight cells by operation.
    var inFlight: [Endpoint.Operation: MetricCell] {
        var cells: [Endpoint.Operation: MetricCell] = [:]
        for (operation, entry) in zip(operations.operations, operationCells) { cells[operation] = entry.inFlight }
        return cells
    }

    /// Counts a finished call, and returns the labels for its rate limits; `nil` if its project or model is not
    /// admitted.
    mutating func count(
        _ record: CallRecord,
        _ call: CallSample,
        in editor: inout MetricsEditor
    ) -> (project: String, model: String)? {
        var overflow = Overflow()
        let who = CallLabels(
            project: admittedProject(call, &overflow),
            model: admittedModel(call, &overflow),
            operation: operationNumber(call, &editor)
        )
        countOutcome(record, call, who, &overflow, &editor)
        countUsage(record, who, &overflow, &editor)
        observeLatencies(call, who, &overflow, &editor)
        observeHeadroom(record, who, &overflow, &editor)
        if overflow.isProject { editor.add(.integer(1), to: projectOverflow) }
        if overflow.isModel { editor.add(.integer(1), to: modelOverflow) }
        guard who.project != InternedNames.other, who.model != InternedNames.other else { return nil }
        return (projects[who.project], models[who.model])
    }

    /// Counts rate limits that are not shown because there are too many.
    func countHiddenRateLimits(in editor: inout MetricsEditor) {
        editor.add(.integer(1), to: projectOverflow)
    }

    // MARK: - Admission

    /// The admitted labels of a call.
    private struct CallLabels {
        let project: UInt16
        let model: UInt16
        /// The operation's number.
        let operation: UInt16

        /// Returns the label set with the operation and another closed label.
        func set(_ detail: UInt16 = 0) -> LabelSet {
            LabelSet(project: project, model: model, detail: UInt32(operation) << 16 | UInt32(detail))
        }

        /// The label set with the operation only, for families without projects.
        var modelSet: LabelSet { LabelSet(model: model, detail: UInt32(operation) << 16) }
    }

    /// The labels of a call that were folded because of a cap.
    private struct Overflow {
        var isProject = false
        var isModel = false

        mutating func note<Entry>(_ place: LabelSetTable<Entry>.Place) -> Int {
            isProject = isProject || place.isProjectFolded
            isModel = isModel || place.isModelFolded
            return place.index
        }
    }

    private mutating func admittedProject(_ call: CallSample, _ overflow: inout Overflow) -> UInt16 {
        if let number = projects[call.project] { return number }
        guard call.isSuccess else { return InternedNames.other }
        if let number = projects.admit(call.project) { return number }
        overflow.isProject = true
        return InternedNames.other
    }

    private mutating func admittedModel(_ call: CallSample, _ overflow: inout Overflow) -> UInt16 {
        models.note(accepted: call.acceptedModel, served: call.model)
        if let number = models[call.model] { return number }
        guard call.isModelServed || models.isKnown(call.model) else { return InternedNames.other }
        if let number = models.admit(call.model) { return number }
        overflow.isModel = true
        return InternedNames.other
    }

    private mutating func operationNumber(_ call: CallSample, _ editor: inout MetricsEditor) -> UInt16 {
        let number = operations.number(of: call.operation)
        if Int(number) == operationCells.count {
            operationCells.append(OperationCells(call.operation, families, in: &editor))
        }
        return number
    }

    // MARK: - Counting

    private mutating func countOutcome(
        _ record: CallRecord,
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        var index = overflow.note(
            statuses.place(of: who.set(call.code ?? .max)) { [projects, models, operations] set in
                let code = UInt16(truncatingIfNeeded: set.detail)
                let text = code == .max ? LabelValue.other : String(code)
                return Cells(
                    labels: [projects[set.project], models[set.model], operations.label(of: set), text],
                    count: 1
                )
            }
        )
        editor.add(.integer(1), to: statuses.entries[index].cell(0, of: families.requests, in: &editor))

        if let error = call.error, let number = ErrorClass.allCases.firstIndex(of: error) {
            index = overflow.note(
                errors.place(of: who.set(UInt16(number))) { [projects, models, operations] set in
                    let isFolded = set.detail == LabelSet.otherDetail
                    return Cells(
                        labels: [
                            projects[set.project], models[set.model], operations.label(of: set),
                            isFolded ? LabelValue.other : error.rawValue,
                        ],
                        count: 1
                    )
                }
            )
            let cell = errors.entries[index].cell(0, of: families.requestErrors, in: &editor)
            editor.add(.integer(1), to: cell, exemplar: call.exemplar)
        }

        let cells = operationCells[Int(who.operation)]
        if record.attempt > 0 { editor.add(.integer(1), to: cells.retries) }
        if record.outcome == .clientDisconnected || record.outcome == .abandoned {
            editor.add(.integer(1), to: cells.disconnects)
        }
        if let reason = call.missingUsage { editor.add(.integer(1), to: cells.missing[reason]) }
        if let number = call.unpriced {
            index = overflow.note(
                unpriced.place(of: LabelSet(model: who.model, detail: UInt32(number))) { [models] set in
                    Cells(labels: [models[set.model], CostReason.labels[number].rawValue], count: 1)
                }
            )
            editor.add(.integer(1), to: unpriced.entries[index].cell(0, of: families.unpricedRequests, in: &editor))
        }
    }

    private mutating func countUsage(
        _ record: CallRecord,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        guard record.isCounted, !record.usage.isEmpty || record.cost.picoUSD != nil else { return }
        let index = overflow.note(
            calls.place(of: who.set()) { [projects, models, operations] set in
                Cells(labels: [projects[set.project], models[set.model], operations.label(of: set)], count: 9)
            }
        )
        func add(_ amount: MetricNumber?, _ slot: Int, _ family: MetricFamilyID) {
            // A negative value is a provider's error and must not decrease a counter.
            guard let amount, !amount.isNegative else { return }
            editor.add(amount, to: calls.entries[index].cell(slot, of: family, in: &editor))
        }
        let usage = record.usage
        add(usage[.inputTokens].map { .integer($0) }, 0, families.inputTokens)
        add(usage[.outputTokens].map { .integer($0) }, 1, families.outputTokens)
        add(usage[.cachedInputTokens].map { .integer($0) }, 2, families.inputCachedTokens)
        add(usage[.reasoningTokens].map { .integer($0) }, 3, families.outputReasoningTokens)
        add(usage[.audioInputTokens].map { .integer($0) }, 4, families.inputAudioTokens)
        add(usage[.audioOutputTokens].map { .integer($0) }, 5, families.outputAudioTokens)
        add(record.cost.picoUSD.map { .pico(Int128($0)) }, 6, families.cost)
        add(Self.cacheWrites(usage).map { .integer($0) }, 7, families.inputCacheWriteTokens)
        add(usage.hiddenOutputTokens.map { .integer($0) }, 8, families.outputHiddenTokens)
    }

    private mutating func observeLatencies(
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        if let value = call.gatewayOverhead { editor.observe(value, in: gatewayOverhead) }
        if let value = call.upstreamOverhead {
            editor.observe(value, in: families.upstreamOverhead, [operations.label(who.operation)])
        }
        guard call.hasLatency else { return }
        let index = overflow.note(
            latencies.place(of: who.modelSet) { [models, operations] set in
                Cells(labels: [models[set.model], operations.label(of: set)], count: 4)
            }
        )
        func observe(_ value: Double?, _ slot: Int, _ family: MetricFamilyID) {
            guard let value else { return }
            let cell = latencies.entries[index].cell(slot, of: family, in: &editor)
            editor.observe(value, in: cell, exemplar: call.exemplar?.with(value: value))
        }
        observe(call.duration, 0, families.requestDuration)
        observe(call.processing, 1, families.upstreamProcessing)
        observe(call.timeToFirstToken, 2, families.timeToFirstToken)
        observe(call.timePerOutputToken, 3, families.timePerOutputToken)
    }

    /// Returns the tokens written to the cache; if no total is reported, the sum over the cache lifetimes.
    private static func cacheWrites(_ usage: TokenUsage) -> Int64? {
        if let written = usage[.cacheWriteTokens] { return written }
        let parts = [usage[.cacheWrite30MinuteTokens], usage[.cacheWrite12HourTokens]].compactMap { $0 }
        guard !parts.isEmpty else { return nil }
        return parts.reduce(0) { sum, part in
            let (total, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : total
        }
    }

    private mutating func observeHeadroom(
        _ record: CallRecord,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        guard let windows = record.rateLimits?.windows else { return }
        for (name, window) in windows {
            guard let limit = window.limit, limit > 0, let remaining = window.remaining else { continue }
            let resource = RateLimitResource(name)
            let index = overflow.note(
                headrooms.place(of: LabelSet(model: who.model, detail: UInt32(resource.rawValue))) { [models] set in
                    Cells(labels: [models[set.model], resource.label], count: 1)
                }
            )
            let cell = headrooms.entries[index].cell(0, of: families.rateLimitHeadroom, in: &editor)
            editor.observe(min(1, max(0, Double(remaining) / Double(limit))), in: cell)
        }
    }
}
