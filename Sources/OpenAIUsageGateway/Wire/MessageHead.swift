import NIOCore

/// Limits of a message's head.
struct HeadLimits: Sendable, Equatable {
    /// The longest head, from its first line to the empty line, in bytes.
    var bytes = 64 << 10
    /// The longest request target, in bytes.
    var targetBytes = 16 << 10
    /// The most field lines.
    var fields = 256
}

/// The rule by which a message's body ends.
enum BodyFraming: Equatable, Sendable {
    /// There is no body.
    case none
    /// The body has so many bytes.
    case length(Int)
    /// The body comes in chunks.
    case chunked
    /// The body ends with its connection.
    case untilClose
}

/// A field line of a head, as offsets from the reader index of the head's bytes.
struct WireField: Sendable, Equatable {
    private let start: Int32
    private let colon: Int32
    private let valueStart: Int32
    private let valueEnd: Int32
    private let end: Int32
    /// The field, if it is one that the gateway looks at.
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

    /// The field's name, in the sender's case.
    var name: Range<Int> { Int(start)..<Int(colon) }

    /// The field's value, without the blanks around it.
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

    /// The whole line with its CRLF; it begins where the line before it ends.
    var line: Range<Int> { Int(start)..<Int(end) }
}

/// A parsed head: the bytes it came in, and where its fields are.
protocol MessageHead: Sendable {
    /// The head from its first line to the empty line, inclusive.
    var bytes: ByteBuffer { get }
    var fields: [WireField] { get }
    /// The known fields that the head has.
    var present: KnownFieldSet { get }
    /// True if `Connection` names fields to be removed.
    var namesConnectionFields: Bool { get }
}

extension MessageHead {
    /// The place of the value of the first field of a name.
    func value(_ known: KnownField) -> Range<Int>? {
        guard present.contains(known) else { return nil }
        for field in fields where field.known == known { return field.value }
        return nil
    }

    /// Calls a closure with the place of every value of a name, in the order of the fields.
    func forEachValue(of known: KnownField, _ body: (Range<Int>) throws -> Void) rethrows {
        guard present.contains(known) else { return }
        for field in fields where field.known == known { try body(field.value) }
    }

    /// Calls a closure with the bytes of a range, which are valid during the call only.
    ///
    /// - Parameters:
    ///   - range: Offsets in the head.
    ///   - body: The closure.
    /// - Returns: What the closure returns.
    @inline(__always)
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeReadableBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The text of a range; bytes that are not UTF-8 are replaced.
    func string(_ range: Range<Int>) -> String {
        withBytes(range) { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of the first value of a field.
    func string(_ known: KnownField) -> String? { value(known).map { string($0) } }

    /// True if the first value of a field begins with a text, whatever the case of its letters.
    ///
    /// - Parameters:
    ///   - known: The field.
    ///   - text: The text in lower case: letters, digits, hyphens, slashes and blanks only.
    /// - Returns: False if there is no such field, too.
    func begins(_ known: KnownField, with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard let value = value(known), value.count >= count else { return false }
        return withBytes(value) { bytes in
            for index in 0..<count where Octets.lowercased(bytes[index]) != text.utf8Start[index] { return false }
            return true
        }
    }

    /// The text of the first value of a field that has no short way.
    ///
    /// - Parameter name: The name in lower case.
    /// - Returns: The text; `nil` if there is no such field.
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

    /// The range as a slice that shares the head's memory.
    func slice(_ range: Range<Int>) -> ByteBuffer {
        bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    /// True if `Connection` names this field.
    ///
    /// - Parameters:
    ///   - name: The place of the field's name.
    ///   - base: The head's bytes.
    /// - Returns: True if an option is the name, whatever its case.
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

/// The elements of a comma-separated list, without the blanks around them and without empty ones.
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
    /// True if a field is named that is not removed anyway.
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
