/// Writes JSON on one line, in the order of the calls, with numbers that never pass through floating point.
package struct JSONWriter {
    /// What has been written, in UTF-8.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Creates a writer that has written nothing.
    package init() {}

    /// What has been written.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Starts over, and keeps the memory.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Begins an object.
    package mutating func beginObject() { open("{") }
    /// Ends an object.
    package mutating func endObject() { close("}") }
    /// Begins an array.
    package mutating func beginArray() { open("[") }
    /// Ends an array.
    package mutating func endArray() { close("]") }

    /// Writes the key of the value that follows.
    package mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string; unknown is null.
    package mutating func string(_ value: String?) {
        guard let value else { return literal("null") }
        separate()
        bytes.append(UInt8(ascii: "\""))
        let needsEscape = { (byte: UInt8) in byte < 0x20 || byte == 0x7f || byte == 0x22 || byte == 0x5c }
        if !value.utf8.contains(where: needsEscape) {
            bytes += value.utf8
        } else {
            appendEscaped(value)
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func appendDigits(_ value: UInt64) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func appendEscaped(_ value: String) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0a: bytes += "\\n".utf8
            case 0x0d: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20, 0x7f:
                bytes += "\\u00".utf8
                if byte < 0x10 { bytes.append(UInt8(ascii: "0")) }
                bytes += String(byte, radix: 16).utf8
            default: bytes.append(byte)
            }
        }
    }

    /// Writes an integer; unknown is null.
    package mutating func integer(_ value: (some BinaryInteger)?) {
        guard let value else { return literal("null") }
        separate()
        if let small = Int64(exactly: value), small >= 0 {
            appendDigits(UInt64(small))
        } else {
            bytes += String(value).utf8
        }
        needsComma = true
    }

    /// Writes a text that is JSON already; unknown is null.
    package mutating func literal(_ value: String?) {
        separate()
        bytes += (value ?? "null").utf8
        needsComma = true
    }

    /// Writes a member whose value is a string.
    package mutating func member(_ name: String, _ value: String?) {
        key(name)
        string(value)
    }

    /// Writes a member whose value is an integer.
    package mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
        key(name)
        integer(value)
    }

    /// Writes a member whose value is JSON already.
    package mutating func member(_ name: String, literal value: String?) {
        key(name)
        literal(value)
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
