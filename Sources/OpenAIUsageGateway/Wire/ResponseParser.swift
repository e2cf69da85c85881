import NIOCore

/// The head of a response: its bytes, and the ranges of its parts.
struct ResponseHead: MessageHead {
    let bytes: ByteBuffer
    /// The status, from 100 to 999.
    let status: Int
    /// The range of the reason phrase, which is often empty.
    let reason: Range<Int>
    let isHTTP10: Bool
    let fields: [WireField]
    let present: KnownFieldSet
    /// The framing of the body; `none` if the status or the request's method rules out a body.
    let framing: BodyFraming
    /// True if the connection can carry another request after this response.
    let keepsAlive: Bool
    /// True for `101 Switching Protocols`: the bytes behind the head are not HTTP.
    let switchesProtocols: Bool
    let namesConnectionFields: Bool

    /// True if the content type is that of an event stream.
    var isLabeledEventStream: Bool {
        guard let value = value(.contentType), value.count >= 17 else { return false }
        return withBytes(value) { bytes in
            bytes.baseAddress.map { Octets.matches($0, 0, 17, "text/event-stream") } ?? false
        }
    }

    /// True for an interim response: 100 to 199, except 101.
    var isInterim: Bool { status < 200 && status != 101 }
}

/// An incremental parser of response heads, with the rules of `RequestParser`.
struct ResponseParser: Sendable {
    enum Step: Sendable {
        case needsMore
        case head(ResponseHead)
        /// The connection's bytes cannot be parsed any further; nothing is consumed, and every later call fails alike.
        case failed(WireError)
    }

    private struct StatusLine {
        var status: Int
        var reason: Range<Int>
        var isHTTP10: Bool
        var end: Int
    }

    private enum Phase {
        /// The status line is incomplete: there is no line feed before the index.
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

    /// Continues parsing.
    ///
    /// - Parameters:
    ///   - buffer: The unread bytes, from the start of the next head. A complete head is consumed.
    ///   - method: The method of the request.
    /// - Returns: The head, if it is complete.
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
        // No second reference remains, so that the array of fields grows in place.
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

    /// Parses a status line.
    ///
    /// - Parameters:
    ///   - base: The line's first byte.
    ///   - count: The number of the line's bytes without its line feed.
    /// - Returns: The line's parts.
    /// - Throws: An error if the line is malformed.
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

    // MARK: - Semantics of the fields

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
        // A server that announces a body where there is none may send it anyway: the bytes that follow are not trusted.
        // A 304 and a response to HEAD may state the length that the content has elsewhere.
        if isBodiless, line.status != 101, told != nil, told != .length(0) {
            keepsAlive = keepsAlive && line.status == 304 && told != .chunked
        }
        return Verdict(framing: framing, keepsAlive: keepsAlive, namesConnectionFields: options.namesFields)
    }
}
