import NIOCore

/// The head of a response: its bytes, and where its parts are.
struct ResponseHead: MessageHead {
    let bytes: ByteBuffer
    /// The status, from 100 to 999.
    let status: Int
    /// The reason phrase; often empty.
    let reason: Range<Int>
    let isHTTP10: Bool
    let fields: [WireField]
    let present: KnownFieldSet
    /// The rule by which the body ends; `none` for responses without one by their status or by the request's method.
    let framing: BodyFraming
    /// True if the connection can carry another request after this response.
    let keepsAlive: Bool
    /// True for `101 Switching Protocols`: whatever follows the head is not HTTP.
    let switchesProtocols: Bool
    let namesConnectionFields: Bool

    /// True if the content type is that of an event stream.
    var isLabelledEventStream: Bool {
        guard let value = value(.contentType), value.count >= 17 else { return false }
        return withBytes(value) { bytes in
            bytes.baseAddress.map { Octets.matches($0, 0, 17, "text/event-stream") } ?? false
        }
    }

    /// True for a response before the final one: 100 to 199, without 101.
    var isInterim: Bool { status < 200 && status != 101 }
}

/// Finds and reads the heads of responses in the bytes of a connection, as `RequestParser` does those of requests.
struct ResponseParser: Sendable {
    enum Step: Sendable {
        case needsMore
        case head(ResponseHead)
        /// The connection's bytes cannot be read on; nothing is consumed, and every further call fails alike.
        case failed(WireError)
    }

    private struct StatusLine {
        var status: Int
        var reason: Range<Int>
        var isHTTP10: Bool
        var end: Int
    }

    private enum Phase {
        /// The status line is not there in full: no line feed before the index.
        case line(searched: Int)
        case fields(FieldLines, StatusLine)
        case failed(WireError)
    }

    private struct Verdict {
        var framing: BodyFraming
        var keepsAlive: Bool
        var namesConnectionFields: Bool
    }

    private enum Outcome {
        case needsMore
        case complete(length: Int, StatusLine, FieldLines, Verdict)
        case failed(WireError)
    }

    let limits: HeadLimits
    private var phase = Phase.line(searched: 0)
    private var capacity = 24

    init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

    /// Reads on in the connection's bytes.
    ///
    /// - Parameters:
    ///   - buffer: The unread bytes, from the first that no head was made of. A whole head is consumed.
    ///   - method: The method of the request that is answered.
    /// - Returns: The head, if it is there in full.
    mutating func parse(_ buffer: inout ByteBuffer, answering method: RequestMethod) -> Step {
        switch buffer.withUnsafeReadableBytes({ advance($0, method) }) {
        case .needsMore:
            return .needsMore
        case .failed(let error):
            phase = .failed(error)
            return .failed(error)
        case .complete(let length, let line, let lines, let verdict):
            let bytes = buffer.readSlice(length: length) ?? ByteBuffer()
            capacity = max(8, lines.fields.count + 2)
            return .head(
                ResponseHead(
                    bytes: bytes,
                    status: line.status,
                    reason: line.reason,
                    isHTTP10: line.isHTTP10,
                    fields: lines.fields,
                    present: lines.present,
                    framing: verdict.framing,
                    keepsAlive: verdict.keepsAlive,
                    switchesProtocols: line.status == 101,
                    namesConnectionFields: verdict.namesConnectionFields
                )
            )
        }
    }

