/// Reads the facts of one JSON document after another.
struct ResponseDocumentScanner: Sendable {
    private var scanner: JSONScanner
    /// What the current document says.
    private(set) var facts = ResponseFacts()
    /// What all documents say together.
    private(set) var identity = ResponseIdentity()

    init(_ selection: JSONSelection) {
        scanner = JSONScanner(selection)
    }

    var isComplete: Bool { scanner.isComplete }
    var isInvalid: Bool { scanner.isInvalid }
    var isEmpty: Bool { scanner.isEmpty }

    /// Begins the next document.
    mutating func reset() {
        scanner.reset()
        facts.reset()
    }

    /// Reads bytes of the current document.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while true {
            switch scanner.next(in: bytes, at: &position) {
            case .exhausted, .invalid: return
            case .string: takeString()
            case .number: takeNumber()
            case .null: takeNull()
            case .objectStart: takeObjectStart()
            case .objectEnd: takeObjectEnd()
            case .arrayStart:
                if scanner.field == ResponseField.contentObject.rawValue { facts.hasContent = true }
            case .true, .false, .arrayEnd: break
            }
        }
    }

    private mutating func takeString() {
        switch ResponseField(rawValue: scanner.field) {
        case .identity: Self.replace(&identity.identity, by: scanner)
        case .model: Self.replace(&identity.model, by: scanner)
        case .serviceTier: Self.replace(&identity.serviceTier, by: scanner)
        case .status: Self.replace(&identity.status, by: scanner)
        case .incompleteReason: Self.replace(&identity.incompleteReason, by: scanner)
        case .finishReason: Self.replace(&identity.finishReason, by: scanner)
        case .type: Self.replace(&facts.type, by: scanner)
        case .errorType: facts.errorType = scanner.value
        case .errorCode: facts.errorCode = scanner.value
        case .flatErrorCode: facts.flatErrorCode = scanner.value
        case .error: facts.errorPresence = .present
        case .content: if scanner.isNonEmpty { facts.hasContent = true }
        default: break
        }
    }

    /// Replaces what is known by a value that is neither empty nor cut; most events repeat it, which costs nothing.
    private static func replace(_ known: inout [UInt8], by scanner: JSONScanner) {
        guard scanner.isNonEmpty, !scanner.isValueTruncated, known != scanner.valueBytes else { return }
        known.removeAll(keepingCapacity: true)
        known.append(contentsOf: scanner.valueBytes)
    }

    private mutating func takeNumber() {
        // A number of which the end is missing is another number.
        guard !scanner.isValueTruncated else { return }
        let field = scanner.field
        if field >= ResponseField.firstCounter {
            let counter = TokenCounter(rawValue: UInt8(truncatingIfNeeded: field - ResponseField.firstCounter))
            if let counter, let value = JSONNumber.integer(scanner.valueBytes) { facts.usage[counter] = value }
            return
        }
        switch ResponseField(rawValue: field) {
        case .errorCode: facts.errorCode = scanner.value
        case .flatErrorCode: facts.flatErrorCode = scanner.value
        case .providerCost, .providerCostTotal: facts.providerCost = JSONNumber.decimal(scanner.valueBytes)
        case .upstreamCost: facts.upstreamCost = JSONNumber.decimal(scanner.valueBytes)
        default: break
        }
    }

    private mutating func takeNull() {
        let field = scanner.field
        if field >= ResponseField.firstCounter {
            let counter = TokenCounter(rawValue: UInt8(truncatingIfNeeded: field - ResponseField.firstCounter))
            if let counter { facts.usage[counter] = nil }
            return
        }
        switch ResponseField(rawValue: field) {
        case .usage:
            facts.usagePresence = .null
            facts.usage = TokenUsage()
            facts.rawUsage = nil
        case .error:
            if facts.errorPresence == .absent { facts.errorPresence = .null }
        default: break
        }
    }

    private mutating func takeObjectStart() {
        switch ResponseField(rawValue: scanner.field) {
        case .usage:
            facts.usagePresence = .present
            facts.usage = TokenUsage()
            facts.rawUsage = nil
            facts.providerCost = nil
            facts.upstreamCost = nil
        case .error: facts.errorPresence = .present
        case .contentObject: facts.hasContent = true
        default: break
        }
    }

    private mutating func takeObjectEnd() {
        if scanner.field == ResponseField.usage.rawValue { facts.rawUsage = scanner.verbatim }
    }
}
