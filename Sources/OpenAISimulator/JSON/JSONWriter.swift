import NIOCore

/// A writer of JSON text, either on one line or in OpenAI's layout of plain answers.
///
/// A large text is not written: the output is divided into frames around it.
struct JSONWriter {
    /// The maximum size of a text that is written into the output itself, in bytes.
    static let inlineTextLimit = 16 * 1024

    private let isPretty: Bool
    private let text: AnswerText
    private var buffer: ByteBuffer
    private var frames: [Frame] = []
    private var depth = 0
    private var isFirst = true

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - buffer: The buffer to append to.
    ///   - isPretty: True to write members on lines of their own, indented by two spaces per level.
    ///   - text: The text that ``answerText(_:)`` writes.
    init(into buffer: ByteBuffer, isPretty: Bool, text: AnswerText) {
        self.buffer = buffer
        self.isPretty = isPretty
        self.text = text
    }

    /// Returns the output as frames; the last one may have no text.
    consuming func finish() -> [Frame] {
        frames.append(Frame(head: buffer))
        return frames
    }

    /// Writes an object.
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"), close: UInt8(ascii: "}"), members)
    }

    /// Writes a member that is an object.
    mutating func object(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    /// Writes a member that is an array.
    mutating func array(_ name: StaticString, _ elements: (inout JSONWriter) -> Void) {
        self.name(name)
        open(UInt8(ascii: "["), close: UInt8(ascii: "]"), elements)
    }

    /// Writes an element of an array.
    mutating func element(_ value: (inout JSONWriter) -> Void) {
        separate()
        value(&self)
    }

    /// Writes a member that is a string, or `null`.
    mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { buffer.writeJSONString(value) } else { buffer.writeStaticString("null") }
    }

    /// Writes a member that is a whole number.
    mutating func member(_ name: StaticString, _ value: Int) {
        self.name(name)
        buffer.writeDecimal(value)
    }

    /// Writes a member whose value is JSON text.
    mutating func member(_ name: StaticString, json: StaticString) {
        self.name(name)
        buffer.writeStaticString(json)
    }

    /// Writes a member with a parsed value.
    mutating func member(_ name: StaticString, value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member with the answer's whole text.
    mutating func answerText(_ name: StaticString) {
        self.name(name)
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.byteCount <= JSONWriter.inlineTextLimit {
            text.write(0..<text.byteCount, to: &buffer)
        } else {
            frames.append(Frame(head: buffer, text: 0..<text.byteCount))
            buffer = ByteBuffer()
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func value(_ value: JSONValue) {
        switch value {
        case .null: buffer.writeStaticString("null")
        case .bool(let flag): buffer.writeStaticString(flag ? "true" : "false")
        case .number(let digits): buffer.writeString(digits)
        case .string(let text): buffer.writeJSONString(text)
        case .array(let elements):
            open(UInt8(ascii: "["), close: UInt8(ascii: "]")) { writer in
                for element in elements {
                    writer.element { $0.value(element) }
                }
            }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.separate()
                    writer.buffer.writeJSONString(member.name)
                    writer.colon()
                    writer.value(member.value)
                }
            }
        }
    }

    private mutating func open(_ opening: UInt8, close closing: UInt8, _ content: (inout JSONWriter) -> Void) {
        buffer.writeInteger(opening)
        depth += 1
        isFirst = true
        content(&self)
        depth -= 1
        if !isFirst { breakLine() }
        isFirst = false
        buffer.writeInteger(closing)
    }

    /// Writes everything before a member's value.
    ///
    /// A single access to the buffer writes all of it, which makes plain answers fast.
    private mutating func name(_ name: StaticString) {
        let indent = isPretty ? 1 + depth * 2 : 0
        let isSeparated = !isFirst
        let isPretty = isPretty
        isFirst = false
        let count = name.utf8CodeUnitCount
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count + indent + 5) { target in
            var position = 0
            func put(_ byte: UInt8) {
                target[position] = byte
                position += 1
            }
            if isSeparated { put(UInt8(ascii: ",")) }
            if isPretty {
                put(UInt8(ascii: "\n"))
                for _ in 1..<indent { put(UInt8(ascii: " ")) }
            }
            put(UInt8(ascii: "\""))
            for byte in UnsafeBufferPointer(start: name.utf8Start, count: count) { put(byte) }
            put(UInt8(ascii: "\""))
            put(UInt8(ascii: ":"))
            if isPretty { put(UInt8(ascii: " ")) }
            return position
        }
    }

    private mutating func colon() {
        buffer.writeInteger(UInt8(ascii: ":"))
        if isPretty { buffer.writeInteger(UInt8(ascii: " ")) }
    }

    private mutating func separate() {
        if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
        isFirst = false
        breakLine()
    }

    private mutating func breakLine() {
        guard isPretty else { return }
        buffer.writeInteger(UInt8(ascii: "\n"))
        buffer.writeRepeatingByte(UInt8(ascii: " "), count: depth * 2)
    }
}
