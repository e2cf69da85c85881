/// Checks a JSON text against RFC 8259, and takes out the space between its parts.
package struct JSONCompactor {
    private static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0
    private var output: [UInt8] = []

    /// Creates a compactor of a text.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The whole text as one value; `nil` if it is none.
    package mutating func document() -> String? {
        guard value(depth: 0) else { return nil }
        skipSpace()
        return index == bytes.count ? String(decoding: output, as: UTF8.self) : nil
    }

    /// The members of the object that the text is, in their order; `nil` if it is none.
    package mutating func members() -> [(key: String, literal: String)]? {
        var members: [(key: String, literal: String)] = []
        skipSpace()
        guard take("{") else { return nil }
        skipSpace()
        if take("}") { return isAtEnd ? members : nil }
        while true {
            skipSpace()
            guard let key = string() else { return nil }
            skipSpace()
            guard take(":") else { return nil }
            output.removeAll(keepingCapacity: true)
            guard value(depth: 1) else { return nil }
            members.append((key, String(decoding: output, as: UTF8.self)))
            skipSpace()
            if take(",") { continue }
            return take("}") && isAtEnd ? members : nil
        }
    }

    /// The elements of the array that the text is, in their order; `nil` if it is none.
    package mutating func elements() -> [String]? {
        var elements: [String] = []
        skipSpace()
        guard take("[") else { return nil }
        skipSpace()
        if take("]") { return isAtEnd ? elements : nil }
        while true {
            output.removeAll(keepingCapacity: true)
            guard value(depth: 1) else { return nil }
            elements.append(String(decoding: output, as: UTF8.self))
            skipSpace()
            if take(",") { continue }
            return take("]") && isAtEnd ? elements : nil
        }
    }

    /// The text of the string that follows; `nil` if none does.
    package mutating func string() -> String? {
        let start = index
        guard skipString() else { return nil }
        return Self.unescaped(bytes[(start + 1)..<(index - 1)])
    }

    private var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return index == bytes.count
        }
    }

    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        guard depth < Self.maximumDepth, index < bytes.count else { return false }
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "{"): return container(closing: "}", depth: depth)
        case UInt8(ascii: "["): return container(closing: "]", depth: depth)
        case UInt8(ascii: "\""): guard skipString() else { return false }
        case UInt8(ascii: "t"): guard skip("true") else { return false }
        case UInt8(ascii: "f"): guard skip("false") else { return false }
        case UInt8(ascii: "n"): guard skip("null") else { return false }
        default: guard skipNumber() else { return false }
        }
        output.append(contentsOf: bytes[start..<index])
        return true
    }

    private mutating func container(closing: Unicode.Scalar, depth: Int) -> Bool {
        output.append(bytes[index])
        index += 1
        skipSpace()
        if take(closing) {
            output.append(UInt8(ascii: closing))
            return true
        }
        while true {
            if closing == "}" {
                skipSpace()
                let start = index
                guard skipString() else { return false }
                output.append(contentsOf: bytes[start..<index])
                skipSpace()
                guard take(":") else { return false }
                output.append(UInt8(ascii: ":"))
            }
            guard value(depth: depth + 1) else { return false }
            skipSpace()
            if take(",") {
                output.append(UInt8(ascii: ","))
                continue
            }
            guard take(closing) else { return false }
            output.append(UInt8(ascii: closing))
            return true
        }
    }

    private mutating func skipString() -> Bool {
        guard take("\"") else { return false }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return true
            case UInt8(ascii: "\\"):
                index += 1
                guard index < bytes.count else { return false }
                if bytes[index] == UInt8(ascii: "u") {
                    guard bytes.dropFirst(index + 1).prefix(4).filter(Self.isHexadecimal).count == 4 else {
                        return false
                    }
                } else if !"\"\\/bfnrt".utf8.contains(bytes[index]) {
                    return false
                }
            case 0..<0x20: return false
            default: break
            }
            index += 1
        }
        return false
    }

    private mutating func skipNumber() -> Bool {
        _ = take("-")
        if !take("0") {
            guard skipDigits() else { return false }
        }
        if take(".") {
            guard skipDigits() else { return false }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard skipDigits() else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        return index > start
    }

    private mutating func skip(_ word: String) -> Bool {
        guard bytes[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        var result = ""
        var plain: [UInt8] = []
        func flushUnits() {
            if !units.isEmpty { result += String(decoding: units, as: UTF16.self) }
            units.removeAll()
        }
        func flushPlain() {
            if !plain.isEmpty { result += String(decoding: plain, as: UTF8.self) }
            plain.removeAll()
        }
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                flushUnits()
                plain.append(byte)
                continue
            }
            flushPlain()
            switch escaped {
            case UInt8(ascii: "u"):
                units.append(UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0xfffd)
                rest = rest.dropFirst(4)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "t"): units.append(0x09)
            default: units.append(UInt16(escaped))
            }
        }
        flushPlain()
        flushUnits()
        return result
    }
}
