/// Reads the usage and the other facts of a response from its body, in any format and however it is cut.
///
/// It is not copyable, since it is large.
package struct ResponseReader: ~Copyable, Sendable {
    /// The division of a body into documents.
    package enum Mode: UInt8, Sendable {
        /// One JSON document.
        case document
        /// Several JSON documents, one after another.
        case documents
        /// An event stream.
        case events
        /// One JSON document per message or line.
        case lines
        /// A body that is not read.
        case opaque
    }

    /// The division of the body: the promise of the labels until the first bytes decide.
    private(set) var mode: Mode
    let family: any EndpointFamily
    /// The sniffer that decides on the mode; `nil` once it has.
    private var sniffer: BodySniffer?
    /// The bytes so far, which do not suffice to decide.
    private var undecided: [UInt8] = []
    /// True after the marker that ends a stream, at which clients stop reading.
    private var isEnded = false
    /// True if the current event has a line of the field `error`.
    private var hasErrorLine = false
    /// True if that line is not blank.
    private var hasErrorText = false
    private var document: ResponseDocumentScanner
    private var parser = ServerSentEventParser()
    private var hasData = false
    /// The name of the current event or, if its length is 0, of an earlier one.
    private var eventName: [UInt8] = []
    private var eventNameLength = 0
    /// The first bytes of the event's data, as many as the end marker has, the first byte in the lowest bits.
    private var dataStart: UInt64 = 0
    private var dataPosition = 0

    /// True if any byte was received.
    private(set) var hasBytes = false
    /// True if the event that ends the stream was received.
    var isTerminated = false
    /// True if an event with content was received.
    var hasContent = false
    /// True if a whole document was received.
    private(set) var hasDocument = false
    /// The merged identity of the documents that count.
    var identity = ResponseIdentity()
    /// True if an error was received in a body or an event.
    private(set) var hasError = false
    private(set) var errorType: String?
    private(set) var errorCode: String?
    private(set) var usage: TokenUsage?
    private(set) var hasNullUsage = false
    /// True if a usage was received of which no counter was recognized.
    private(set) var hasUnreadUsage = false
    /// True if the last report lacks a side that an earlier one has.
    private(set) var isContradictory = false
    private(set) var rawUsage: String?
    private(set) var usageSource: String?
    private(set) var providerCost: String?
    private(set) var isUnterminated = false
    private(set) var toolCalls: [String: Int64] = [:]
    /// The units that the response reports, as JSON literals.
    var units: [String: String] = [:]
    /// The number of images in the response.
    var images: Int64 = 0
    /// True if an answer cites pages that were found by a search.
    var hasCitations = false
    /// The creation time of the response's object, in microseconds since 1970.
    var createdAt: Int64?
    /// True if a gateway reports that its cache has answered.
    private(set) var isCacheHit = false
    /// Another identity under which the object's usage may be shown.
    var alias: String?
    /// The model that transcribes the spoken input of a session.
    var transcriptionModel: String?
    /// The objects of the response, if it reports several.
    private(set) var parts: [Part] = []
    private var knownParts = RecentIdentities(capacity: ResponseReader.maximumParts)
    /// The usage of objects beyond ``maximumParts``.
    private(set) var furtherUsage: TokenUsage?
    private(set) var containers: [Container] = []
    /// The identities of each object of a list that reports usage.
    var listed: [[ObjectIdentity]] = []
    private var partLength = 0

    /// One of several objects, and its usage.
    struct Part: Sendable {
        var identity: ObjectIdentity
        var usage: TokenUsage
        var rawUsage: String?
    }

    /// A container in which a hosted tool ran.
    struct Container: Sendable {
        var identity: ObjectIdentity
        var memory: String
    }

    /// The most objects of one response that are recorded one by one.
    static let maximumParts = 4_096

    /// `[DONE]`, the first byte in the lowest bits.
    private static let doneMarker: UInt64 = 0x5d45_4e4f_445b
    private static let doneLength = 6
    private static let maximumNameLength = 128
    /// The most tools that are counted, which only the memory sizes of containers could exceed.
    static let maximumTools = 64

    /// - Parameters:
    ///   - mode: The division of the body, if it is known beforehand.
    ///   - hint: The promise of its labels.
    ///   - family: The family of the endpoint.
    init(mode: Mode?, hint: BodySniffer.Hint, family: any EndpointFamily) {
        self.mode = mode ?? Self.mode(BodySniffer.labeled(hint))
        self.family = family
        if mode == nil { sniffer = BodySniffer(hint) }
        document = ResponseDocumentScanner(family.selection(for: self.mode))
    }

    private static func mode(_ kind: BodySniffer.Kind) -> Mode {
        switch kind {
        case .events: .events
        case .document: .document
        case .opaque: .opaque
        }
    }

    /// True if the only document of the body is complete.
    var isDocumentComplete: Bool { document.isComplete }
    /// True if the body is not JSON.
    var isDocumentInvalid: Bool { document.isInvalid }

    /// Reads bytes of the body without any content coding.
    mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else { return }
        hasBytes = true
        guard sniffer != nil else {
            read(bytes)
            return
        }
        let kind = sniffer?.sniff(bytes)
        let content = UnsafeBufferPointer(rebasing: bytes[(sniffer?.contentOffset ?? 0)...])
        guard let kind else {
            if sniffer?.isBlank == false { undecided.append(contentsOf: content) }
            return
        }
        decide(kind)
        read(content)
    }

    /// Sets the final mode and reads the buffered bytes.
    private mutating func decide(_ kind: BodySniffer.Kind) {
        sniffer = nil
        let decided = Self.mode(kind)
        if decided != mode {
            mode = decided
            document = ResponseDocumentScanner(family.selection(for: decided))
        }
        guard !undecided.isEmpty else { return }
        let bytes = undecided
        undecided = []
        bytes.withUnsafeBufferPointer { read($0) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        switch mode {
        case .document, .documents: receiveDocuments(bytes)
        case .events: receiveEvents(bytes)
        case .lines: receiveLines(bytes)
        case .opaque: break
        }
    }

    private mutating func receiveDocuments(_ bytes: UnsafeBufferPointer<UInt8>) {
        document.scan(bytes)
        var rest = bytes
        while let next = document.nextDocument {
            // Only another object is another document; anything else makes the first one invalid JSON.
            guard rest[next] == UInt8(ascii: "{") else { return }
            mode = .documents
            takeOneOfSeveral()
            document.restart()
            rest = UnsafeBufferPointer(rebasing: rest[next...])
            document.scan(rest)
        }
    }

    /// Reads one of several documents.
    private mutating func takeOneOfSeveral() {
        hasDocument = true
        if family.readsDocumentsAsEvents {
            takeEvent(isTerminated: true)
        } else {
            identity.merge(document.facts.identity)
            takeDocument(document.facts)
        }
    }

    /// Reads a whole message of a WebSocket.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>) {
        hasBytes = true
        document.reset()
        document.scan(bytes)
        endLine()
    }

    /// Ends the body.
    mutating func finish() {
        if let kind = sniffer?.finish() { decide(kind) }
        switch mode {
        case .documents: if document.isComplete { takeOneOfSeveral() }
        case .document:
            if document.isComplete {
                hasDocument = true
                let event = document.takeFacts()
                identity.merge(event.identity)
                takeDocument(event)
            } else if !document.isInvalid {
                // The part of an error that was read before its body was dropped identifies it.
                let event = document.facts
                if event.rare.errorType != nil || event.rare.errorCode != nil { readError(event) }
            }
        case .events:
            // Strict parsers drop an event without its blank line; its usage was billed all the same.
            if hasErrorLine {
                takeErrorLine()
            } else if hasData, !isEnded {
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
        takeEvent(isTerminated: true)
        document.reset()
    }

    private mutating func receiveEvents(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while !isEnded {
            switch parser.next(in: bytes, at: &position) {
            case .exhausted: return
            case .errorLine: beginErrorLine()
            case .error(let range):
                let text = UnsafeBufferPointer(rebasing: bytes[range])
                hasErrorText = hasErrorText || text.contains { $0 != 0x20 && $0 != 0x09 }
                document.scan(text)
            case .dataLine:
                if hasData {
                    feed(0x0a)
                    // The end marker is on one line.
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
                if hasErrorLine {
                    takeErrorLine()
                } else if hasData {
                    if isDone {
                        isTerminated = true
                        isEnded = true
                    } else if document.isComplete {
                        takeEvent(isTerminated: true)
                    } else if eventNameLength > 0, EventName.isError(eventName), !document.isEmpty {
                        // An error in plain text.
                        hasError = true
                    }
                }
                hasData = false
                eventNameLength = 0
            }
        }
    }

    /// Reads bytes of an event's name; a name that is too long counts as none.
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

    /// Begins an error in a field of its own, as the event's data.
    private mutating func beginErrorLine() {
        hasData = true
        hasErrorLine = true
        dataStart = 0
        dataPosition = .max
        document.reset()
    }

    private mutating func takeErrorLine() {
        defer {
            hasErrorLine = false
            hasErrorText = false
        }
        hasDocument = true
        guard document.isComplete else {
            // An error in plain text; an empty line is none.
            if hasErrorText { hasError = true }
            return
        }
        let event = document.facts
        let type = event.rare.flatError.type ?? ResponseIdentity.text(event.type)
        let flat = event.rare.flatError
        guard event.isError || flat.hasMessage || flat.code != nil || type != nil else { return }
        hasError = true
        errorType = event.rare.errorType ?? type
        errorCode = event.rare.errorCode ?? flat.code
    }

    private mutating func feed(_ byte: UInt8) {
        withUnsafePointer(to: byte) { document.scan(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Reads an event whose data is complete JSON.
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
        let family = family
        family.readEvent(document.facts, named: name, into: &self)
        if isIdempotent(document.facts, name) { document.settle() }
        if hasContent { document.settleContent() }
        if !terminated, document.facts.usagePresence == .present, usageSource != nil || hadUsage != nil {
            isUnterminated = true
        }
    }

    /// True if reading the same data of an event again would change nothing except that content was seen.
    private func isIdempotent(_ event: ParsedEvent, _ name: [UInt8]) -> Bool {
        guard event.usagePresence != .present, !event.isError, !EventName.isError(name) else { return false }
        return family.isIdempotent(event, named: name)
    }

    /// Reads the only document of a body.
    private mutating func takeDocument(_ event: ParsedEvent) {
        readError(event)
        createdAt = event.createdAt
        hasCitations = event.hasCitations
        let family = family
        family.readDocument(event, into: &self)
    }

    // MARK: - For the families

    /// Reads the error of an event, whose name may mark it as one.
    mutating func readError(_ event: ParsedEvent, named name: [UInt8]) {
        if EventName.isError(name) { fail(event) } else { readError(event) }
    }

    mutating func readError(_ event: ParsedEvent) {
        if event.isError { fail(event) }
    }

    /// Records an error event, whose code may be beside its type.
    mutating func fail(_ event: ParsedEvent) {
        hasError = true
        let isNested = event.errorPresence == .present
        errorType = event.rare.errorType ?? (isNested ? nil : event.rare.flatError.type)
        errorCode = event.rare.errorCode ?? (isNested ? nil : event.rare.flatError.code)
    }

    /// Records a usage that replaces an earlier one.
    mutating func replaceUsage(_ event: ParsedEvent, source: @autoclosure () -> String) {
        switch event.usagePresence {
        case .absent: break
        case .null: hasNullUsage = true
        case .unread:
            hasUnreadUsage = true
            if let cost = event.rare.providerCost {
                providerCost = cost
                noteUpstreamCost(event)
            }
            if usage == nil { rawUsage = event.rawUsage }
        case .present:
            if let earlier = usage {
                // Reports are cumulative: a report of zeros after others has only lost them.
                if event.usage.isZero, !earlier.isZero {
                    note(event)
                    return
                }
                var later = event.usage
                rawUsage =
                    later.complete(from: earlier) ? ParsedEvent.joined(rawUsage, event.rawUsage) : event.rawUsage
                isContradictory = later.contradicts(earlier)
                usage = later
            } else {
                usage = event.usage
                rawUsage = event.rawUsage
            }
            usageSource = source()
            providerCost = event.rare.providerCost
            noteUpstreamCost(event)
            let family = family
            family.readUsage(event, into: &self)
            note(event)
        }
    }

    /// Records the cost of the provider behind an aggregator if the caller's own key is used; an unreported one is
    /// `null`.
    private mutating func noteUpstreamCost(_ event: ParsedEvent) {
        let cost = event.isOwnKey ? event.rare.upstreamCost.known ?? "null" : nil
        if cost != nil || !units.isEmpty { units["upstream_cost_usd"] = cost }
    }

    /// Records a usage that adds to earlier ones.
    mutating func addUsage(_ event: ParsedEvent, source: @autoclosure () -> String) {
        if usage == nil {
            replaceUsage(event, source: source())
            return
        }
        usage?.add(event.usage)
        usageSource = source()
        note(event)
        rawUsage = ParsedEvent.joined(rawUsage, event.rawUsage)
    }

    /// Records the facts that a document reports beside its usage.
    mutating func note(_ event: ParsedEvent) {
        guard event.hasRare else { return }
        isCacheHit = isCacheHit || event.rare.isCacheHit
        if let hour = event.rare.cacheWriteHour, hour > 0 { units["cache_write_1h_tokens"] = String(hour) }
        for (tool, count) in event.rare.tools.counted
        where toolCalls[tool] != nil || toolCalls.count < Self.maximumTools {
            let (sum, overflow) = toolCalls[tool, default: 0].addingReportingOverflow(count)
            toolCalls[tool] = overflow ? .max : sum
        }
        for (tool, count) in event.rare.providerTools { toolCalls[tool] = count }
        for container in event.rare.tools.containers where containers.count < Self.maximumParts {
            let memory = TextCleaner.clean(event.rare.tools.memory, maximumLength: 16) ?? "1g"
            containers.append(Container(identity: ObjectIdentity(container), memory: memory))
        }
        // Zeros mean that the tool was not used.
        if !event.rare.secondUsage.isZero {
            let isImage = family.secondModel == .imageGeneration
            let prefix = isImage ? "image_generation" : "svg"
            note(
                event.rare.secondUsage,
                as: prefix,
                model: isImage ? event.rare.tools.imageModel : event.rare.secondModel
            )
        }
    }

    /// Records one of several objects; false if it is known already.
    ///
    /// Beyond ``maximumParts``, an object is compared with the latest ones only, and counts whatever other calls have
    /// shown.
    mutating func note(part event: ParsedEvent) -> Bool {
        let identity = ObjectIdentity(bytes: event.identity.identity)
        guard event.identity.identity.isEmpty || knownParts.insert(identity) else { return false }
        guard parts.count < Self.maximumParts else {
            var further = furtherUsage ?? TokenUsage()
            further.add(event.usage)
            furtherUsage = further
            return true
        }
        partLength += event.rawUsage?.utf8.count ?? 0
        let keepsText = partLength < JSONScanner.maximumVerbatimLength
        parts.append(Part(identity: identity, usage: event.usage, rawUsage: keepsText ? event.rawUsage : nil))
        return true
    }

    /// Records the counters of a second model, which has a price of its own.
    mutating func note(_ usage: TokenUsage, as prefix: String, model: String?) {
        if let model = TextCleaner.clean(model, maximumLength: 128) {
            // The counters of several models have no common price.
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

    /// Records a counter outside any usage object, which replaces an earlier usage.
    mutating func replaceUsage(_ event: ParsedEvent, counter: TokenCounter, source: String) {
        guard event.usage[counter] != nil else { return }
        var event = event
        event.usagePresence = .present
        replaceUsage(event, source: source)
    }

    /// Records the seconds of a usage as a billed unit.
    mutating func noteSeconds(_ event: ParsedEvent, as unit: String) {
        if let seconds = event.rare.seconds { units[unit] = Self.literal(seconds) }
    }

    /// Adds seconds to a billed unit, exact to the millisecond, which is finer than any billing.
    mutating func addSeconds(_ seconds: String, as unit: String) {
        func thousandths(_ text: String) -> Int64 {
            RateLimits.nanoseconds(text.utf8.filter { $0 != UInt8(ascii: "\"") }, scale: 1_000_000_000)
                .map { $0 / 1_000_000 } ?? 0
        }
        let sum = thousandths(units[unit] ?? "0") + thousandths(seconds)
        let fraction = String(sum % 1_000 + 1_000).dropFirst()
        units[unit] = Self.literal(JSONNumber.decimal("\(sum / 1_000).\(fraction)".utf8) ?? "0")
    }

    /// Records the size of an image or a video, and its quality.
    mutating func noteFormat(_ event: ParsedEvent, quality: Bool = true) {
        if let size = TextCleaner.clean(event.rare.size, maximumLength: 32) { units["size"] = Self.literal(size) }
        if quality, let quality = TextCleaner.clean(event.rare.quality, maximumLength: 32) {
            units["quality"] = Self.literal(quality)
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
