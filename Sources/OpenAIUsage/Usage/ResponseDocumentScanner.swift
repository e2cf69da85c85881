/// Parses one JSON document after another into a ``ParsedEvent``.
struct ResponseDocumentScanner: Sendable {
    private var scanner: JSONScanner
    private var template = EventTemplate()
    private var isAtStart = true
    /// True if the current document is one of many.
    private var isOneOfMany = false
    /// The number of bytes of the current document that equal the start of the template and are not scanned yet.
    private var deferredLength = 0
    /// The length of the current document, if it is the template's text and arrived in one piece.
    private var templateLength: Int?
    /// True if the marks of the template restore all facts that were found after the first mark.
    private var isReturnable = false
    /// True if the current document resumes from a mark.
    private var isResumed = false
    /// True if the facts at the marks were read, and reading them again would change nothing.
    private var isSettled = false
    /// True if it no longer matters which document has content.
    private var isContentKnown = false
    private var isSecond = false
    private var isModelUsage = false
    private var modelUsage = TokenUsage()
    private var modelName: String?
    private var beside = TokenUsage.BesideCounters()

    /// The most models of one document whose usage is listed.
    private static let maximumModels = 32
    /// The facts of the current document.
    private(set) var facts = ParsedEvent()

    init(_ selection: JSONSelection) {
        scanner = JSONScanner(selection)
    }

    var isComplete: Bool { scanner.isComplete }
    var isInvalid: Bool { scanner.isInvalid }
    var isEmpty: Bool { scanner.isEmpty && deferredLength == 0 }
    /// True if the current document repeats an earlier one that is settled, except for its content.
    var isRepetition: Bool { isResumed && isReturnable && isSettled }

    /// Marks the current document as settled: reading its facts again would change nothing.
    mutating func settle() {
        isSettled = isReturnable
    }

    /// Called when content was found, after which it no longer matters which document has it.
    mutating func settleContent() {
        isContentKnown = true
    }

    /// Returns the facts of the last document, which is not scanned any further.
    mutating func takeFacts() -> ParsedEvent {
        var taken = ParsedEvent()
        swap(&taken, &facts)
        return taken
    }

    /// Begins the next document; the facts stay until its first byte.
    mutating func reset() {
        if let length = templateLength {
            templateLength = nil
            if isReturnable, scanner.isComplete { template.finish(mark(at: length, nil)) }
        }
        scanner.reset()
        isAtStart = true
        isOneOfMany = true
        deferredLength = 0
    }

    /// Begins a document that is unrelated to the ones before.
    mutating func restart() {
        scanner.reset()
        forget()
        templateLength = nil
        isAtStart = true
        isOneOfMany = false
        deferredLength = 0
    }

    /// The offset of another document in the bytes scanned last, after the current one, which is complete.
    private(set) var nextDocument: Int?

