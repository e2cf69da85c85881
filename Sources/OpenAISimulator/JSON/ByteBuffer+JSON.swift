import NIOCore

extension ByteBuffer {
    /// Appends a number in decimal digits.
    mutating func writeDecimal(_ number: Int) {
        if number < 0 { writeInteger(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let count = withUnsafeMutableBytes(of: &digits) { target in
            var index = target.count
            repeat {
                index -= 1
                target[index] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            return target.count - index
        }
        withUnsafeBytes(of: &digits) { source in
            _ = writeBytes(UnsafeRawBufferPointer(rebasing: source[(source.count - count)...]))
        }
    }

    /// Appends a text as a JSON string, in quotes.
    mutating func writeJSONString(_ text: String) {
        var text = text
        writeInteger(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                writeBytes(bytes[start..<index])
                writeJSONEscape(byte)
                start = index + 1
            }
            writeBytes(bytes[start...])
        }
        writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeJSONEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x0A: writeStaticString("\\n")
        case 0x0D: writeStaticString("\\r")
        case 0x09: writeStaticString("\\t")
        default:
            writeStaticString("\\u00")
            writeInteger(HexText.digit(UInt64(byte >> 4)))
            writeInteger(HexText.digit(UInt64(byte)))
        }
    }
}
