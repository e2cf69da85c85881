/// An incremental parser of a body's framing, in constant memory.
///
/// The ranges of the steps cover every byte up to the end, in order, so that forwarding all of them forwards the body as
/// received. A malformed body fails at its first wrong byte, before the message could be taken for complete.
struct BodyReader: Sendable {
    enum Step: Equatable, Sendable {
        /// Content.
        case payload(Range<Int>)
        /// Chunk sizes, their extensions and line ends, and the empty line at the end, or parts of those.
        case framing(Range<Int>)
        /// Field lines of the trailer section, or parts of them, without forbidden fields.
        case trailers(Range<Int>)
        /// The body is complete; the message ends before the index.
        case end(at: Int)
        /// All bytes were read, and the body continues.
        case needsMore
        case failed(WireError)
    }

    private enum State: UInt8, Sendable {
        case complete, failed
        case length, untilClose
        case size, extensionStart, extensionName, extensionValueStart, extensionValue, quoted, quotedPair, quotedEnd
        case sizeFeed
        case chunk, chunkReturn, chunkFeed
        case lineStart, name, value, valueFeed
        case lastFeed
    }

    /// The limits of chunked bodies.
    private enum Limit {
        static let sizeDigits = 16
        /// The maximum size of a chunk, 52 bits as in HAProxy: a reader that stores it in a double reads the same.
        static let chunkBytes = (1 << 52) - 1
        static let extensionBytes = 4 << 10
        static let trailerBytes = 64 << 10
        static let trailerFields = 64
    }

    private let kind: MessageKind
    private var state: State
    /// The remaining bytes of the body or the chunk; within a chunk size, the size.
    private var remaining = 0
    private var digits = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerFields = 0
    private var name = NamePrefix()
    private var error: WireError?

    /// - Parameters:
    ///   - framing: The framing of the body.
    ///   - kind: The kind of the message, which determines the status of faults.
    init(_ framing: BodyFraming, of kind: MessageKind = .request) {
        self.kind = kind
        switch framing {
        case .none:
            state = .complete
        case .length(let length):
            state = length > 0 ? .length : .complete
            remaining = length
        case .chunked:
            state = .size
        case .untilClose:
            state = .untilClose
        }
    }

    /// True if the body is complete.
    var isComplete: Bool { state == .complete }

    /// The remaining bytes of a body with a length; `nil` for other bodies.
    var remainingLength: Int? { state == .length ? remaining : nil }

    /// Handles the end of the connection.
    ///
    /// - Returns: True if the body is complete.
    mutating func close() -> Bool {
        if state == .untilClose { state = .complete }
        return state == .complete
    }

    /// Reads the next piece.
    ///
    /// - Parameters:
    ///   - bytes: The received bytes.
    ///   - index: The offset to read from; moved to the start of the next piece, or to the wrong byte of a malformed body.
    /// - Returns: The kind of the piece, and its range.
    mutating func next(_ bytes: UnsafeRawBufferPointer, from index: inout Int) -> Step {
        let start = index
        let available = bytes.count - start
        switch state {
        case .complete:
            return .end(at: start)
        case .failed:
            return .failed(error ?? fault("The body is malformed."))
        case .length, .chunk:
            guard available > 0 else { return .needsMore }
            let count = min(remaining, available)
            remaining -= count
            index = start + count
            if remaining == 0 { state = state == .length ? .complete : .chunkReturn }
            return .payload(start..<index)
        case .untilClose:
            guard available > 0 else { return .needsMore }
            index = bytes.count
            return .payload(start..<index)
        case .name, .value, .valueFeed:
            return readTrailers(bytes, &index)
        case .lineStart:
            guard available > 0 else { return .needsMore }
            if bytes[start] != Octets.carriageReturn { return readTrailers(bytes, &index) }
            return readFraming(bytes, &index)
        default:
            return readFraming(bytes, &index)
        }
    }

    // MARK: - Chunks

    private mutating func readFraming(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Step {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            guard readFraming(byte) else {
                return failed(fault(message(byte)))
            }
            index += 1
            switch state {
            case .chunk, .complete: return .framing(start..<index)
            case .lineStart where index < bytes.count && bytes[index] != Octets.carriageReturn:
                return .framing(start..<index)
            default: break
            }
        }
        return index > start ? .framing(start..<index) : .needsMore
    }

