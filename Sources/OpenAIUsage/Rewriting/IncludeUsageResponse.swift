/// Decides how the response to a rewritten request reaches the client.
///
/// It reads the response as it arrives, and decides once: the response passes unchanged, or the additions are stripped,
/// or it is a rejection of the option and the request is sent again as the client wrote it. Until then nothing of the
/// response may be forwarded, not even its head; ``maximumHeldLength`` bounds what is buffered. The first bytes decide,
/// not the labels.
package struct IncludeUsageResponse {
    /// The progress of the decision.
    package enum Mode: Sendable, Equatable {
        /// Nothing is decided; the head and the bytes are to be buffered.
        case inspecting
        /// The response is forwarded as it came, including its head.
        case passing
        /// The additions are stripped: the head is forwarded without a length and a content coding, the body as it is
        /// output.
        case stripping
        /// The upstream rejects the option; nothing of the response is forwarded.
        case refused
        /// The body is malformed, and a part of it was forwarded: it must not end as if it were complete.
        case broken
    }

    /// The most bytes of a response that are buffered, counted as received and as decoded.
    package static let maximumHeldLength = 64 * 1024
    /// The longest first event that is buffered to its end.
    private static let maximumEventLength = 4 * 1024

    private enum Field: UInt16 {
        case choices = 1
    }

    private static let selection = JSONSelection(.init(members: [("choices", .init(field: Field.choices.rawValue))]))

    /// The inspection that precedes the decision.
    private enum Inspection {
        /// The text of an error, according to its status.
        case error
        /// The first bytes.
        case start
        /// A document, which is an error unless it has choices.
        case document
        /// The first event, which may be an error.
        case event
    }

    /// The time at which the head of a stream may be forwarded before the first byte.
    private enum HeadRelease {
        case atOnce
        /// After a delay, so that a body that soon turns out to be no stream keeps its declared length.
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
    /// The decoded bytes that were not output yet.
    private var held: [UInt8] = []
    private var heldLength = 0
    /// True once the head was forwarded before the body was inspected: bytes are output unchanged, or stripped.
    private var isReleased = false

    /// The progress of the decision.
    package private(set) var mode: Mode

    /// Creates a decision about a response from its head.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - hasLength: True if the head declares the length of the body.
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
            // A body that cannot be decoded cannot be changed.
            decoder = nil
            releasesHead = .never
            mode = .passing
        }
        if isBodiless || !(isError || (200..<300).contains(status)) { mode = .passing }
        if !isError, sniffer.kind == .opaque { mode = .passing }
    }

    /// Reads bytes of the body as received.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - output: The stripped bytes that may be forwarded are appended here; none in modes other than
    ///     ``Mode/stripping``.
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

    /// Releases the head of an event stream that has no byte yet, so that its client need not wait for the first one.
    ///
    /// Called when all received bytes were read, and once more after a delay.
    ///
    /// - Parameter isLate: True if the head has waited long enough for a body although it declares a length.
    package mutating func pause(isLate: Bool = false) {
        guard mode == .inspecting, heldLength == 0 else { return }
        guard releasesHead == .atOnce || (isLate && releasesHead == .late) else { return }
        isReleased = true
        mode = .stripping
    }

    /// Ends the body and appends the remaining bytes that may be forwarded.
    package mutating func finish(into output: inout [UInt8]) {
        if mode == .inspecting {
            let isCut = decoder.map { !$0.isFinished } ?? false
            // An empty body passes with its declared length.
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

    /// Ends a truncated body; buffered bytes may be forwarded as received.
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

    /// Inspects the bytes that arrived before the kind of the body was known.
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

    /// Inspects a document, which is an answer if it has choices, whatever it mentions.
    private mutating func inspectDocument(_ bytes: UnsafeBufferPointer<UInt8>) {
        search.read(bytes)
        var position = 0
        while true {
            switch scanner.next(in: bytes, at: &position) {
            case .exhausted:
                // The end of the body may take long and adds nothing.
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

    /// Strips the buffered bytes.
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

    /// Decides about a response that is too long to be buffered to its end.
    private mutating func decideUnread(into output: inout [UInt8]) {
        if inspection == .event { strip(into: &output) } else { mode = .passing }
    }

    /// Reads bytes after a head that was forwarded already; a body that is not an event stream is output unchanged.
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

/// The kind of the first event of a stream, as far as its bytes determine it.
private enum FirstEvent {
    /// The event may still be an error.
    case unknown
    /// The event is not an error.
    case other
    /// The event is an error, with all its bytes.
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
        // The last line may be incomplete.
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

    /// True if a line shows that the event is an error, false if it shows that it is none; `nil` if it shows neither.
    private static func look(_ line: ArraySlice<UInt8>, isWhole: Bool) -> Bool? {
        // A comment keeps the connection alive, and nothing need wait for the text after it.
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

    /// True if the end of the content coding was reached.
    var isFinished: Bool { inflater.isFinished }

    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into receive: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
        inflater.inflate(bytes, into: receive)
    }
}
