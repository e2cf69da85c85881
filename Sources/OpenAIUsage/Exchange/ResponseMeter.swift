/// Reads from a response's body what was used, whatever its shape and however it is cut.
///
/// It is large, so that copies would cost more than what they are made for.
struct ResponseMeter: ~Copyable, Sendable {
    /// How the body is divided into documents.
    enum Mode: UInt8, Sendable {
        /// One JSON document.
        case document
        /// An event stream.
        case events
        /// One JSON document a message, or a line.
        case lines
        /// Nothing is read.
        case opaque
    }

    let mode: Mode
    let meter: Endpoint.Meter
    private var document: ResponseDocumentScanner
    private var parser = ServerSentEventParser()
    private var hasData = false
    /// The name of the current event or, if its length is 0, of an earlier one.
    private var eventName: [UInt8] = []
    private var eventNameLength = 0
    /// The first bytes of the event's data, as many as the end marker has, the first the lowest.
    private var dataStart: UInt64 = 0
    private var dataPosition = 0

    /// Whether any byte was received.
    private(set) var hasBytes = false
    /// Whether the event that ends the stream was received.
    var isTerminated = false
    /// Whether an event with content was received.
    var hasContent = false
    /// Whether a whole document was received.
    private(set) var hasDocument = false
    /// What the documents that count say together.
    var identity = ResponseIdentity()
    /// Whether an error was received in a body or an event.
    private(set) var hasError = false
    private(set) var errorType: String?
    private(set) var errorCode: String?
    private(set) var usage: TokenUsage?
    private(set) var hasNullUsage = false
    private(set) var rawUsage: String?
    private(set) var usageSource: String?
    private(set) var providerCost: String?
    private(set) var isUnterminated = false
    private(set) var toolCalls: [String: Int64] = [:]
    /// Units that the response tells, as JSON literals.
    var units: [String: String] = [:]
    /// The images that the response holds.
    var images: Int64 = 0
    /// Whether an answer cites pages that were searched for.
    var hasCitations = false
    /// When the object of the response was created, in microseconds since 1970.
    var createdAt: Int64?
    /// Another identity under which the object's usage may be shown.
    var alias: String?
    /// The model that transcribes what is said to a session.
    var transcriptionModel: String?
    /// The objects that the response tells of, where they are several.
    private(set) var parts: [Part] = []
    private var knownParts: Set<ObjectIdentity> = []
    private(set) var containers: [Container] = []
    private var partLength = 0

    /// An object of several, and what it used.
    struct Part: Sendable {
        var identity: ObjectIdentity
        var usage: TokenUsage
        var rawUsage: String?
    }

    /// A container that a hosted tool ran in.
    struct Container: Sendable {
        var identity: ObjectIdentity
        var memory: String
    }

    /// The most objects of one response that are told apart.
    static let maximumParts = 4_096

    /// `[DONE]`, the first byte the lowest.
    private static let doneMarker: UInt64 = 0x5d45_4e4f_445b
    private static let doneLength = 6
    private static let maximumNameLength = 128
    /// The most tools that are told apart, which only the memories of containers could exceed.
    static let maximumTools = 64

    init(mode: Mode, meter: Endpoint.Meter) {
        self.mode = mode
        self.meter = meter
        document = ResponseDocumentScanner(Self.selection(mode, meter))
    }

    private static func selection(_ mode: Mode, _ meter: Endpoint.Meter) -> JSONSelection {
        switch meter {
        case .chat, .completions, .embeddings: ResponseSelection.completion
        case .responses: mode == .document ? ResponseSelection.response : ResponseSelection.responseEvent
        case .compaction, .decisions: ResponseSelection.response
        case .responsesSocket, .realtime, .live: ResponseSelection.responseEvent
        case .batchOutput: mode == .lines ? ResponseSelection.batchLine : ResponseSelection.errorOnly
        case .images, .transcription, .speech, .video, .batch, .fineTuningJob, .graderRun, .evaluationRun, .run, .agent,
            .session, .container, .storage:
            ResponseSelection.plainObject
        case .imageUnits, .translation, .search, .stored, .free, .none: ResponseSelection.errorOnly
        }
    }

    /// Whether the one document of the body is whole.
    var isDocumentComplete: Bool { document.isComplete }
    /// Whether the body is not JSON.
    var isDocumentInvalid: Bool { document.isInvalid }

