/// Reads the facts of one JSON document after another.
struct ResponseDocumentScanner: Sendable {
    private var scanner: JSONScanner
    private var checkpoint = DocumentCheckpoint()
    private var isAtStart = true
    /// Whether the facts can go back to the checkpoint: all that was met since is what it restores.
    private var isReturnable = false
    /// Whether the current document goes on from the checkpoint.
    private var isResumed = false
    /// Whether the facts at the checkpoint were taken, and to take them again would change nothing.
    private var isSettled = false
    private var isSecond = false
    private var isModelUsage = false
    private var modelUsage = TokenUsage()
    /// What the current document says.
    private(set) var facts = ResponseFacts()

    init(_ selection: JSONSelection) {
        scanner = JSONScanner(selection)
    }

    var isComplete: Bool { scanner.isComplete }
    var isInvalid: Bool { scanner.isInvalid }
    var isEmpty: Bool { scanner.isEmpty }
    /// Whether the current document says what an earlier one said that is settled, but for its content.
    var isRepetition: Bool { isResumed && isReturnable && isSettled }

    /// Notes that the current document was taken, and that to take its facts again would change nothing.
    mutating func settle() {
        isSettled = isReturnable
    }

    /// Begins the next document; the facts are not reset before its first byte.
    mutating func reset() {
        scanner.reset()
        isAtStart = true
    }