    /// Reads a byte of the framing between two chunks, or after the last one.
    ///
    /// - Returns: False if it is malformed.
    private mutating func readFraming(_ byte: UInt8) -> Bool {
        switch state {
        case .size:
            if let digit = Octets.hexadecimal(byte) {
                digits += 1
                guard digits <= Limit.sizeDigits, remaining <= Limit.chunkBytes >> 4 else { return false }
                remaining = remaining << 4 | digit
                return true
            }
            guard digits > 0 else { return false }
            return readEndOfElement(byte)
        case .extensionStart:
            guard Octets.isToken(byte) else { return false }
            state = .extensionName
            return countExtension()
        case .extensionName:
            if byte == UInt8(ascii: "=") {
                state = .extensionValueStart
                return countExtension()
            }
            guard !Octets.isToken(byte) else { return countExtension() }
            return readEndOfElement(byte)
        case .extensionValueStart:
            guard byte == UInt8(ascii: "\"") || Octets.isToken(byte) else { return false }
            state = byte == UInt8(ascii: "\"") ? .quoted : .extensionValue
            return countExtension()
        case .extensionValue:
            guard !Octets.isToken(byte) else { return countExtension() }
            return readEndOfElement(byte)
        case .quoted:
            guard !Octets.isForbiddenControl(byte) else { return false }
            if byte == UInt8(ascii: "\"") { state = .quotedEnd }
            if byte == UInt8(ascii: "\\") { state = .quotedPair }
            return countExtension()
        case .quotedPair:
            guard !Octets.isForbiddenControl(byte) else { return false }
            state = .quoted
            return countExtension()
        case .quotedEnd:
            return readEndOfElement(byte)
        case .sizeFeed:
            guard byte == Octets.lineFeed else { return false }
            state = remaining > 0 ? .chunk : .lineStart
            return true
        case .chunkReturn:
            guard byte == Octets.carriageReturn else { return false }
            state = .chunkFeed
            return true
        case .chunkFeed:
            guard byte == Octets.lineFeed else { return false }
            state = .size
            digits = 0
            extensionBytes = 0
            return true
        case .lineStart:
            guard byte == Octets.carriageReturn else { return false }
            state = .lastFeed
            return true
        case .lastFeed:
            guard byte == Octets.lineFeed else { return false }
            state = .complete
            return true
        case .complete, .failed, .length, .untilClose, .chunk, .name, .value, .valueFeed:
            return false
        }
    }

    private mutating func readEndOfElement(_ byte: UInt8) -> Bool {
        if byte == Octets.carriageReturn {
            state = .sizeFeed
            return true
        }
        state = .extensionStart
        return byte == UInt8(ascii: ";") && countExtension()
    }

    private mutating func countExtension() -> Bool {
        extensionBytes += 1
        return extensionBytes <= Limit.extensionBytes
    }

    private func message(_ byte: UInt8) -> String {
        switch state {
        case .size where digits > Limit.sizeDigits || Octets.hexadecimal(byte) != nil: "A chunk size is too large."
        case .size: "A chunk size is not a hexadecimal number."
        case .chunkReturn, .chunkFeed: "A chunk is not followed by CRLF."
        case .sizeFeed: "A chunk size line does not end with CRLF."
        case .lineStart, .lastFeed: "The body does not end with CRLF."
        case _ where extensionBytes > Limit.extensionBytes: "The extensions of a chunk are too long."
        default: "A chunk extension is malformed."
        }
    }

    // MARK: - Trailers

    private mutating func readTrailers(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Step {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if state == .lineStart, byte == Octets.carriageReturn { break }
            if let message = readTrailer(byte) { return failed(fault(message, code: "bad_trailer_field")) }
            trailerBytes += 1
            guard trailerBytes <= Limit.trailerBytes else {
                return failed(fault("The trailer section is too large.", code: "trailer_too_large", status: 431))
            }
            index += 1
        }
        return index > start ? .trailers(start..<index) : .needsMore
    }

    /// Reads a byte of a trailer field line.
    ///
    /// - Returns: The fault; `nil` for none.
    private mutating func readTrailer(_ byte: UInt8) -> String? {
        switch state {
        case .lineStart:
            trailerFields += 1
            guard trailerFields <= Limit.trailerFields else { return "The trailer section has too many fields." }
            guard Octets.isToken(byte) else { return "A trailer line does not begin with a field name." }
            name = NamePrefix()
            name.append(byte)
            state = .name
        case .name:
            guard byte != Octets.colon else {
                if let known = name.known, KnownFieldSet.forbiddenInTrailers.contains(known) {
                    return "The trailer section has a field that is not allowed there."
                }
                state = .value
                return nil
            }
            guard Octets.isToken(byte) else { return "A trailer's field name has a character that is not allowed." }
            name.append(byte)
        case .value:
            if byte == Octets.carriageReturn {
                state = .valueFeed
            } else if Octets.isForbiddenControl(byte) {
                return "A trailer's value has a control character."
            }
        default:
            guard byte == Octets.lineFeed else { return "A trailer line does not end with CRLF." }
            state = .lineStart
        }
        return nil
    }

    // MARK: - Faults

    private func fault(_ message: String, code: String = "bad_chunked_body", status: Int = 400) -> WireError {
        kind == .response ? .response(message) : WireError(status, code, message)
    }

    private mutating func failed(_ error: WireError) -> Step {
        state = .failed
        self.error = error
        return .failed(error)
    }
}

/// The first bytes of a name that arrives in pieces, enough for every known name.
private struct NamePrefix: Sendable {
    private static let capacity = 32

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var count = 0

    mutating func append(_ byte: UInt8) {
        if count < Self.capacity {
            withUnsafeMutableBytes(of: &words) { $0[count] = byte }
        }
        count += 1
    }

    /// The known field with this name; `nil` for none.
    var known: KnownField? {
        // A longer name may be a rate limit's, which trailer sections may have.
        guard count <= Self.capacity else { return nil }
        return withUnsafeBytes(of: words) { bytes in
            bytes.baseAddress.flatMap { KnownField.find($0, 0, count) }
        }
    }
}
