import NIOCore

/// The limits of a message's head.
struct HeadLimits: Sendable, Equatable {
    /// The maximum size of a head, from its first line to the empty line, in bytes.
    var bytes = 64 << 10
    /// The maximum size of a request target, in bytes.
    var targetBytes = 16 << 10
    /// The maximum number of field lines.
    var fields = 256
}

/// The framing of a message's body.
enum BodyFraming: Equatable, Sendable {
    /// No body.
    case none
    /// A body of that many bytes.
    case length(Int)
    /// A chunked body.
    case chunked
    /// A body that ends with its connection.
    case untilClose
}

/// A field line of a head, as offsets from the reader index of the head's bytes.
struct WireField: Sendable, Equatable {
    private let start: Int32
    private let colon: Int32
    private let valueStart: Int32
    private let valueEnd: Int32
    private let end: Int32
    /// The field, if it is one that the gateway knows.
    let known: KnownField?

    @inline(__always)
    init(start: Int, colon: Int, valueStart: Int, valueEnd: Int, end: Int, known: KnownField?) {
        self.start = Int32(truncatingIfNeeded: start)
        self.colon = Int32(truncatingIfNeeded: colon)
        self.valueStart = Int32(truncatingIfNeeded: valueStart)
        self.valueEnd = Int32(truncatingIfNeeded: valueEnd)
        self.end = Int32(truncatingIfNeeded: end)
        self.known = known
    }

    /// The range of the field's name, in the sender's case.
    var name: Range<Int> { Int(start)..<Int(colon) }

    /// The range of the field's value, without surrounding blanks.
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

    /// The range of the line with its CRLF; it begins where the line before it ends.
    var line: Range<Int> { Int(start)..<Int(end) }
}

/// A parsed head: its bytes, and the ranges of its fields.
protocol MessageHead: Sendable {
    /// The head from its first line to the empty line, inclusive.
    var bytes: ByteBuffer { get }
    var fields: [WireField] { get }
    /// The known fields in the head.
    var present: KnownFieldSet { get }
    /// True if `Connection` names fields to remove.
    var namesConnectionFields: Bool { get }
}

extension MessageHead {
    /// Returns the range of the first value of a field.
    func value(_ known: KnownField) -> Range<Int>? {
        guard present.contains(known) else { return nil }
        for field in fields where field.known == known { return field.value }
        return nil
    }

    /// Calls a closure with the range of every value of a field, in order.
    func forEachValue(of known: KnownField, _ body: (Range<Int>) throws -> Void) rethrows {
        guard present.contains(known) else { return }
        for field in fields where field.known == known { try body(field.value) }
    }

    /// Calls a closure with the bytes of a range, which are valid during the call only.
    ///
    /// - Parameters:
    ///   - range: Offsets in the head.
    ///   - body: The closure.
    /// - Returns: The closure's result.
    @inline(__always)
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeReadableBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Returns the text of a range; invalid UTF-8 is replaced.
    func string(_ range: Range<Int>) -> String {
        withBytes(range) { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the text of the first value of a field.
    func string(_ known: KnownField) -> String? { value(known).map { string($0) } }

    /// True if the first value of a field begins with a text, ignoring case.
    ///
    /// - Parameters:
    ///   - known: The field.
    ///   - text: The text in lower case: letters, digits, hyphens, slashes and blanks only.
    /// - Returns: False also if the field is absent.
    func begins(_ known: KnownField, with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard let value = value(known), value.count >= count else { return false }
        return withBytes(value) { bytes in
            for index in 0..<count where Octets.lowercased(bytes[index]) != text.utf8Start[index] { return false }
            return true
        }
    }

    /// Returns the text of the first value of any field, by its name.
    ///
    /// - Parameter name: The name in lower case.
    /// - Returns: The text; `nil` if the field is absent.
    func string(named name: String) -> String? {
        let count = name.utf8.count
        return withBytes(0..<bytes.readableBytes) { bytes in
            for field in fields where field.name.count == count {
                let isSame = zip(bytes[field.name], name.utf8).allSatisfy { Octets.lowercased($0) == $1 }
                if isSame { return string(field.value) }
            }
            return nil
        }
    }

    /// Returns a range as a slice that shares the head's memory.
    func slice(_ range: Range<Int>) -> ByteBuffer {
        bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    /// True if `Connection` names a field.
    ///
    /// - Parameters:
    ///   - name: The range of the field's name.
    ///   - base: The head's bytes.
    /// - Returns: True if an option equals the name, ignoring case.
    func connectionNames(_ name: Range<Int>, _ base: UnsafeRawPointer) -> Bool {
        for field in fields where field.known == .connection {
            var options = ListElements(field.value)
            while let option = options.next(base) {
                guard option.count == name.count else { continue }
                let isSame = zip(option, name).allSatisfy {
                    Octets.lowercased(Octets.byte(base, $0)) == Octets.lowercased(Octets.byte(base, $1))
                }
                if isSame { return true }
            }
        }
        return false
    }
}

/// The elements of a comma-separated list, without surrounding blanks and without empty elements.
struct ListElements {
    private var position: Int
    private let end: Int

    init(_ value: Range<Int>) {
        position = value.lowerBound
        end = value.upperBound
    }

    mutating func next(_ base: UnsafeRawPointer) -> Range<Int>? {
        while position < end {
            let comma = Octets.first(Octets.comma, base, position, end) ?? end
            let element = Octets.trimmed(base, position, comma)
            position = comma + 1
            if !element.isEmpty { return element }
        }
        return nil
    }
}

/// The options of the field `Connection`.
struct ConnectionOptions {
    var close = false
    var keepAlive = false
    var upgrade = false
    /// True if an option names a field to remove.
    var namesFields = false

    mutating func add(_ value: Range<Int>, _ base: UnsafeRawPointer) {
        var options = ListElements(value)
        while let option = options.next(base) {
            let start = option.lowerBound
            let count = option.count
            if Octets.matches(base, start, count, "keep-alive") {
                keepAlive = true
            } else if Octets.matches(base, start, count, "close") {
                close = true
            } else if Octets.matches(base, start, count, "upgrade") {
                upgrade = true
            } else {
                namesFields = true
            }
        }
    }
}