    /// Reads bytes of the current document.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else { return }
        var position = 0
        if isAtStart {
            isAtStart = false
            position = begin(bytes)
        }
        scan(bytes, from: position)
    }

    /// Begins a document with its first bytes and returns how many of them are scanned.
    private mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        isResumed = isReturnable && checkpoint.stands(before: bytes)
        if isResumed {
            scanner.resume(at: checkpoint.place)
            facts.hasContent = checkpoint.hasContent
            facts.usagePresence = checkpoint.usagePresence
            facts.errorPresence = checkpoint.errorPresence
            guard checkpoint.mayMove else { return checkpoint.length }
        } else {
            facts.reset()
            isSecond = false
            isModelUsage = false
        }
        let known = isResumed ? checkpoint.length : 0
        let length = checkpoint.stableLength(bytes)
        guard length >= known + DocumentCheckpoint.minimumLength else {
            if isResumed { checkpoint.stay() } else { checkpoint.remember(bytes) }
            return known
        }
        scan(UnsafeBufferPointer(rebasing: bytes[..<length]), from: known)
        checkpoint.remember(bytes)
        isReturnable = false
        if let place = scanner.plainPlace, !isSecond, !isModelUsage {
            checkpoint.set(place, at: length, facts: facts, mayMove: !isResumed)
            isReturnable = true
        }
        isResumed = false
        isSettled = false
        return length
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var position = start
        while true {
            let event = scanner.next(in: bytes, at: &position)
            switch event {
            case .exhausted, .invalid: return
            default:
                facts.isTouched = true
                if isReturnable, !isRestored(event) { isReturnable = false }
            }
            switch event {
            case .string: takeString()
            case .number: takeNumber()
            case .null: takeNull()
            case .objectStart: takeObjectStart()
            case .objectEnd: takeObjectEnd()
            case .arrayStart:
                if scanner.field == ResponseField.contentObject.rawValue { facts.hasContent = true }
                takeElement()
            default: takeElement()
            }
        }
    }

    /// Whether an event changes nothing of the facts but what a ``DocumentCheckpoint`` restores.
    private func isRestored(_ event: JSONScanner.Event) -> Bool {
        let field = scanner.field
        switch event {
        case .string: return field == ResponseField.content.rawValue
        case .null:
            let isUsage = field == ResponseField.usage.rawValue
            return field < ResponseField.firstCounter && !(isUsage && facts.usagePresence == .present)
        case .arrayStart, .arrayEnd, .objectStart, .objectEnd:
            return field == ResponseField.choices.rawValue || field == ResponseField.contentObject.rawValue
        default: return false
        }
    }

    private mutating func takeElement() {
        if scanner.field == ResponseField.datum.rawValue { facts.images += 1 }
    }

    private mutating func takeString() {
        switch ResponseField(rawValue: scanner.field) {
        case .identity: Self.replace(&facts.identity.identity, by: scanner)
        case .model: Self.replace(&facts.identity.model, by: scanner)
        case .serviceTier: Self.replace(&facts.identity.serviceTier, by: scanner)
        case .status: Self.replace(&facts.identity.status, by: scanner)
        case .incompleteReason, .reason: Self.replace(&facts.identity.reason, by: scanner)
        case .finishReason: Self.replace(&facts.identity.finishReason, by: scanner)
        case .type: Self.replace(&facts.type, by: scanner)
        case .errorType: facts.errorType = scanner.value
        case .errorCode: facts.errorCode = scanner.value
        case .flatErrorCode: facts.flatErrorCode = scanner.value
        case .error: facts.errorPresence = .present
        case .content: if scanner.isNonEmpty { facts.hasContent = true }
        case .secondModel: facts.secondModel = text
        case .itemType: facts.tools.item.type = scanner.value
        case .itemStatus: facts.tools.item.status = scanner.value
        case .itemAction: facts.tools.item.action = scanner.value
        case .itemContainer: facts.tools.item.container = text
        case .toolType: facts.tools.tool.type = scanner.value
        case .toolModel: facts.tools.tool.model = text
        case .toolMemory: facts.tools.tool.memory = text
        case .videoSeconds: facts.videoSeconds = text
        case .size: facts.size = text
        case .quality: facts.quality = text
        case .memory: facts.memory = text
        case .datum: facts.images += 1
        default: break
        }
    }

    private var text: String? { scanner.isValueTruncated ? nil : scanner.value }

    /// Replaces what is known by a value that is neither empty nor cut; most events repeat it, which costs nothing.
    private static func replace(_ known: inout [UInt8], by scanner: JSONScanner) {
        guard scanner.isNonEmpty, !scanner.isValueTruncated else { return }
        ResponseIdentity.merge(&known, scanner.valueBytes)
    }

    private mutating func takeNumber() {
        // The text of a number that was cut says another number.
        guard !scanner.isValueTruncated else { return }
        let field = scanner.field
        if field >= ResponseField.firstCounter {
            if let value = JSONNumber.integer(scanner.valueBytes) { set(field, to: value) }
            return
        }
        switch ResponseField(rawValue: field) {
        case .errorCode: facts.errorCode = scanner.value
        case .flatErrorCode: facts.flatErrorCode = scanner.value
        case .providerCost, .providerCostTotal: facts.providerCost = JSONNumber.decimal(scanner.valueBytes)
        case .upstreamCost: facts.upstreamCost = JSONNumber.decimal(scanner.valueBytes)
        case .searchRequests: facts.tools.searchRequests = JSONNumber.integer(scanner.valueBytes)
        case .seconds: facts.seconds = JSONNumber.decimal(scanner.valueBytes)
        case .videoSeconds: facts.videoSeconds = JSONNumber.decimal(scanner.valueBytes)
        case .storedBytes: facts.storedBytes = JSONNumber.decimal(scanner.valueBytes)
        case .datum: facts.images += 1
        default: break
        }
    }

    private mutating func set(_ field: UInt16, to value: Int64?) {
        guard let counter = TokenCounter(rawValue: UInt8(truncatingIfNeeded: field - ResponseField.firstCounter)) else {
            return
        }
        if isSecond {
            facts.secondUsage[counter] = value
        } else if isModelUsage {
            modelUsage[counter] = value
        } else {
            facts.usage[counter] = value
        }
    }

    private mutating func takeNull() {
        let field = scanner.field
        if field >= ResponseField.firstCounter {
            set(field, to: nil)
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
            facts.seconds = nil
            facts.providerCost = nil
            facts.upstreamCost = nil
        case .secondUsage: isSecond = true
        case .modelUsage:
            isModelUsage = true
            modelUsage = TokenUsage()
        case .error: facts.errorPresence = .present
        case .contentObject: facts.hasContent = true
        case .item: facts.tools.item = HostedTools.Item()
        case .tool: facts.tools.tool = HostedTools.Tool()
        case .datum: facts.images += 1
        default: break
        }
    }

    private mutating func takeObjectEnd() {
        switch ResponseField(rawValue: scanner.field) {
        case .usage: facts.rawUsage = scanner.verbatim
        case .secondUsage: isSecond = false
        case .modelUsage:
            isModelUsage = false
            facts.usagePresence = .present
            facts.usage.add(modelUsage)
        case .item: facts.tools.endItem()
        case .tool: facts.tools.endTool()
        default: break
        }
    }
}
