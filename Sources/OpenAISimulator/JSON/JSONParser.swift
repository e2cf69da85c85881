/// A parser of one JSON text (RFC 8259) into a ``JSONValue``.
struct JSONParser {
    /// The maximum nesting depth.
    static let maximumDepth = 256

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Parses a complete text.
    static func parse(_ bytes: [UInt8]) throws(JSONParserError) -> JSONValue {
        // The closure of `withUnsafeBytes` can only throw untyped errors here; a result keeps the type.
        let result = bytes.withUnsafeBytes { bytes -> Result<JSONValue, JSONParserError> in
            var parser = JSONParser(bytes)
            do throws(JSONParserError) {
                return .success(try parser.parseDocument())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func parseDocument() throws(JSONParserError) -> JSONValue {
        skipBlanks()
        let value = try parseValue()
        skipBlanks()
        guard position == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    private func failure(_ problem: String) -> JSONParserError {
        JSONParserError(offset: position, problem: problem)
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws(JSONParserError) -> JSONValue {
        guard position < bytes.count else { throw failure("the text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseLiteral("true", .bool(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .bool(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        default: return try parseNumber()
        }
    }

    private mutating func parseLiteral(
        _ literal: StaticString,
        _ value: JSONValue
    ) throws(JSONParserError) -> JSONValue {
        let count = literal.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw failure("an unfinished value") }
        for index in 0..<count where bytes[position + index] != literal.utf8Start[index] {
            throw failure("an unknown value")
        }
        position += count
        return value
    }

    private mutating func enter() throws(JSONParserError) {
        depth += 1
        guard depth <= JSONParser.maximumDepth else {
            throw failure("more than \(JSONParser.maximumDepth) levels of nesting")
        }
        position += 1
        skipBlanks()
    }

    private mutating func parseArray() throws(JSONParserError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try parseValue())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or ] is missing") }
            skipBlanks()
        }
    }

    private mutating func parseObject() throws(JSONParserError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw failure("a member's name is missing")
            }
            let name = try parseString()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
            skipBlanks()
            members.append(JSONValue.Member(name: name, value: try parseValue()))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or } is missing") }
            skipBlanks()
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func parseNumber() throws(JSONParserError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let leadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        guard let digits = takeDigits(), !(leadingZero && digits > 1) else { throw failure("an unknown value") }
        if take(UInt8(ascii: ".")) {
            guard takeDigits() != nil else { throw failure("a number without digits after the point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard takeDigits() != nil else { throw failure("a number without digits in the exponent") }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func takeDigits() -> Int? {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return position > start ? position - start : nil
    }

    private mutating func parseString() throws(JSONParserError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return String(decoding: bytes[start..<position], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            position += 1
        }
        throw failure("an unfinished string")
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONParserError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                try parseEscape(into: &text)
            } else {
                guard byte >= 0x20 else { throw failure("a control character in a string") }
                text.append(byte)
            }
        }
        throw failure("an unfinished string")
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONParserError) {
        guard position < bytes.count else { throw failure("an unfinished string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try parseUnicodeEscape(into: &text)
        default: throw failure("an unknown escape")
        }
    }

    private mutating func parseUnicodeEscape(into text: inout [UInt8]) throws(JSONParserError) {
        var scalar = try parseCodeUnit()
        if scalar >= 0xD800, scalar < 0xDC00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        {
            let afterFirst = position
            position += 2
            let second = try parseCodeUnit()
            if second >= 0xDC00, second < 0xE000 {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (second - 0xDC00)
            } else {
                position = afterFirst
            }
        }
        text.append(contentsOf: Character(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    }

    private mutating func parseCodeUnit() throws(JSONParserError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("an unfinished escape") }
        var unit: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw failure("an escape with a character that is not a hexadecimal digit")
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }
}
