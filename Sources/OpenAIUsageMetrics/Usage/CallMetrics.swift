import OpenAIUsage

/// The cells of one label set in several families, created on first use.
struct MetricCells: Sendable {
    private let labels: [String]
    private var cells: [MetricCell?]

    init(labels: [String], count: Int = 1) {
        self.labels = labels
        self.cells = Array(repeating: nil, count: count)
    }

    mutating func cell(_ slot: Int, of family: MetricFamilyID, in editor: inout MetricsEditor) -> MetricCell? {
        if let cell = cells[slot] { return cell }
        cells[slot] = editor.cell(family, labels)
        return cells[slot]
    }
}

/// The series that calls update, with limits on their number.
///
/// Callers choose the names of models and projects. A model becomes a label only after the provider has accepted a call with
/// it, or if the price book lists it. So does a project, beside some that only ever failed: a revoked key must be seen under
/// its project. Label sets are capped; everything else is counted under `other`.
struct CallMetrics: Sendable {
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
                missing[reason] = zero(families.callsWithoutUsage, [operation.label, reason.rawValue])
            }
            self.missing = missing
            inFlight = zero(families.callsInFlight, [operation.label])
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
    private var projects: InternedNames
    /// The projects that no call of has succeeded, and how many may have series.
    private var unconfirmedProjects: Set<UInt16> = []
    private let maximumUnconfirmedProjects: Int
    private var models: ModelNames
    private var usages: LabelSetTable<MetricCells>
    private var statuses: LabelSetTable<MetricCells>
    private var errors: LabelSetTable<MetricCells>
    private var durations: LabelSetTable<MetricCells>
    private var latencies: LabelSetTable<MetricCells>
    private var headrooms: LabelSetTable<MetricCells>
    private var unpriced: LabelSetTable<MetricCells>
    private var breakdowns: CostBreakdowns
    private var genAI: GenAIMetrics?

    /// Creates the series with closed labels only, with value 0.
    init(_ families: UsageMetricFamilies, _ limits: MetricsLimits, in editor: inout MetricsEditor) {
        func zero(_ family: MetricFamilyID, _ labels: [String]) -> MetricCell? {
            let cell = editor.cell(family, labels)
            editor.add(.integer(0), to: cell)
            return cell
        }
        self.families = families
        projects = InternedNames("default", maximumCount: limits.projects)
        maximumUnconfirmedProjects = max(1, limits.projects / 4)
        models = ModelNames(maximumCount: limits.models)
        // The room for folded sets covers all operations with the usual values of the other closed label.
        usages = LabelSetTable(limits.capacity(details: 66))
        statuses = LabelSetTable(limits.capacity(details: 80))
        errors = LabelSetTable(limits.capacity(details: 60))
        durations = LabelSetTable(limits.modelCapacity(full: 40, details: 12))
        latencies = LabelSetTable(limits.modelCapacity(full: 30, details: 12))
        headrooms = LabelSetTable(limits.modelCapacity(full: 43, details: 6))
        unpriced = LabelSetTable(limits.modelCapacity(full: 83, details: 16))
        breakdowns = CostBreakdowns(families, limits)
        genAI = families.genAI.map { GenAIMetrics($0, limits) }
        operationCells = []
        for operation in operations.operations {
            operationCells.append(OperationCells(operation, families, in: &editor))
        }
        projectOverflow = zero(families.labelOverflow, ["project"])
        modelOverflow = zero(families.labelOverflow, ["model"])
        gatewayOverhead = editor.cell(families.gatewayOverhead)
        for (detail, reason) in CostReason.labels.enumerated() {
            let place = unpriced.place(of: LabelSet(detail: UInt32(detail))) { _ in
                MetricCells(labels: [LabelValue.other, reason.rawValue])
            }
            let cell = unpriced.entries[place.index].cell(0, of: families.unpricedCalls, in: &editor)
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
        _ record: borrowing CallRecord,
        _ call: CallSample,
        in editor: inout MetricsEditor
    ) -> (project: String, model: String)? {
        var overflow = Overflow()
        let who = labels(of: call, &overflow, &editor)
        countOutcome(record, call, who, &overflow, &editor)
        countUsage(record, call, who, &overflow, &editor)
        if !call.isDisconnectCounted { observeDuration(call, who, &overflow, &editor) }
        observeLatencies(record, call, who, &overflow, &editor)
        observeHeadroom(record, who, &overflow, &editor)
        genAI?.count(record, call, &models, in: &editor)
        note(overflow, &editor)
        guard who.project != InternedNames.other, who.model != InternedNames.other else { return nil }
        return (projects[who.project], models[who.model])
    }

    /// Counts a client that left while its call goes on, and the time that it waited.
    mutating func countDisconnect(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        in editor: inout MetricsEditor
    ) {
        var overflow = Overflow()
        let who = labels(of: call, &overflow, &editor)
        editor.add(.integer(1), to: operationCells[Int(who.operation)].disconnects)
        observeDuration(call, who, &overflow, &editor)
        genAI?.countDisconnect(record, call, &models, in: &editor)
        note(overflow, &editor)
    }

    /// Counts rate limits that are not shown because there are too many.
    func countHiddenRateLimits(in editor: inout MetricsEditor) {
        editor.add(.integer(1), to: projectOverflow)
    }

    /// Creates the series of calls that an earlier process has counted, with value 0, as far as there is room.
    mutating func create(_ births: [CallSeriesBirth], in editor: inout MetricsEditor) {
        for birth in births {
            guard let project = projects.admit(LabelValue.project(birth.project)),
                let model = models.admit(LabelValue.model(birth.model))
            else { continue }
            let operation = Endpoint(named: birth.endpoint).operation
            let who = CallLabels(project: project, model: model, operation: operationNumber(operation, &editor))
            let place = statuses.place(of: who.set(UInt16(clamping: birth.status)), makeEntry: statusCells)
            let calls = statuses.entries[place.index].cell(0, of: families.calls, in: &editor)
            editor.add(.integer(0), to: calls)
            guard birth.hasSuccesses else { continue }
            breakdowns.createTier(birth.serviceTier, who, projects, &editor)
            let index = usages.place(of: who.set(), makeEntry: usageCells).index
            func create(_ slot: Int, _ family: MetricFamilyID, _ zero: MetricNumber) {
                let cell = usages.entries[index].cell(slot, of: family, in: &editor)
                editor.add(zero, to: cell)
            }
            create(Self.costSlot, families.cost, .pico(0))
            let reasoning: [TokenFamily] = birth.hasReasoning ? [.outputReasoning] : []
            for family in [.input, .output, .inputCached] + reasoning {
                create(family.rawValue, families.tokens[family.rawValue], .integer(0))
            }
        }
    }

    // MARK: - Admission

    /// The labels of a call that were folded because of a cap.
    struct Overflow {
        var isProject = false
        var isModel = false

        mutating func note<Entry>(_ place: LabelSetTable<Entry>.Place) -> Int {
            isProject = isProject || place.isProjectFolded
            isModel = isModel || place.isModelFolded
            return place.index
        }
    }

    private func note(_ overflow: Overflow, _ editor: inout MetricsEditor) {
        if overflow.isProject { editor.add(.integer(1), to: projectOverflow) }
        if overflow.isModel { editor.add(.integer(1), to: modelOverflow) }
    }

    private mutating func labels(
        of call: CallSample,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) -> CallLabels {
        CallLabels(
            project: admittedProject(call, &overflow),
            model: admittedModel(call, &overflow),
            operation: operationNumber(call.operation, &editor)
        )
    }

    private mutating func admittedProject(_ call: CallSample, _ overflow: inout Overflow) -> UInt16 {
        if let number = projects[call.project] {
            if call.isSuccess { unconfirmedProjects.remove(number) }
            return number
        }
        guard call.isSuccess || unconfirmedProjects.count < maximumUnconfirmedProjects else {
            return InternedNames.other
        }
        if let number = projects.admit(call.project) {
            if !call.isSuccess { unconfirmedProjects.insert(number) }
            return number
        }
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

    private mutating func operationNumber(
        _ operation: Endpoint.Operation,
        _ editor: inout MetricsEditor
    ) -> UInt16 {
        let number = operations.number(of: operation)
        if Int(number) == operationCells.count {
            operationCells.append(OperationCells(operation, families, in: &editor))
        }
        return number
    }

    // MARK: - Label sets

    private var statusCells: (LabelSet) -> MetricCells {
        { [projects, models, operations] set in
            let code = UInt16(truncatingIfNeeded: set.detail)
            let text = code == .max ? LabelValue.other : String(code)
            return MetricCells(labels: [projects[set.project], models[set.model], operations.label(of: set), text])
        }
    }

    private var usageCells: (LabelSet) -> MetricCells {
        { [projects, models, operations] set in
            MetricCells(
                labels: [projects[set.project], models[set.model], operations.label(of: set)],
                count: Self.costSlot + 1
            )
        }
    }

    /// The slot of the cost, after those of the token families.
    private static let costSlot = TokenFamily.allCases.count

    // MARK: - Counting

    private mutating func countOutcome(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        var index = overflow.note(statuses.place(of: who.set(call.code ?? .max), makeEntry: statusCells))
        editor.add(.integer(1), to: statuses.entries[index].cell(0, of: families.calls, in: &editor))

        if let error = call.error, let number = ErrorClass.allCases.firstIndex(of: error) {
            index = overflow.note(
                errors.place(of: who.set(UInt16(number))) { [projects, models, operations] set in
                    let isFolded = set.detail == LabelSet.otherDetail
                    return MetricCells(
                        labels: [
                            projects[set.project], models[set.model], operations.label(of: set),
                            isFolded ? LabelValue.other : error.rawValue,
                        ]
                    )
                }
            )
            let cell = errors.entries[index].cell(0, of: families.callErrors, in: &editor)
            editor.add(.integer(1), to: cell, exemplar: call.exemplar)
        }

        let cells = operationCells[Int(who.operation)]
        if record.attempt > 0 { editor.add(.integer(1), to: cells.retries) }
        if call.outcome == .clientDisconnected, !call.isDisconnectCounted {
            editor.add(.integer(1), to: cells.disconnects)
        }
        if let reason = call.missingUsage { editor.add(.integer(1), to: cells.missing[reason]) }
        if let number = call.unpriced {
            index = overflow.note(
                unpriced.place(of: LabelSet(model: who.model, detail: UInt32(number))) { [models] set in
                    let isFolded = set.detail == LabelSet.otherDetail
                    let reason = isFolded ? LabelValue.other : CostReason.labels[number].rawValue
                    return MetricCells(labels: [models[set.model], reason])
                }
            )
            editor.add(.integer(1), to: unpriced.entries[index].cell(0, of: families.unpricedCalls, in: &editor))
        }
    }

    private mutating func countUsage(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        breakdowns.countCall(call, who, projects, &models, &overflow, &editor)
        guard record.isCounted, !record.usage.isEmpty || record.cost.picoUSD != nil else { return }
        let index = overflow.note(usages.place(of: who.set(), makeEntry: usageCells))
        for family in TokenFamily.allCases {
            // A negative value is a provider's error and must not decrease a counter.
            guard let tokens = family.tokens(of: record.usage), tokens >= 0 else { continue }
            let slot = family.rawValue
            let cell = usages.entries[index].cell(slot, of: families.tokens[slot], in: &editor)
            editor.add(.integer(tokens), to: cell)
        }
        if let cost = record.cost.picoUSD, cost >= 0 {
            let cell = usages.entries[index].cell(Self.costSlot, of: families.cost, in: &editor)
            let exemplar = call.exemplar?.with(value: Double(cost) / 1e12)
            editor.add(.pico(Int128(cost)), to: cell, exemplar: exemplar)
        }
        breakdowns.countUsage(record, call, who, projects, models, &overflow, &editor)
    }

    private mutating func observeDuration(
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        guard let duration = call.duration else { return }
        let detail = UInt16(call.outcome.number) << 1 | (call.isStream ? 1 : 0)
        let index = overflow.note(
            durations.place(of: who.modelSet(detail)) { [models, operations] set in
                let isFolded = set.detail == LabelSet.otherDetail
                return MetricCells(
                    labels: [
                        models[set.model], operations.label(of: set),
                        isFolded ? LabelValue.other : call.isStream ? "true" : "false",
                        isFolded ? LabelValue.other : call.outcome.rawValue,
                    ]
                )
            }
        )
        let cell = durations.entries[index].cell(0, of: families.callDuration, in: &editor)
        editor.observe(duration, in: cell, exemplar: call.exemplar?.with(value: duration))
    }

    private mutating func observeLatencies(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ who: CallLabels,
        _ overflow: inout Overflow,
        _ editor: inout MetricsEditor
    ) {
        if let value = call.gatewayOverhead { editor.observe(value, in: gatewayOverhead) }
        if let value = call.upstreamOverhead {
            editor.observe(value, in: families.upstreamOverhead, [operations.label(who.operation)])
        }
        let inputTokens = record.isCounted ? record.usage[.inputTokens] : nil
        let outputTokens = record.isCounted ? record.usage[.outputTokens] : nil
        guard call.hasLatency || inputTokens != nil || outputTokens != nil else { return }
        let index = overflow.note(
            latencies.place(of: who.modelSet()) { [models, operations] set in
                MetricCells(labels: [models[set.model], operations.label(of: set)], count: 5)
            }
        )
        func observe(_ value: Double?, _ slot: Int, _ family: MetricFamilyID) {
            guard let value, value >= 0 else { return }
            let cell = latencies.entries[index].cell(slot, of: family, in: &editor)
            editor.observe(value, in: cell, exemplar: call.exemplar?.with(value: value))
        }
        observe(call.processing, 0, families.upstreamProcessing)
        observe(call.timeToFirstToken, 1, families.timeToFirstToken)
        observe(call.timePerOutputToken, 2, families.timePerOutputToken)
        observe(inputTokens.map { Double($0) }, 3, families.inputTokensPerCall)
        observe(outputTokens.map { Double($0) }, 4, families.outputTokensPerCall)
    }

    private mutating func observeHeadroom(
        _ record: borrowing CallRecord,
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
                    let isFolded = set.detail == LabelSet.otherDetail
                    return MetricCells(labels: [models[set.model], isFolded ? LabelValue.other : resource.label])
                }
            )
            let cell = headrooms.entries[index].cell(0, of: families.rateLimitHeadroom, in: &editor)
            editor.observe(min(1, max(0, Double(remaining) / Double(limit))), in: cell)
        }
    }
}