    @inline(__always)
    private mutating func advance(_ bytes: UnsafeRawBufferPointer, _ method: RequestMethod) -> Outcome {
        if case .failed(let error) = phase { return .failed(error) }
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .needsMore }
        var lines: FieldLines
        let line: StatusLine
        switch phase {
        case .failed(let error):
            return .failed(error)
        case .line(let searched):
            do throws(WireError) {
                guard let read = try readLine(base, bytes.count, searched) else { return .needsMore }
                line = read
                lines = FieldLines(start: read.end, capacity: capacity)
            } catch {
                return .failed(error)
            }
        case .fields(let known, let read):
            lines = known
            line = read
        }
        // No copy is left behind, so that the array of fields grows in its place.
        phase = .line(searched: 0)
        do throws(WireError) {
            switch lines.read(base, bytes.count, limits) {
            case .needsMore:
                phase = .fields(lines, line)
                return .needsMore
            case .complete(let end):
                return .complete(length: end, line, lines, try Self.judge(base, line, lines, method))
            case .failed(let fault):
                throw fault.error(limits)
            }
        } catch {
            return .failed(error.asResponse())
        }
    }

    // MARK: - The status line

    @inline(__always)
    private mutating func readLine(
        _ base: UnsafeRawPointer,
        _ count: Int,
        _ searched: Int
    ) throws(WireError) -> StatusLine? {
        guard Octets.byte(base, 0) == UInt8(ascii: "H") else {
            throw .response("The response does not begin with an HTTP version.")
        }
        let longest = min(limits.bytes, limits.targetBytes + RequestLineReader.overhead)
        guard let feed = Octets.first(Octets.lineFeed, base, searched, count) else {
            guard count < longest else { throw .response("The status line is too long.") }
            phase = .line(searched: count)
            return nil
        }
        guard feed < longest else { throw .response("The status line is too long.") }
        return try Self.read(base, feed)
    }

    private static let version11: UInt64 = 0x312e_312f_5054_5448
    private static let version10: UInt64 = 0x302e_312f_5054_5448

    /// Reads a status line.
    ///
    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - count: The number of the line's bytes without its line feed.
    /// - Returns: The line's parts.
    /// - Throws: What is wrong with the line.
    private static func read(_ base: UnsafeRawPointer, _ count: Int) throws(WireError) -> StatusLine {
        guard count > 0, Octets.byte(base, count - 1) == Octets.carriageReturn else {
            throw .response("The status line ends without a carriage return.")
        }
        let end = count - 1
        guard end >= 12 else { throw .response("The status line is too short.") }
        let version = Octets.word(base, 0)
        guard version == version11 || version == version10 else {
            throw .response("The response's version is neither HTTP/1.1 nor HTTP/1.0.")
        }
        guard Octets.byte(base, 8) == Octets.space,
            let status = Octets.decimal(base, 9..<12), status >= 100
        else { throw .response("The status line has no status of three digits.") }
        guard end == 12 || Octets.byte(base, 12) == Octets.space else {
            throw .response("The status line has no space behind its status.")
        }
        guard Octets.endOfText(base, 12, end) == end else {
            throw .response("The reason phrase has a control character.")
        }
        return StatusLine(
            status: status,
            reason: min(13, end)..<end,
            isHTTP10: version == version10,
            end: count + 1
        )
    }

    // MARK: - What the fields say together

    private static func judge(
        _ base: UnsafeRawPointer,
        _ line: StatusLine,
        _ lines: FieldLines,
        _ method: RequestMethod
    ) throws(WireError) -> Verdict {
        let told = try MessageFraming.read(base, lines, isHTTP10: line.isHTTP10)
        let options = lines.connectionOptions(base)
        let isBodiless = line.status < 200 || line.status == 204 || line.status == 304
        let framing: BodyFraming
        if line.status == 101 {
            framing = .untilClose
        } else if isBodiless || method == .head {
            framing = .none
        } else {
            framing = told ?? .untilClose
        }
        var keepsAlive = framing != .untilClose && !options.close && (!line.isHTTP10 || options.keepAlive)
        // A server that announces a body where there is none may send it all the same: what follows is not trusted.
        // A 304 and an answer to HEAD may tell the length that the content has elsewhere.
        if isBodiless, line.status != 101, told != nil, told != .length(0) {
            keepsAlive = keepsAlive && line.status == 304 && told != .chunked
        }
        return Verdict(framing: framing, keepsAlive: keepsAlive, namesConnectionFields: options.namesFields)
    }
}
