/// Reads from a response's body what was used, whatever its shape and however it is cut.
struct ResponseMeter: Sendable {
    /// How the body is read.
    enum Mode: UInt8, Sendable {
        /// One JSON document.
        case document
        /// An event stream.
        case events
        /// Nothing is read.
        case opaque
    }

    let mode: Mode
    let meter: Endpoint.Meter
    private var document: ResponseDocumentScanner
    private var parser = ServerSentEventParser()
    private var hasData = false
    private var eventName: [UInt8] = []
    private var dataStart: [UInt8] = []

    /// Whether any byte was received.
    private(set) var hasBytes = false
    /// Whether the event that ends the stream was received.
    private(set) var isTerminated = false
    /// Whether an event with content was received.
    private(set) var hasContent = false
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

    private static let doneMarker = Array("[DONE]".utf8)
    private static let maximumNameLength = 128

    init(mode: Mode, meter: Endpoint.Meter) {
        self.mode = mode
        self.meter = meter
        let selection: JSONSelection =
            switch (meter, mode) {
            case (.chat, _), (.completions, _), (.embeddings, _): ResponseSelection.completion
            case (.responses, .events): ResponseSelection.responseEvent
            case (.responses, _): ResponseSelection.response
            case (.free, _), (.none, _): ResponseSelection.errorOnly
            }
        document = ResponseDocumentScanner(selection)
    }

    /// What the body's documents say together; a lone document that is not whole says nothing.
    var identity: ResponseIdentity {
        mode == .document && !document.isComplete ? ResponseIdentity() : document.identity
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
        case .opaque: break
        }
    }

    /// Takes the end of the body.
    mutating func finish() {
        switch mode {
        case .document:
            if document.isComplete { takeDocument() }
        case .events:
            // Strict parsers drop an event that lacks its blank line; its usage was billed all the same.
            if hasData {
                if isDone {
                    isTerminated = true
                } else if document.isComplete {
                    takeEvent(isTerminated: false)
                }
            }
        case .opaque: break
        }
    }

    private mutating func receiveEvents(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while true {
            switch parser.next(in: bytes, at: &position) {
            case .exhausted: return
            case .dataLine:
                if hasData {
                    feed(0x0a)
                    if dataStart.count < Self.doneMarker.count { dataStart.append(0x0a) }
                } else {
                    hasData = true
                    document.reset()
                    dataStart.removeAll(keepingCapacity: true)
                }
            case .data(let range):
                let missing = Self.doneMarker.count - dataStart.count
                if missing > 0 { dataStart.append(contentsOf: bytes[range].prefix(missing)) }
                document.scan(UnsafeBufferPointer(rebasing: bytes[range]))
            case .nameLine: eventName.removeAll(keepingCapacity: true)
            case .name(let range):
                if eventName.count + range.count <= Self.maximumNameLength {
                    eventName.append(contentsOf: bytes[range])
                }
            case .dispatch:
                if hasData {
                    if isDone { isTerminated = true } else { takeEvent(isTerminated: true) }
                    hasData = false
                }
                eventName.removeAll(keepingCapacity: true)
            }
        }
    }

    private var isDone: Bool { dataStart == Self.doneMarker }

    private mutating func feed(_ byte: UInt8) {
        withUnsafePointer(to: byte) { document.scan(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    private mutating func takeDocument() {
        let facts = document.facts
        takeError(facts)
        takeUsage(facts, source: "/usage")
    }

    private mutating func takeEvent(isTerminated terminated: Bool) {
        // An event whose data is not whole JSON says nothing that can be trusted.
        guard document.isComplete else { return }
        let facts = document.facts
        switch meter {
        case .chat, .completions, .embeddings:
            takeError(facts)
            if facts.usagePresence == .present {
                takeUsage(facts, source: "chunk:/usage")
                isUnterminated = !terminated
            }
            if facts.hasContent { hasContent = true }
        case .responses:
            takeResponseEvent(facts, isTerminated: terminated)
        case .free, .none:
            takeError(facts)
        }
    }

    private mutating func takeResponseEvent(_ facts: ResponseFacts, isTerminated terminated: Bool) {
        if facts.type.isEmpty ? isNamed("error") : facts.isType("error") {
            hasError = true
            isTerminated = true
            errorType = facts.errorType
            errorCode = facts.errorCode ?? facts.flatErrorCode
            return
        }
        let name = facts.type.isEmpty ? eventName : facts.type
        switch name.count {
        case 18 where name.elementsEqual("response.completed".utf8),
            19 where name.elementsEqual("response.incomplete".utf8),
            15 where name.elementsEqual("response.failed".utf8):
            let name = String(decoding: name, as: UTF8.self)
            takeError(facts)
            takeUsage(facts, source: "event:\(name):/response/usage")
            isUnterminated = !terminated && facts.usagePresence == .present
            isTerminated = true
        default:
            if !hasContent, name.suffix(6).elementsEqual(".delta".utf8) { hasContent = true }
        }
    }

    private func isNamed(_ name: String) -> Bool { eventName.elementsEqual(name.utf8) }

    private mutating func takeError(_ facts: ResponseFacts) {
        guard facts.errorPresence == .present else { return }
        hasError = true
        errorType = facts.errorType
        errorCode = facts.errorCode
    }

    private mutating func takeUsage(_ facts: ResponseFacts, source: @autoclosure () -> String) {
        switch facts.usagePresence {
        case .absent: break
        case .null: hasNullUsage = true
        case .present:
            usage = facts.usage
            rawUsage = facts.rawUsage
            usageSource = source()
            providerCost = facts.providerCost
        }
    }
}
