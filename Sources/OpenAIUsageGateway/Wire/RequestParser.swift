import NIOCore

/// An incremental parser of request heads.
///
/// A head is consumed as a whole, once it is complete. The parser remembers how far it has searched, so the same bytes must
/// be passed again at the next call, with more behind them.
struct RequestParser: Sendable {
    enum Step: Sendable {
        case needsMore
        case head(RequestHead)
        /// The connection's bytes cannot be parsed any further; nothing is consumed, and every later call fails alike.
        case failed(WireError)
    }

    private enum Phase {
        /// The request line is incomplete: there is no line feed before the index.
        case line(searched: Int)
        case fields(FieldLines, RequestLine)
        case failed(WireError)
    }

    /// The properties of a head that follow from several fields.
    private struct Verdict {
        var framing: BodyFraming
        var keepsAlive: Bool
        var expectsContinue: Bool
        var upgradeIndex: Int32
        var namesConnectionFields: Bool
    }

    private enum Outcome {
        case needsMore
        case complete(length: Int, RequestLine, FieldLines, Verdict)
        case failed(WireError)
    }

    let limits: HeadLimits
    private var phase = Phase.line(searched: 0)
    /// The number of bytes of the empty line before the request line.
    private var skipped = 0
    private var capacity = 16

    init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

    /// True if a head has begun but is incomplete.
    var isInsideHead: Bool {
        switch phase {
        case .line(let searched): searched > skipped
        case .fields: true
        case .failed: false
        }
    }

    /// Continues parsing.
    ///
    /// - Parameter buffer: The unread bytes, from the start of the next head. A complete head is consumed.
    /// - Returns: The head, if it is complete.
    mutating func parse(_ buffer: inout ByteBuffer) -> Step {
        switch buffer.withUnsafeReadableBytes({ advance($0) }) {
        case .needsMore:
            return .needsMore
        case .failed(let error):
            phase = .failed(error)
            return .failed(error)
        case .complete(let length, let line, let lines, let verdict):
            buffer.moveReaderIndex(forwardBy: skipped)
            let bytes = buffer.readSlice(length: length) ?? ByteBuffer()
            skipped = 0
            capacity = max(8, lines.fields.count + 2)
            return .head(
                RequestHead(
                    bytes: bytes,
                    line: line,
                    fields: lines.fields,
                    present: lines.present,
                    framing: verdict.framing,
                    keepsAlive: verdict.keepsAlive,
                    expectsContinue: verdict.expectsContinue,
                    namesConnectionFields: verdict.namesConnectionFields,
                    upgradeIndex: verdict.upgradeIndex
                )
            )
        }
    }

    @inline(__always)
    private mutating func advance(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        if case .failed(let error) = phase { return .failed(error) }
        guard let first = bytes.baseAddress, bytes.count > 0 else { return .needsMore }
        var lines: FieldLines
        let line: RequestLine
        switch phase {
        case .failed(let error):
            return .failed(error)
        case .line(let searched):
            do throws(WireError) {
                guard let (read, end) = try readLine(first, bytes.count, searched) else { return .needsMore }
                line = read
                lines = FieldLines(start: end, capacity: capacity)
            } catch {
                var error = error
                error.line = error.line?.shifted(by: skipped)
                return .failed(error)
            }
        case .fields(let known, let read):
            lines = known
            line = read
        }
        // No second reference remains, so that the array of fields grows in place.
        phase = .line(searched: 0)
        let base = first + skipped
        do throws(WireError) {
            switch lines.read(base, bytes.count - skipped, limits) {
            case .needsMore:
                phase = .fields(lines, line)
                return .needsMore
            case .complete(let end):
                return .complete(length: end, line, lines, try Self.judge(base, line, lines))
            case .failed(let fault):
                throw fault.error(limits)
            }
        } catch {
            var error = error
            error.line = line.shifted(by: skipped)
            return .failed(error)
        }
    }

    /// Parses the request line, if it is complete.
    @inline(__always)
    private mutating func readLine(
        _ first: UnsafeRawPointer,
        _ count: Int,
        _ searched: Int
    ) throws(WireError) -> (line: RequestLine, end: Int)? {
        if searched == 0, Octets.byte(first, 0) == Octets.carriageReturn {
            guard count > 1 else { return nil }
            guard Octets.byte(first, 1) == Octets.lineFeed else {
                throw .badLine("A carriage return stands before the request line.")
            }
            skipped = 2
        }
        guard count > skipped else { return nil }
        let base = first + skipped
        let count = count - skipped
        let opening = Octets.byte(base, 0)
        guard Octets.isToken(opening) else {
            throw .badLine(Self.opening(opening))
        }
        let longest = min(limits.bytes, limits.targetBytes + RequestLineReader.overhead)
        let resumes = searched > skipped
        if resumes, Octets.first(Octets.lineFeed, first, searched, count + skipped) == nil {
            return try unfinished(count, longest)
        }
        if let parts = RequestLineReader.read(base, count) {
            guard parts.target + 11 <= longest else { throw .targetTooLong }
            return (try RequestLineReader.judge(base, parts, limits), parts.target + 11)
        }
        guard let feed = Octets.first(Octets.lineFeed, base, 0, count) else { return try unfinished(count, longest) }
        guard feed < longest else { throw .targetTooLong }
        throw RequestLineReader.fault(base, feed)
    }

