import OpenAIUsage

/// The series of ``GenAIFamilies``.
struct GenAIMetrics: Sendable {
    /// An operation of a provider, as its labels name it.
    private struct Operation: Hashable, Sendable {
        let name: String
        let provider: String

        var isEmbeddings: Bool { name == "embeddings" }
        var isInference: Bool { ["chat", "text_completion", "generate_content"].contains(name) }
    }

    /// The labels of a call, admitted.
    private struct Labels {
        let operation: Operation
        let number: UInt16
        let requested: UInt16
        let served: UInt16

        func set(_ detail: Int = 0) -> LabelSet {
            // The table folds the served model first, and the requested one, in the place of a project, last.
            LabelSet(
                project: requested,
                model: served,
                detail: UInt32(number) << 16 | UInt32(UInt16(truncatingIfNeeded: detail))
            )
        }
    }

    private let families: GenAIFamilies
    private var operations: [Operation] = []
    private var numbers: [Operation: UInt16] = [:]
    private var durations: LabelSetTable<MetricCells>
    private var usages: LabelSetTable<MetricCells>
    private var sizes: LabelSetTable<MetricCells>

    init(_ families: GenAIFamilies, _ limits: MetricsLimits) {
        self.families = families
        let capacity = LabelSetTableCapacity(full: limits.labelSets, projects: limits.models, details: 64)
        durations = LabelSetTable(capacity)
        usages = LabelSetTable(capacity)
        sizes = LabelSetTable(capacity)
    }

    /// Counts the tokens of a finished call, and its duration unless that was counted when its client left.
    mutating func count(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ models: inout ModelNames,
        in editor: inout MetricsEditor
    ) {
        guard let labels = labels(record, call, &models) else { return }
        if !call.isDisconnectCounted { observeDuration(call, labels, models, &editor) }
        guard labels.operation.isInference || labels.operation.isEmbeddings else { return }
        let tokens = record.isCounted ? GenAITokens(record.usage) : nil
        if labels.operation.isInference { countTokens(tokens, labels, models, &editor) }
        observeSizes(tokens, call, labels, models, &editor)
    }

    /// Counts the time that a client waited which left while its call goes on.
    mutating func countDisconnect(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ models: inout ModelNames,
        in editor: inout MetricsEditor
    ) {
        guard let labels = labels(record, call, &models) else { return }
        observeDuration(call, labels, models, &editor)
    }

    // MARK: - Labels

    /// Returns the labels of a call; `nil` if it is none for generative AI.
    private mutating func labels(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ models: inout ModelNames
    ) -> Labels? {
        guard let words = record.endpoint.family.generativeOperation(record.endpoint) else { return nil }
        let operation = Operation(name: words.name, provider: record.generativeProvider)
        let number = numbers[operation] ?? UInt16(operations.count)
        if Int(number) == operations.count {
            operations.append(operation)
            numbers[operation] = number
        }
        func admit(_ name: String?) -> UInt16 {
            let name = LabelValue.model(name)
            if let number = models[name] { return number }
            guard models.isKnown(name) || call.isModelServed else { return InternedNames.other }
            return models.admit(name) ?? InternedNames.other
        }
        return Labels(
            operation: operation,
            number: number,
            requested: admit(record.requestModel),
            served: admit(record.generativeResponseModel)
        )
    }

    /// Returns the values of ``GenAIFamilies/labels``; a model that does not apply is an empty value.
    private static func values(_ set: LabelSet, _ operations: [Operation], _ models: ModelNames) -> [String] {
        func model(_ number: UInt16) -> String {
            let name = models[number]
            return name == LabelValue.none ? "" : name
        }
        let isFolded = set.detail == LabelSet.otherDetail
        let operation = isFolded ? nil : operations[Int(set.detail >> 16)]
        return [
            operation?.name ?? LabelValue.other, operation?.provider ?? LabelValue.other, model(set.project),
            model(set.model),
        ]
    }

    // MARK: - Counting

    private mutating func observeDuration(
        _ call: CallSample,
        _ labels: Labels,
        _ models: ModelNames,
        _ editor: inout MetricsEditor
    ) {
        guard let duration = call.duration else { return }
        let error = Self.errorType(call)
        let detail = error.flatMap { Self.errorTypes.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        let index = durations.place(of: labels.set(detail)) { [operations] set in
            let isFolded = set.detail == LabelSet.otherDetail
            return MetricCells(
                labels: Self.values(set, operations, models) + [isFolded ? LabelValue.other : error ?? ""]
            )
        }.index
        let family =
            labels.operation.isInference
            ? families.inferenceDuration
            : labels.operation.isEmbeddings ? families.embeddingsDuration : families.operationDuration
        editor.observe(duration, in: durations.entries[index].cell(0, of: family, in: &editor))
    }

    private mutating func countTokens(
        _ tokens: GenAITokens?,
        _ labels: Labels,
        _ models: ModelNames,
        _ editor: inout MetricsEditor
    ) {
        func add(_ number: Int64, _ kind: GenAITokenKind, _ modality: TokenModality) {
            let index = usages.place(of: labels.set(modality.rawValue)) { [operations] set in
                let isFolded = set.detail == LabelSet.otherDetail
                return MetricCells(
                    labels: Self.values(set, operations, models) + [isFolded ? LabelValue.other : modality.label],
                    count: GenAITokenKind.allCases.count
                )
            }.index
            let cell = usages.entries[index].cell(kind.rawValue, of: families.tokens[kind.rawValue], in: &editor)
            editor.add(.integer(number), to: cell)
        }
        for kind in GenAITokenKind.allCases {
            let parts = tokens?.byModality(kind) ?? []
            for part in parts { add(part.tokens, kind, part.modality) }
            // The conventions want every inference counted, also one without usage.
            if parts.isEmpty, kind == .input || kind == .output { add(0, kind, .unknown) }
        }
    }

    private mutating func observeSizes(
        _ tokens: GenAITokens?,
        _ call: CallSample,
        _ labels: Labels,
        _ models: ModelNames,
        _ editor: inout MetricsEditor
    ) {
        let input = tokens?.total(.input)
        let output = labels.operation.isInference ? tokens?.total(.output) : nil
        let first = labels.operation.isInference ? call.timeToFirstToken : nil
        guard input != nil || output != nil || first != nil else { return }
        let index = sizes.place(of: labels.set()) { [operations] set in
            MetricCells(labels: Self.values(set, operations, models), count: 3)
        }.index
        func observe(_ value: Double?, _ slot: Int, _ family: MetricFamilyID) {
            guard let value, value >= 0 else { return }
            editor.observe(value, in: sizes.entries[index].cell(slot, of: family, in: &editor))
        }
        let inputs = labels.operation.isInference ? families.inferenceInputTokens : families.embeddingsInputTokens
        observe(input.map { Double($0) }, 0, inputs)
        observe(output.map { Double($0) }, 1, families.inferenceOutputTokens)
        observe(first, 2, families.timeToFirstChunk)
    }

    // MARK: - Errors

    /// The values of `error_type`, in the order of their numbers.
    private static let errorTypes =
        ErrorClass.allCases.map(\.rawValue) + [CallSample.OutcomeClass.clientDisconnected.rawValue]

    /// Returns the value of `error.type`; `nil` for a call that succeeded.
    private static func errorType(_ call: CallSample) -> String? {
        call.error?.rawValue
            ?? (call.outcome == .clientDisconnected ? CallSample.OutcomeClass.clientDisconnected.rawValue : nil)
    }
}
