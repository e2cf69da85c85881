/// Reads the facts of one JSON document after another.
struct ResponseDocumentScanner: Sendable {
    private var scanner: JSONScanner
    private var isSecond = false
    private var isModelUsage = false
    private var modelUsage = TokenUsage()
    private var modelName: String?

    /// The most models of one document that are told apart.
    private static let maximumModels = 32
    /// What the current document says.
    private(set) var facts = ResponseFacts()

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
        isSecond = false
        isModelUsage = false
    }

    /// Reads bytes of the current document.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while true {
            let event = scanner.next(in: bytes, at: &position)
            switch event {
            case .exhausted, .invalid: return
            default: facts.isTouched = true
            }
            switch event {
            case .string: takeString()
            case .number: takeNumber()
            case .null: takeNull()
            case .true where scanner.field == ResponseField.isOwnKey.rawValue: facts.isOwnKey = true
            case .objectStart: takeObjectStart()
            case .objectEnd: takeObjectEnd()
            case .arrayStart:
                if scanner.field == ResponseField.contentObject.rawValue { facts.hasContent = true }
                takeElement()
            default: takeElement()
            }
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
        case .outputFile: facts.outputFile = text
        case .modelName: modelName = text
        case .citation: if scanner.value == "url_citation" { facts.hasCitations = true }
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
        case .providerCostTicks:
            // Ten thousand million of them are a dollar.
            facts.providerCost = JSONNumber.decimal(Array(scanner.valueBytes) + Array("e-10".utf8))
        case .webSearches: count("web_search")
        case .codeInterpretations: count("code_interpreter")
        case .fileSearches: count("file_search")
        case .mcpCalls: count("mcp")
        case .createdAt:
            facts.createdAt = RateLimits.nanoseconds(scanner.valueBytes, scale: 1_000_000_000).map { $0 / 1_000 }
        case .searchRequests: facts.tools.searchRequests = JSONNumber.integer(scanner.valueBytes)
        case .seconds: facts.seconds = JSONNumber.decimal(scanner.valueBytes)
        case .videoSeconds: facts.videoSeconds = JSONNumber.decimal(scanner.valueBytes)
        case .storedBytes: facts.storedBytes = JSONNumber.decimal(scanner.valueBytes)
        case .datum: facts.images += 1
        default: break
        }
    }

    private mutating func count(_ tool: String) {
        if let count = JSONNumber.integer(scanner.valueBytes), count > 0 { facts.providerTools[tool] = count }
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
            facts.isOwnKey = false
            facts.providerTools = [:]
        case .secondUsage: isSecond = true
        case .modelUsage:
            isModelUsage = true
            modelUsage = TokenUsage()
            modelName = nil
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
            if let modelName, facts.models.count < Self.maximumModels { facts.models.append((modelName, modelUsage)) }
        case .item: facts.tools.endItem()
        case .tool: facts.tools.endTool()
        default: break
        }
    }
}
