/// An incremental parser of one direction of a WebSocket, in constant memory (RFC 6455, section 5).
///
/// The ranges of the steps cover every byte, in order. No extension is negotiated, so that every reserved bit is an error.
struct WebSocketFrameReader: Sendable {
    enum Step: Equatable, Sendable {
        /// A piece of a text message's payload; a message of several frames is one message.
        ///
        /// `isLast` ends the message, whose last piece may be empty.
        case text(Range<Int>, isFirst: Bool, isLast: Bool)
        /// Frame headers, and the payload of other frames.
        case other(Range<Int>)
        /// A piece of a Close frame's payload; `isLast` ends it.
        case close(Range<Int>, isLast: Bool)
        case needsMore
        case failed(WireError)
    }

    /// The side that sends the frames.
    enum Sender: Sendable {
        /// Frames are not masked, and text is reported.
        case server
        /// Frames are masked: text is skipped, and only Close frames are reported.
        case client
    }

    private enum State: UInt8, Sendable {
        case header, length, longLength, mask, payload, failed
    }

    private enum Opcode {
        static let continuation: UInt8 = 0
        static let text: UInt8 = 1
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let pong: UInt8 = 10
    }

    private let sender: Sender
    private var state = State.header
    private var opcode: UInt8 = 0
    private var isFinal = false
    /// The opcode of the incomplete message; 0 for none.
    private var message: UInt8 = 0
    /// True once a piece of the text message was reported.
    private var hasBegun = false
    private var remaining: UInt64 = 0
    /// The remaining bytes of an extended length or of a mask.
    private var headerBytes = 0
    private var shortLength: UInt8 = 0
    private var closeBytes = 0
    private var closeStatus = 0
    /// The masking key of a client's payload; 0 changes nothing.
    private var mask: UInt32 = 0
    private var error: WireError?
    /// True once a whole Close frame was read.
    private(set) var isClosed = false

    init(from sender: Sender = .server) { self.sender = sender }

    /// The status code of the Close frame; `nil` before it, or if it has none.
    var closeCode: Int? { isClosed && closeBytes >= 2 ? closeStatus : nil }

    /// True between two frames, also within a message, where a control frame may be inserted.
    var isAtFrameStart: Bool { state == .header }

    /// True between two messages, where a connection may end without truncating a message.
    var isBetweenFrames: Bool { state == .header && message == 0 }

    /// Reads the next piece.
    ///
    /// - Parameters:
    ///   - bytes: The received bytes.
    ///   - index: The offset to read from; moved to the start of the next piece.
    /// - Returns: The kind of the piece, and its range.
    mutating func next(_ bytes: UnsafeRawBufferPointer, from index: inout Int) -> Step {
        if state == .failed { return .failed(error ?? Self.fault("The frame is malformed.")) }
        if state == .payload { return readPayload(bytes, &index) }
        guard index < bytes.count else { return .needsMore }
        let start = index
        if isClosed {
            // Nothing may follow a Close frame; what does is not parsed.
            index = bytes.count
            return .other(start..<index)
        }
        while state != .payload, index < bytes.count {
            if let message = readHeader(bytes[index]) { return failed(message) }
            index += 1
        }
        return .other(start..<index)
    }

    // MARK: - Headers

    /// Reads a byte of a frame's header.
    ///
    /// - Returns: The fault; `nil` for none.
    private mutating func readHeader(_ byte: UInt8) -> String? {
        switch state {
        case .header:
            guard byte & 0x70 == 0 else { return "A frame has a reserved bit, and no extension was agreed on." }
            opcode = byte & 0x0f
            isFinal = byte & 0x80 != 0
            if opcode >= Opcode.close {
                guard opcode <= Opcode.pong else { return "A frame has an unknown opcode." }
                guard isFinal else { return "A control frame is fragmented." }
            } else if opcode == Opcode.continuation {
                guard message != 0 else { return "A continuation has no message to continue." }
            } else {
                guard opcode <= Opcode.binary else { return "A frame has an unknown opcode." }
                guard message == 0 else { return "A message begins within another." }
                message = opcode
                hasBegun = false
            }
            state = .length
        case .length:
            let isMasked = byte & 0x80 != 0
            guard isMasked == (sender == .client) else {
                return isMasked ? "A server's frame is masked." : "A client's frame is not masked."
            }
            shortLength = byte & 0x7f
            guard opcode < Opcode.close || shortLength <= 125 else {
                return "A control frame is longer than 125 bytes."
            }
            guard opcode != Opcode.close || shortLength != 1 else { return "A Close frame has half a status." }
            remaining = UInt64(shortLength)
            switch shortLength {
            case 126:
                remaining = 0
                headerBytes = 2
                state = .longLength
            case 127:
                remaining = 0
                headerBytes = 8
                state = .longLength
            default: endLength()
            }
        case .longLength:
            remaining = remaining << 8 | UInt64(byte)
            headerBytes -= 1
            guard headerBytes == 0 else { return nil }
            guard remaining > (shortLength == 126 ? 125 : 65_535) else {
                return "A frame's length has more bytes than it needs."
            }
            guard remaining <= UInt64(Int64.max) else { return "A frame's length is beyond 63 bits." }
            endLength()
        case .mask:
            mask = mask << 8 | UInt32(byte)
            headerBytes -= 1
            if headerBytes == 0 { state = .payload }
        case .payload, .failed:
            break
        }
        return nil
    }

    private mutating func endLength() {
        guard sender == .client else {
            state = .payload
            return
        }
        mask = 0
        headerBytes = 4
        state = .mask
    }

    // MARK: - Payload

    private mutating func readPayload(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Step {
        let available = bytes.count - index
        guard remaining == 0 || available > 0 else { return .needsMore }
        let start = index
        let count = Int(min(remaining, UInt64(available)))
        remaining -= UInt64(count)
        index = start + count
        let range = start..<index
        let isWhole = remaining == 0
        if isWhole { state = .header }
        if opcode == Opcode.close {
            readStatus(bytes, range)
            isClosed = isWhole
            return .close(range, isLast: isWhole)
        }
        if opcode < Opcode.close {
            let isText = message == Opcode.text && sender == .server
            let isLast = isWhole && isFinal
            if isLast { message = 0 }
            if isText, isLast || !range.isEmpty {
                let isFirst = !hasBegun
                hasBegun = true
                return .text(range, isFirst: isFirst, isLast: isLast)
            }
        }
        // A frame without payload yields no step.
        return range.isEmpty ? next(bytes, from: &index) : .other(range)
    }

    /// Reads the status from the first two bytes of a Close frame's payload.
    private mutating func readStatus(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        for index in range where closeBytes < 2 {
            let key = UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * closeBytes))
            closeStatus = closeStatus << 8 | Int(bytes[index] ^ key)
            closeBytes += 1
        }
    }

    private static func fault(_ message: String) -> WireError { WireError(502, "bad_websocket_frame", message) }

    private mutating func failed(_ message: String) -> Step {
        let error = Self.fault(message)
        self.error = error
        state = .failed
        return .failed(error)
    }
}