    /// Reads bytes of the body, decoded of any content coding.
    mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else { return }
        hasBytes = true
        switch mode {
        case .document: document.scan(bytes)
        case .events: receiveEvents(bytes)
        case .lines: receiveLines(bytes)
        case .opaque: break
        }
    }

    /// Reads a message of a socket, whole.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>) {
        hasBytes = true
        document.reset()
        document.scan(bytes)
        endLine()
    }

    /// Takes the end of the body.
    mutating func finish() {
        switch mode {
        case .document:
            if document.isComplete {
                hasDocument = true
                let facts = document.takeFacts()
                identity.merge(facts.identity)
                takeDocument(facts)
            } else if !document.isInvalid {
                // The part of an error that was read before its body was let go of says what it was.
                let facts = document.facts
                if facts.rare.errorType != nil || facts.rare.errorCode != nil { takeError(facts) }
            }
        case .events:
            // Strict parsers drop an event that lacks its blank line; its usage was billed all the same.
            if hasData {
                if isDone {
                    isTerminated = true
                } else if document.isComplete {
                    takeEvent(isTerminated: false)
                }
            }
        case .lines: endLine()
        case .opaque: break
        }
    }

    private mutating func receiveLines(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            let end = ByteSearch.endOfLine(base, start, bytes.count)
            if end > start { document.scan(UnsafeBufferPointer(rebasing: bytes[start..<end])) }
            if end < bytes.count {
                endLine()
                document.reset()
            }
            start = end + 1
        }
    }

    private mutating func endLine() {
        guard document.isComplete else { return }
        hasDocument = true
        if meter == .batchOutput {
            let facts = document.facts
            identity.merge(facts.identity)
            if facts.usagePresence == .present { add(facts, source: "line:/response/body/usage") }
        } else {
            takeEvent(isTerminated: true)
        }
        document.reset()
    }

    private mutating func receiveEvents(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while true {
            switch parser.next(in: bytes, at: &position) {
            case .exhausted: return
            case .dataLine:
                if hasData {
                    feed(0x0a)
                    // The end marker stands on one line.
                    dataPosition = .max
                } else {
                    hasData = true
                    document.reset()
                    dataStart = 0
                    dataPosition = 0
                    let length = document.scanRepetition(UnsafeBufferPointer(rebasing: bytes[position...]))
                    if length > 0 {
                        position += length
                        dataPosition = .max
                    }
                }
            case .data(let range):
                var index = range.lowerBound
                while dataPosition < Self.doneLength, index < range.upperBound {
                    dataStart |= UInt64(bytes[index]) << UInt64(dataPosition * 8)
                    dataPosition += 1
                    index += 1
                }
                document.scan(UnsafeBufferPointer(rebasing: bytes[range]))
            case .nameLine: eventNameLength = 0
            case .name(let range): takeName(UnsafeBufferPointer(rebasing: bytes[range]))
            case .dispatch:
                if hasData {
                    if isDone { isTerminated = true } else if document.isComplete { takeEvent(isTerminated: true) }
                    hasData = false
                }
                eventNameLength = 0
            }
        }
    }

    /// Takes bytes of an event's name; a name that is too long is none.
    private mutating func takeName(_ bytes: UnsafeBufferPointer<UInt8>) {
        if eventNameLength == 0 {
            // Most events have the name of the one before.
            guard !eventName.elementsEqual(bytes) else {
                eventNameLength = eventName.count
                return
            }
            eventName.removeAll(keepingCapacity: true)
        }
        eventNameLength += bytes.count
        if eventNameLength <= Self.maximumNameLength {
            eventName.append(contentsOf: bytes)
        } else {
            eventName.removeAll(keepingCapacity: true)
        }
    }

    private var isDone: Bool { dataStart == Self.doneMarker }

    private mutating func feed(_ byte: UInt8) {
        withUnsafePointer(to: byte) { document.scan(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Takes an event whose data is whole JSON.
    private mutating func takeEvent(isTerminated terminated: Bool) {
        hasDocument = true
        if document.isRepetition {
            if !hasContent, document.facts.hasContent {
                hasContent = true
                document.settleContent()
            }
            return
        }
        let hadUsage = usageSource
        let name = !document.facts.type.isEmpty ? document.facts.type : eventNameLength > 0 ? eventName : []
        takeEvent(document.facts, name: name)
        if isSettled(by: document.facts, name: name) { document.settle() }
        if hasContent { document.settleContent() }
        if !terminated, document.facts.usagePresence == .present, usageSource != nil || hadUsage != nil {
            isUnterminated = true
        }
    }

    // MARK: - For the families

    mutating func takeError(_ facts: ResponseFacts) {
        guard facts.errorPresence == .present else { return }
        fail(facts)
    }

    /// Takes an error event, whose code may stand beside its type.
    mutating func fail(_ facts: ResponseFacts) {
        hasError = true
        errorType = facts.rare.errorType
        errorCode = facts.rare.errorCode ?? (facts.errorPresence == .present ? nil : facts.rare.flatErrorCode)
    }

    /// Takes a usage that replaces an earlier one.
    mutating func take(_ facts: ResponseFacts, source: @autoclosure () -> String) {
        switch facts.usagePresence {
        case .absent: break
        case .null: hasNullUsage = true
        case .present:
            usage = facts.usage
            rawUsage = facts.rawUsage
            usageSource = source()
            providerCost = facts.rare.providerCost
            let upstreamCost = facts.isOwnKey ? facts.rare.upstreamCost : nil
            if upstreamCost != nil || !units.isEmpty { units["upstream_cost_usd"] = upstreamCost }
            if meter == .chat { noteSeconds(facts, as: "audio_seconds") }
            note(facts)
        }
    }

    /// Takes a usage that adds to earlier ones.
    mutating func add(_ facts: ResponseFacts, source: @autoclosure () -> String) {
        if usage == nil {
            take(facts, source: source())
            return
        }
        usage?.add(facts.usage)
        usageSource = source()
        note(facts)
        guard let known = rawUsage, let later = facts.rawUsage,
            known.utf8.count + later.utf8.count < JSONScanner.maximumVerbatimLength
        else {
            rawUsage = nil
            return
        }
        rawUsage = known.hasPrefix("[") ? "\(known.dropLast()),\(later)]" : "[\(known),\(later)]"
    }

    /// Takes over what a document tells beside its usage.
    mutating func note(_ facts: ResponseFacts) {
        guard facts.hasRare else { return }
        for (tool, count) in facts.rare.tools.counted
        where toolCalls[tool] != nil || toolCalls.count < Self.maximumTools {
            let (sum, overflow) = toolCalls[tool, default: 0].addingReportingOverflow(count)
            toolCalls[tool] = overflow ? .max : sum
        }
        for (tool, count) in facts.rare.providerTools { toolCalls[tool] = count }
        for container in facts.rare.tools.containers where containers.count < Self.maximumParts {
            let memory = HeaderText.clean(facts.rare.tools.memory, maximumLength: 16) ?? "1g"
            containers.append(Container(identity: ObjectIdentity(container), memory: memory))
        }
        if !facts.rare.secondUsage.isEmpty {
            let isImage = meter == .responses || meter == .responsesSocket || meter == .compaction || meter == .live
            let prefix = isImage ? "image_generation" : "svg"
            note(
                facts.rare.secondUsage,
                as: prefix,
                model: isImage ? facts.rare.tools.imageModel : facts.rare.secondModel
            )
        }
    }

    /// Takes note of one object of several; false if it is known already, or cannot be told apart.
    mutating func note(part facts: ResponseFacts) -> Bool {
        guard parts.count < Self.maximumParts else { return false }
        let identity = ObjectIdentity(bytes: facts.identity.identity)
        guard facts.identity.identity.isEmpty || knownParts.insert(identity).inserted else { return false }
        partLength += facts.rawUsage?.utf8.count ?? 0
        let keepsText = partLength < JSONScanner.maximumVerbatimLength
        parts.append(Part(identity: identity, usage: facts.usage, rawUsage: keepsText ? facts.rawUsage : nil))
        return true
    }

    /// Takes over the counters of a second model, whose price is another.
    mutating func note(_ usage: TokenUsage, as prefix: String, model: String?) {
        if let model = HeaderText.clean(model, maximumLength: 128) {
            // The counters of several models have no price together.
            let literal = Self.literal(model)
            let isOther = units["\(prefix).model"].map { $0 != literal } ?? false
            units["\(prefix).model"] = isOther ? "null" : literal
        }
        for (counter, value) in usage.counters {
            let known = units["\(prefix).\(counter.name)"].flatMap { Int64($0) } ?? 0
            let (sum, overflow) = known.addingReportingOverflow(value)
            units["\(prefix).\(counter.name)"] = String(overflow ? .max : sum)
        }
    }

    /// A text as a JSON literal.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}
