/// Decides how the response to a request that was made to ask for usage reaches the client.
///
/// It is fed with the response as it comes, and decides once: the response passes as it came, or without what the asking
/// has put in, or it is a refusal of the asking, and the request is sent again as the client wrote it. Until then nothing
/// of the response may leave, its head neither; ``maximumHeldLength`` bounds that. First bytes decide, not labels.
package struct IncludeUsageResponse {
    /// How far the decision has come.
    package enum Mode: Sendable, Equatable {
        /// Nothing is decided; the head and the bytes are to be held.
        case inspecting
        /// The response leaves as it came, its head included.
        case passing
        /// The addition is stripped: the head leaves without a length and a coding, the body as it is handed out.
        case stripping
        /// The upstream refuses the asking; nothing of the response leaves.
        case refused
        /// The body is not what it began as, and a part of it has left: it must not end as if it were whole.
        case broken
    }

    /// The most bytes of a response that are held, as they came and decoded.
    package static let maximumHeldLength = 64 * 1024
    /// The longest first event that is held to its end.
    private static let maximumEventLength = 4 * 1024

    private enum Field: UInt16 {
        case choices = 1
    }

    private static let selection = JSONSelection(.init(members: [("choices", .init(field: Field.choices.rawValue))]))

    /// What is looked at before the decision.
    private enum Inspection {
        /// The text of an error, whose status says so.
        case error
        /// The first bytes.
        case start
        /// A document, which is an error unless it has choices.
        case document
        /// The first event, which may be an error.
        case event
    }

    /// When the head of a stream without a byte may leave.
    private enum HeadRelease {
        case atOnce
        /// The length that it tells is kept for a body that soon turns out to be no stream.
        case late
        case never
    }

    private let hint: BodySniffer.Hint
    private let releasesHead: HeadRelease
    private let decoder: BodyDecoder?
    private var inspection: Inspection
    private var sniffer: BodySniffer
    private var search = RejectionSearch()
    private var scanner = JSONScanner(Self.selection)
    private var stripper = UsageStripper()
    /// The decoded bytes that were not handed out.
    private var held: [UInt8] = []
    private var heldLength = 0
    /// True once the head has left without a decision about the body: bytes leave as they are, or stripped.
    private var isReleased = false

    /// How far the decision has come.
    package private(set) var mode: Mode

    /// Begins with the head of a response.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - hasLength: True if the head tells the length of the body.
    ///   - isBodiless: True if no body follows, whatever the head says.
    package init(status: Int, contentType: String?, contentEncoding: String?, hasLength: Bool, isBodiless: Bool) {
        hint = BodySniffer.Hint(contentType: contentType)
        sniffer = BodySniffer(hint)
        let isError = status == 400 || status == 422
        inspection = isError ? .error : .start
        mode = .inspecting
        switch Inflater.Coding.reading(contentEncoding) {
        case .identity:
            decoder = nil
            releasesHead = hint != .events || isError ? .never : hasLength ? .late : .atOnce
        case .coded(let coding):
            decoder = BodyDecoder(coding)
            releasesHead = .never
        case .unknown:
            // What cannot be read cannot be changed.
            decoder = nil
            releasesHead = .never
            mode = .passing
        }
        if isBodiless || !(isError || (200..<300).contains(status)) { mode = .passing }
        if !isError, sniffer.kind == .opaque { mode = .passing }
    }

    /// Reads bytes of the body as they came.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - output: What may leave of the stripped body; nothing is appended in other modes than ``Mode/stripping``.
    package mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        switch mode {
        case .passing, .refused, .broken: return
        case .inspecting, .stripping: break
        }
        if mode == .inspecting { heldLength += bytes.count }
        if let decoder {
            let isSound = decoder.decode(bytes) { read($0, into: &output) }
            if !isSound { mode = mode == .inspecting ? .passing : .broken }
        } else {
            read(bytes, into: &output)
        }
        if mode == .inspecting, heldLength > Self.maximumHeldLength || held.count > Self.maximumHeldLength {
            decideUnread(into: &output)
        }
    }

    /// Releases the head of an event stream that has no byte yet, so that its client does not wait for the first one.
    ///
    /// Called when all that had come was read, and once more after a while.
    ///
    /// - Parameter isLate: True if the head has waited for a body long enough, although it tells a length.
    package mutating func pause(isLate: Bool = false) {
        guard mode == .inspecting, heldLength == 0 else { return }
        guard releasesHead == .atOnce || (isLate && releasesHead == .late) else { return }
        isReleased = true
        mode = .stripping
    }

    /// Ends the body.
    package mutating func finish(into output: inout [UInt8]) {
        if mode == .inspecting {
            let isCut = decoder.map { !$0.isFinished } ?? false
            // An empty body passes with the length that it has.
            if isCut || heldLength == 0 {
                mode = .passing
                return
            }
            if inspection == .start {
                decide(sniffer.finish(), into: &output)
                if mode == .inspecting { inspectHeld(into: &output) }
            }
            if mode == .inspecting { decideAtEnd(into: &output) }
        }
        guard mode == .stripping else { return }
        if isReleased, inspection == .start { pour(into: &output) }
        stripper.finish(into: &output)
        if let decoder, !decoder.isFinished { mode = .broken }
    }

    /// Ends a body that is cut off: what is held may leave as it came.
    package mutating func abandon() {
        if mode == .inspecting { mode = .passing }
    }

    // MARK: - Decisions

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        if mode == .stripping, !isReleased {
            stripper.strip(bytes, into: &output)
            return
        }
        if isReleased {
            readReleased(bytes, into: &output)
            return
        }
        guard mode == .inspecting else { return }
        switch inspection {
        case .error:
            search.read(bytes)
            if search.isFound { mode = .refused }
        case .start:
            held.append(contentsOf: bytes)
            guard let kind = sniffer.sniff(bytes) else { return }
            decide(kind, into: &output)
            inspectHeld(into: &output)
        case .document:
            inspectDocument(bytes)
        case .event:
            held.append(contentsOf: bytes)
            inspectEvent(into: &output)
        }
    }

    private mutating func decide(_ kind: BodySniffer.Kind, into output: inout [UInt8]) {
        switch kind {
        case .opaque: mode = .passing
        case .document: inspection = .document
        case .events: inspection = .event
        }
    }

    /// Looks at the bytes that came before the kind of the body was known.
    private mutating func inspectHeld(into output: inout [UInt8]) {
        guard mode == .inspecting else { return }
        switch inspection {
        case .document:
            let bytes = held
            held = []
            bytes.withUnsafeBufferPointer { inspectDocument($0) }
        case .event: inspectEvent(into: &output)
        case .error, .start: break
        }
    }

    /// A document with choices is an answer, whatever it speaks of.
    private mutating func inspectDocument(_ bytes: UnsafeBufferPointer<UInt8>) {
        search.read(bytes)
        var position = 0
        while true {
            switch scanner.next(in: bytes, at: &position) {
            case .exhausted:
                // The end of the body may be long in coming, and tells nothing more.
                if scanner.isComplete { mode = search.isFound ? .refused : .passing }
                return
            case .invalid:
                mode = .passing
                return
            default:
                guard Field(rawValue: scanner.field) == .choices else { continue }
                mode = .passing
                return
            }
        }
    }

    private mutating func inspectEvent(into output: inout [UInt8]) {
        guard held.count <= Self.maximumEventLength else { return strip(into: &output) }
        switch FirstEvent(held) {
        case .unknown: return
        case .other: strip(into: &output)
        case .error(let event):
            event.withUnsafeBufferPointer { search.read($0) }
            if search.isFound { mode = .refused } else { strip(into: &output) }
        }
    }

    private mutating func strip(into output: inout [UInt8]) {
        mode = .stripping
        pour(into: &output)
    }

    /// Strips what is held.
    private mutating func pour(into output: inout [UInt8]) {
        let bytes = held
        held = []
        bytes.withUnsafeBufferPointer { stripper.strip($0, into: &output) }
    }

    private mutating func decideAtEnd(into output: inout [UInt8]) {
        switch inspection {
        case .error, .start: mode = .passing
        case .document: mode = search.isFound ? .refused : .passing
        case .event:
            held.withUnsafeBufferPointer { search.read($0) }
            let isError = FirstEvent(held, isEnded: true).isError
            if isError, search.isFound { mode = .refused } else { strip(into: &output) }
        }
    }

    /// Decides about a response that is too long to be held to its end.
    private mutating func decideUnread(into output: inout [UInt8]) {
        if inspection == .event { strip(into: &output) } else { mode = .passing }
    }

    /// Reads bytes behind a head that has left already: what turns out to be no event stream leaves as it came.
    private mutating func readReleased(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        guard inspection == .start else {
            if inspection == .event { stripper.strip(bytes, into: &output) } else { output.append(contentsOf: bytes) }
            return
        }
        held.append(contentsOf: bytes)
        guard let kind = sniffer.sniff(bytes) else { return }
        inspection = kind == .events ? .event : .document
        if kind == .events {
            pour(into: &output)
        } else {
            output.append(contentsOf: held)
            held = []
        }
    }
}