/// The admitted labels of a call.
struct CallLabels: Sendable {
    let project: UInt16
    let model: UInt16
    /// The operation's number.
    let operation: UInt16

    /// Returns the label set with the operation and another closed label.
    func set(_ detail: UInt16 = 0) -> LabelSet {
        LabelSet(project: project, model: model, detail: UInt32(operation) << 16 | UInt32(detail))
    }

    /// Returns the label set without the project.
    func modelSet(_ detail: UInt16 = 0) -> LabelSet {
        LabelSet(model: model, detail: UInt32(operation) << 16 | UInt32(detail))
    }
}

/// Labels that an earlier process has counted calls under.
package struct CallSeriesBirth: Sendable, Hashable {
    /// The project.
    package var project: String
    /// The model; `nil` for calls without one.
    package var model: String?
    /// The endpoint's name.
    package var endpoint: String
    /// The HTTP status, or 0 without a response.
    package var status = 200
    /// The service tier; `nil` if the calls had none.
    package var serviceTier: String?
    /// True if some of the calls succeeded, so that they have tokens and a cost.
    package var hasSuccesses = true
    /// True if some of the calls had reasoning tokens.
    package var hasReasoning = false

    package init(project: String, model: String?, endpoint: String) {
        self.project = project
        self.model = model
        self.endpoint = endpoint
    }
}