    private mutating func unfinished(
        _ count: Int,
        _ longest: Int
    ) throws(WireError) -> (line: RequestLine, end: Int)? {
        guard count < longest else { throw .targetTooLong }
        phase = .line(searched: skipped + count)
        return nil
    }

    private static func opening(_ byte: UInt8) -> String {
        switch byte {
        case 0x16: "The client speaks TLS; this listener speaks plain HTTP."
        case Octets.carriageReturn, Octets.lineFeed: "Empty lines stand before the request line."
        default: "The request line does not begin with a method."
        }
    }

    // MARK: - Semantics of the fields

    private static func judge(
        _ base: UnsafeRawPointer,
        _ line: RequestLine,
        _ lines: FieldLines
    ) throws(WireError) -> Verdict {
        let marks = lines.marks
        let fields = lines.fields
        if marks.host.count == 0 {
            guard line.isHTTP10 else { throw WireError(400, "missing_host", "The request has no Host field.") }
        } else {
            guard marks.host.count == 1 else {
                throw WireError(400, "bad_host", "The request has more than one Host field.")
            }
            guard Authority.isPlausible(base, fields[marks.host.index].value) else {
                throw WireError(400, "bad_host", "The Host field is not a host with at most one port.")
            }
        }
        let framing = try MessageFraming.read(base, lines, isHTTP10: line.isHTTP10) ?? .none
        let options = lines.connectionOptions(base)
        var verdict = Verdict(
            framing: framing,
            keepsAlive: !options.close && (!line.isHTTP10 || options.keepAlive),
            expectsContinue: false,
            upgradeIndex: -1,
            namesConnectionFields: options.namesFields
        )
        guard !line.isHTTP10 else { return verdict }
        let hasBody = framing != .none && framing != .length(0)
        if hasBody, lines.present.contains(.expect) {
            verdict.expectsContinue = fields.contains { field in
                field.known == .expect
                    && Octets.matches(base, field.value.lowerBound, field.value.count, "100-continue")
            }
        }
        if options.upgrade, !hasBody, marks.upgrade.count == 1 {
            verdict.upgradeIndex = Int32(truncatingIfNeeded: marks.upgrade.index)
        }
        return verdict
    }
}

/// The framing of a body, from the fields of its message.
enum MessageFraming {
    /// Evaluates `Content-Length` and `Transfer-Encoding`.
    ///
    /// - Returns: The framing; `nil` if both fields are absent.
    static func read(
        _ base: UnsafeRawPointer,
        _ lines: FieldLines,
        isHTTP10: Bool
    ) throws(WireError) -> BodyFraming? {
        let marks = lines.marks
        if marks.coding.count > 0 {
            guard marks.length.count == 0 else { throw .conflictingLengths }
            guard marks.coding.count == 1, !isHTTP10 else { throw .badCoding }
            let value = lines.fields[marks.coding.index].value
            guard !Octets.matches(base, value.lowerBound, value.count, "chunked") else { return .chunked }
            throw isListOfOtherCodings(base, value) ? .unsupportedCoding : .badCoding
        }
        guard marks.length.count > 0 else { return nil }
        guard marks.length.count == 1 else { throw .severalLengths }
        let value = lines.fields[marks.length.index].value
        guard let length = Octets.decimal(base, value) else {
            let isList = Octets.first(Octets.comma, base, value.lowerBound, value.upperBound) != nil
            throw isList ? .severalLengths : .badLength
        }
        return .length(length)
    }

    /// True for a list of tokens in which `chunked` occurs at most once, and last.
    private static func isListOfOtherCodings(_ base: UnsafeRawPointer, _ value: Range<Int>) -> Bool {
        var start = value.lowerBound
        while start <= value.upperBound {
            let comma = Octets.first(Octets.comma, base, start, value.upperBound) ?? value.upperBound
            let element = Octets.trimmed(base, start, comma)
            guard !element.isEmpty,
                Octets.endOfToken(base, element.lowerBound, element.upperBound) == element.upperBound
            else { return false }
            if comma < value.upperBound, Octets.matches(base, element.lowerBound, element.count, "chunked") {
                return false
            }
            start = comma + 1
        }
        return true
    }
}