    /// Scans bytes of the current document.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else { return }
        nextDocument = nil
        var position = 0
        if isAtStart {
            isAtStart = false
            position = begin(bytes)
        } else {
            templateLength = nil
            if deferredLength > 0 { position = continueDeferred(bytes) }
        }
        if position < bytes.count { scan(bytes, from: position) }
    }

    /// Scans a whole document at its start if it is a repetition followed by a line end.
    ///
    /// - Returns: The document's length; 0 if nothing was scanned.
    mutating func scanRepetition(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard isAtStart, isReturnable, isSettled, isContentKnown, template.isFinished else { return 0 }
        let agreement = template.agreement(with: bytes, skipsValues: true)
        // Neither the template nor a skipped value contains a line end.
        guard let end = agreement.end, end < bytes.count, bytes[end] == 0x0a || bytes[end] == 0x0d,
            let mark = template.mark(of: agreement)
        else { return 0 }
        isAtStart = false
        resume(at: mark)
        return end
    }

    /// Begins a document with its first bytes and returns the number of scanned bytes.
    private mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard isOneOfMany else {
            isReturnable = false
            return 0
        }
        if !isReturnable, !template.isEmpty { template.removeMarks() }
        let agreement = template.agreement(with: bytes, skipsValues: isSettled && isContentKnown)
        if agreement.end == bytes.count, let mark = template.mark(of: agreement) {
            resume(at: mark)
            return bytes.count
        }
        if agreement.passed == 0, !template.isEmpty, agreement.difference == bytes.count {
            // The text equals the template's so far, so that it need not be buffered to be scanned later.
            deferredLength = bytes.count
            return bytes.count
        }
        if let mark = template.passedMark(of: agreement) { resume(at: mark) } else { forget() }
        guard let start = template.newMark(agreement, bytes) else {
            if !isResumed { template.learn(bytes, agreement) }
            return agreement.position
        }
        scan(UnsafeBufferPointer(rebasing: bytes[..<start]), from: agreement.position)
        template.learn(bytes, agreement)
        templateLength = bytes.count
        if !isResumed || isReturnable {
            isReturnable = scanner.plainPlace != nil && !isSecond && !isModelUsage
            if isReturnable { template.add(mark(at: start, bytes)) }
        }
        return start
    }

    /// Continues a document whose bytes so far equal the template's, and returns the number of scanned bytes.
    private mutating func continueDeferred(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let common = template.commonLength(from: deferredLength, with: bytes)
        let length = deferredLength
        deferredLength += common
        guard deferredLength == template.firstStart || common < bytes.count else { return common }
        deferredLength = 0
        if length + common == template.firstStart, let mark = template.firstMark {
            resume(at: mark)
            return common
        }
        forget()
        let template = template
        template.withText(length) { scan($0, from: 0) }
        return 0
    }

    /// Resumes at a mark of the template.
    private mutating func resume(at mark: EventTemplate.Mark) {
        isResumed = true
        scanner.resume(at: mark.place)
        facts.hasContent = mark.hasContent
        facts.usagePresence = mark.usagePresence
        facts.errorPresence = mark.errorPresence
    }

    /// Resumes at the start of an unrelated document.
    private mutating func forget() {
        isResumed = false
        isReturnable = false
        isSettled = false
        facts.reset()
        isSecond = false
        isModelUsage = false
    }

    /// A mark at the scanner's place, which spans the next value if that may differ.
    private func mark(at start: Int, _ bytes: UnsafeBufferPointer<UInt8>?) -> EventTemplate.Mark {
        var mark = EventTemplate.Mark(
            start: start,
            end: start,
            place: scanner.place,
            hasContent: facts.hasContent,
            usagePresence: facts.usagePresence,
            errorPresence: facts.errorPresence
        )
        guard let bytes, let base = bytes.baseAddress, let field = scanner.upcomingField,
            field == 0 || field == ResponseField.content.rawValue
        else { return mark }
        mark.mayBeNumber = field == 0
        mark.end = mark.endOfValue(base, start, bytes.count) ?? start
        return mark
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var position = start
        while true {
            let event = scanner.next(in: bytes, at: &position)
            switch event {
            case .exhausted: return
            case .invalid:
                if scanner.hasTrailingText { nextDocument = position }
                return
            default:
                facts.isTouched = true
                if isReturnable, !isRestored(event) { isReturnable = false }
            }
            switch event {
            case .string: takeString(bytes)
            case .number: takeNumber(bytes)
            case .null: takeNull()
            case .true where scanner.field == ResponseField.isOwnKey.rawValue: facts.isOwnKey = true
            case .true where scanner.field == ResponseField.error.rawValue: facts.errorPresence = .present
            case .true where scanner.field == ResponseField.cacheHit.rawValue: facts.rare.isCacheHit = true
            case .objectStart: takeObjectStart()
            case .objectEnd: takeObjectEnd(bytes)
            case .arrayStart:
                if scanner.field == ResponseField.contentObject.rawValue { facts.hasContent = true }
                takeElement()
            default: takeElement()
            }
        }
    }

    /// True if an event changes only facts that a mark of the template restores.
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

    private mutating func takeString(_ bytes: UnsafeBufferPointer<UInt8>) {
        switch ResponseField(rawValue: scanner.field) {
        case .identity: Self.replace(&facts.identity.identity, by: scanner, bytes)
        case .model: replace(\.model, bytes)
        case .serviceTier: replace(\.serviceTier, bytes)
        case .status: Self.replace(&facts.identity.status, by: scanner, bytes)
        case .incompleteReason, .reason: Self.replace(&facts.identity.reason, by: scanner, bytes)
        case .finishReason: Self.replace(&facts.identity.finishReason, by: scanner, bytes)
        case .type: Self.replace(&facts.type, by: scanner, bytes)
        case .errorType:
            if scanner.isNonEmpty {
                facts.errorPresence = .present
                facts.rare.errorType = scanner.value(in: bytes)
            }
        case .errorCode:
            if scanner.isNonEmpty {
                facts.errorPresence = .present
                facts.rare.errorCode = scanner.value(in: bytes)
            }
        case .error, .errorMessage: if scanner.isNonEmpty { facts.errorPresence = .present }
        case .object: if Self.isError(scanner, bytes) { facts.rare.flatError.isNamed = true }
        case .flatErrorType: facts.rare.flatError.type = text(bytes)
        case .flatErrorCode: if scanner.isNonEmpty { facts.rare.flatError.code = text(bytes) }
        case .flatErrorMessage: if scanner.isNonEmpty { facts.rare.flatError.hasMessage = true }
        case .providerCost, .providerCostTotal: facts.rare.providerCost = decimal(bytes) ?? facts.rare.providerCost
        case .upstreamCost: facts.rare.upstreamCost.total = decimal(bytes) ?? facts.rare.upstreamCost.total
        case .upstreamInputCost: facts.rare.upstreamCost.input = decimal(bytes) ?? facts.rare.upstreamCost.input
        case .upstreamOutputCost: facts.rare.upstreamCost.output = decimal(bytes) ?? facts.rare.upstreamCost.output
        case .seconds: facts.rare.seconds = decimal(bytes) ?? facts.rare.seconds
        case .content: if scanner.isNonEmpty { facts.hasContent = true }
        case .secondModel: facts.rare.secondModel = text(bytes)
        case .itemType: facts.rare.tools.item.type = scanner.value(in: bytes)
        case .itemStatus: facts.rare.tools.item.status = scanner.value(in: bytes)
        case .itemAction: facts.rare.tools.item.action = scanner.value(in: bytes)
        case .itemContainer: facts.rare.tools.item.container = text(bytes)
        case .toolType: facts.rare.tools.tool.type = scanner.value(in: bytes)
        case .toolModel: facts.rare.tools.tool.model = text(bytes)
        case .toolMemory: facts.rare.tools.tool.memory = text(bytes)
        case .videoSeconds: facts.rare.videoSeconds = text(bytes)
        case .size: facts.rare.size = text(bytes)
        case .quality: facts.rare.quality = text(bytes)
        case .memory: facts.rare.memory = text(bytes)
        case .datum: facts.images += 1
        case .outputFile: facts.rare.outputFile = text(bytes)
        case .transcriptionModel: facts.rare.transcriptionModel = text(bytes)
        case .modelName: modelName = text(bytes)
        case .listedIdentity: facts.rare.listed.item.identity = text(bytes)
        case .listedStatus: facts.rare.listed.item.status = scanner.value(in: bytes)
        case .listedFile: facts.rare.listed.item.file = text(bytes)
        case .listedDuration: facts.rare.listed.item.hasDuration = decimal(bytes).map { $0 != "0" } ?? false
        case .citation: if scanner.value(in: bytes) == "url_citation" { facts.hasCitations = true }
        default: takeCounter(bytes)
        }
    }

    private static func isError(_ scanner: borrowing JSONScanner, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        scanner.withValue(in: bytes) { $0.elementsEqual("error".utf8) }
    }

    /// The decimal number that a string contains; `nil` for any other text.
    private func decimal(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard !scanner.isValueTruncated else { return nil }
        return scanner.withValue(in: bytes) { JSONNumber.decimal(text: $0) }
    }

    /// Reads the number of a counter, which some providers write as a string or with a fraction; a negative one is
    /// ignored.
    private mutating func takeCounter(_ bytes: UnsafeBufferPointer<UInt8>) {
        let field = scanner.field
        guard field >= ResponseField.namedInput.rawValue, !scanner.isValueTruncated else { return }
        let value = scanner.withValue(in: bytes) { bytes in
            JSONNumber.rounded(bytes) ?? JSONNumber.rounded(bytes.filter { $0 != 0x20 })
        }
        guard let value, value >= 0 else { return }
        set(field, to: value)
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        scanner.isValueTruncated ? nil : scanner.value(in: bytes)
    }

    /// Replaces a known value by one that is neither empty nor truncated; most events repeat the value, which is cheap.
    @inline(__always)
    private static func replace(
        _ known: inout [UInt8],
        by scanner: borrowing JSONScanner,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        guard scanner.isNonEmpty, !scanner.isValueTruncated else { return }
        scanner.withValue(in: bytes) { ResponseIdentity.merge(&known, $0) }
    }

    /// Replaces a name that determines a price; a truncated one is stored with a mark.
    @inline(__always)
    private mutating func replace(
        _ name: WritableKeyPath<ResponseIdentity, [UInt8]>,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        guard scanner.isValueTruncated else {
            Self.replace(&facts.identity[keyPath: name], by: scanner, bytes)
            return
        }
        // The mark distinguishes it from a name with the same beginning.
        facts.identity[keyPath: name] =
            scanner.withValue(in: bytes) { Array($0.prefix(Self.shownNameLength)) } + "…".utf8
    }

    /// The number of bytes that are stored of a truncated name.
    private static let shownNameLength = 64

    private mutating func takeNumber(_ bytes: UnsafeBufferPointer<UInt8>) {
        // The text of a truncated number is another number.
        guard !scanner.isValueTruncated else { return }
        let field = scanner.field
        if field >= ResponseField.namedInput.rawValue {
            takeCounter(bytes)
            return
        }
        switch ResponseField(rawValue: field) {
        case .error: if !isZero(bytes) { facts.errorPresence = .present }
        case .errorCode:
            if !isZero(bytes) {
                facts.errorPresence = .present
                facts.rare.errorCode = scanner.value(in: bytes)
            }
        case .flatErrorCode: if !isZero(bytes) { facts.rare.flatError.code = scanner.value(in: bytes) }
        case .providerCost, .providerCostTotal:
            facts.rare.providerCost = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .upstreamCost: facts.rare.upstreamCost.total = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .upstreamInputCost:
            facts.rare.upstreamCost.input = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .upstreamOutputCost:
            facts.rare.upstreamCost.output = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .providerCostTicks:
            // Ten billion of them are a dollar.
            facts.rare.providerCost = scanner.withValue(in: bytes) { JSONNumber.decimal($0 + Array("e-10".utf8)) }
        case .listedAmount: if !isZero(bytes) { facts.rare.listed.item.hasAmount = true }
        case .listedDuration: facts.rare.listed.item.hasDuration = !isZero(bytes)
        case .webSearches: count("web_search", bytes)
        // Perplexity's searches, which are not billed like those of a tool.
        case .searchQueries: count("search_query", bytes)
        case .codeInterpretations: count("code_interpreter", bytes)
        case .fileSearches: count("file_search", bytes)
        case .mcpCalls: count("mcp", bytes)
        case .createdAt:
            facts.createdAt = scanner.withValue(in: bytes) { RateLimits.nanoseconds($0, scale: 1_000_000_000) }
                .map { $0 / 1_000 }
        case .searchRequests: facts.rare.tools.searchRequests = scanner.withValue(in: bytes) { JSONNumber.integer($0) }
        case .seconds: facts.rare.seconds = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .videoSeconds: facts.rare.videoSeconds = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .storedBytes: facts.rare.storedBytes = scanner.withValue(in: bytes) { JSONNumber.decimal($0) }
        case .datum: facts.images += 1
        default: break
        }
    }

    private func isZero(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        scanner.withValue(in: bytes) { JSONNumber.rounded($0) } == 0
    }

    private mutating func count(_ tool: String, _ bytes: UnsafeBufferPointer<UInt8>) {
        if let count = scanner.withValue(in: bytes, { JSONNumber.integer($0) }), count > 0 {
            facts.rare.providerTools[tool] = count
        }
    }

    private mutating func set(_ field: UInt16, to value: Int64) {
        if field == ResponseField.cacheWriteHour.rawValue || field == ResponseField.cacheWriteFiveMinutes.rawValue {
            guard !isSecond, !isModelUsage else { return }
            if field == ResponseField.cacheWriteHour.rawValue {
                beside.cacheWriteHour = value
            } else {
                beside.cacheWriteFiveMinutes = value
            }
            return
        }
        guard let counter = counter(field) else { return }
        if isSecond {
            facts.rare.secondUsage[counter] = value
        } else if isModelUsage {
            modelUsage[counter] = value
        } else {
            switch ResponseField(rawValue: field) {
            case .cachedAlias: beside.cachedAlias = max(beside.cachedAlias ?? 0, value)
            case .cacheReadBeside: beside.cacheRead = value
            case .cacheWriteBeside: beside.cacheWrite = value
            default:
                if field == ResponseField.namedInput.rawValue { beside.isNamedInput = true }
                // Some providers write the names of every dialect at once, those of the others with zeros.
                if value != 0 || facts.usage[counter] == nil { facts.usage[counter] = value }
            }
        }
    }

    private func counter(_ field: UInt16) -> TokenCounter? {
        switch ResponseField(rawValue: field) {
        case .namedInput: .inputTokens
        case .cachedAlias, .cacheReadBeside: .cachedInputTokens
        case .cacheWriteBeside: .cacheWriteTokens
        default: TokenCounter(rawValue: UInt8(truncatingIfNeeded: field &- ResponseField.firstCounter))
        }
    }

    private mutating func takeNull() {
        switch ResponseField(rawValue: scanner.field) {
        // It does not withdraw what the document reports elsewhere.
        case .usage: if facts.usagePresence == .absent { facts.usagePresence = .null }
        case .error:
            if facts.errorPresence == .absent { facts.errorPresence = .null }
        default: break
        }
    }

    private mutating func takeObjectStart() {
        switch ResponseField(rawValue: scanner.field) {
        case .usage:
            facts.beginUsage()
            beside = TokenUsage.BesideCounters()
        case .secondUsage: isSecond = true
        case .modelUsage:
            isModelUsage = true
            modelUsage = TokenUsage()
            modelName = nil
        case .contentObject: facts.hasContent = true
        case .flatErrorMessage: facts.rare.flatError.hasMessage = true
        case .item: facts.rare.tools.item = HostedTools.Item()
        case .listed: facts.rare.listed.item = ParsedEventExtras.ListedObjects.Item()
        case .tool: facts.rare.tools.tool = HostedTools.Tool()
        case .datum: facts.images += 1
        default: break
        }
    }

    private mutating func takeObjectEnd(_ bytes: UnsafeBufferPointer<UInt8>) {
        switch ResponseField(rawValue: scanner.field) {
        case .usage:
            facts.usage.include(beside)
            if let hour = beside.cacheWriteHour { facts.rare.cacheWriteHour = hour }
            facts.endUsage(scanner.verbatim(in: bytes))
        case .secondUsage: isSecond = false
        case .modelUsage:
            isModelUsage = false
            facts.usagePresence = .present
            facts.usage.add(modelUsage)
            if let modelName, facts.rare.models.count < Self.maximumModels {
                facts.rare.models.append((modelName, modelUsage))
            }
        case .item: facts.rare.tools.endItem()
        case .listed: facts.rare.listed.endItem()
        case .tool: facts.rare.tools.endTool()
        default: break
        }
    }
}