/// What the first event of a stream is, as far as its bytes tell.
private enum FirstEvent {
    /// It may still be an error.
    case unknown
    /// It is none.
    case other
    /// It is one, with all its bytes.
    case error([UInt8])

    private static let openings = [#"{"error""#, #"{"detail""#, #"{"object":"error""#].map { Array($0.utf8) }

    var isError: Bool {
        if case .error = self { true } else { false }
    }

    init(_ bytes: [UInt8], isEnded: Bool = false) {
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0 == 0x0a || $0 == 0x0d }
        let isWhole = isEnded || Self.hasEnd(rest)
        var lines = rest.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
        // The last line may go on.
        let last = rest.last.map { $0 == 0x0a || $0 == 0x0d } == true || isEnded ? nil : lines.popLast()
        for line in lines {
            switch Self.look(line, isWhole: true) {
            case true?:
                self = isWhole ? .error(bytes) : .unknown
                return
            case false?:
                self = .other
                return
            case nil: continue
            }
        }
        switch last.flatMap({ Self.look($0, isWhole: false) }) {
        case false?: self = .other
        case true?, nil: self = isWhole ? .other : .unknown
        }
    }

    /// Whether a line tells that the event is an error: `nil` if it tells nothing, or not enough of it has come.
    private static func look(_ line: ArraySlice<UInt8>, isWhole: Bool) -> Bool? {
        // A comment keeps the connection alive, and nothing need wait for what follows it.
        if line.first == UInt8(ascii: ":") { return false }
        if line.starts(with: "event:".utf8) {
            let name = line.dropFirst(6).drop { $0 == 0x20 }
            if isWhole { return name.elementsEqual("error".utf8) ? true : nil }
            return nil
        }
        if line.starts(with: "error:".utf8) { return true }
        guard line.starts(with: "data:".utf8) else { return nil }
        let data = line.dropFirst(5).filter { $0 != 0x20 && $0 != 0x09 }
        if openings.contains(where: { data.starts(with: $0) }) { return true }
        let mayBecome = !isWhole && openings.contains { $0.starts(with: data) }
        return mayBecome ? nil : false
    }

    private static func hasEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8?
        var isLineEmpty = true
        for byte in bytes {
            defer { previous = byte }
            if byte == 0x0a, previous == 0x0d { continue }
            guard byte == 0x0a || byte == 0x0d else {
                isLineEmpty = false
                continue
            }
            if isLineEmpty { return true }
            isLineEmpty = true
        }
        return false
    }
}

/// An inflater that a copyable value can hold; used by one reader.
private final class BodyDecoder {
    private var inflater: Inflater

    init(_ coding: Inflater.Coding) {
        inflater = Inflater(coding)
    }

    /// True if the end of the coding was met.
    var isFinished: Bool { inflater.isFinished }

    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into receive: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
        inflater.inflate(bytes, into: receive)
    }
}
