/// A strict JSON parser (RFC 8259) for documents written by people.
struct JSONDocumentParser {
    private static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    /// The offset up to which columns of the current line are counted, and the column at that offset.
    private var counted = (offset: 0, column: 1)
    private var depth = 0
    private(set) var duplicates: [JSONDocument.Duplicate] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func parse() throws(JSONDocumentError) -> JSONDocument.Node {
        let root = try parseValue()
        skipBlanks()
        if index < bytes.count { throw unexpected("the end of the document") }
        return root
    }

    /// Returns the position of a byte on the current line.
    ///
    /// Positions are mostly requested in ascending order: counting resumes where it stopped, so that a document on one
    /// long line takes linear time.
    private mutating func position(at offset: Int) -> JSONDocument.Position {
        if offset < counted.offset || counted.offset < lineStart { counted = (lineStart, 1) }
        // UTF-8 continuation bytes belong to the preceding scalar.
        for byte in bytes[counted.offset..<offset] where byte & 0xc0 != 0x80 { counted.column += 1 }
        counted.offset = offset
        return JSONDocument.Position(line: line, column: counted.column)
    }

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0a:
                line += 1
                lineStart = index + 1
            case 0x20, 0x09, 0x0d: break
            default: return
            }
            index += 1
        }
    }

    private mutating func parseValue() throws(JSONDocumentError) -> JSONDocument.Node {
        skipBlanks()
        let start = position(at: index)
        guard index < bytes.count else { throw unexpected("a value") }
        let value: JSONDocument.Value
        switch bytes[index] {
        case UInt8(ascii: "{"): value = try nested { parser throws(JSONDocumentError) in try parser.parseObject() }
        case UInt8(ascii: "["): value = try nested { parser throws(JSONDocumentError) in try parser.parseArray() }
        case UInt8(ascii: "\""): value = .string(try parseString())
        case UInt8(ascii: "-"), 0x30...0x39: value = .number(try parseNumber())
        case UInt8(ascii: "t"): value = try parseLiteral("true", .bool(true))
        case UInt8(ascii: "f"): value = try parseLiteral("false", .bool(false))
        case UInt8(ascii: "n"): value = try parseLiteral("null", .null)
        default: throw unexpected("a value")
        }
        return JSONDocument.Node(value: value, position: start)
    }

    private mutating func nested(
        _ body: (inout JSONDocumentParser) throws(JSONDocumentError) -> JSONDocument.Value
    ) throws(JSONDocumentError) -> JSONDocument.Value {
        guard depth < Self.maximumDepth else {
            throw JSONDocumentError(
                code: .tooDeep,
                position: position(at: index),
                message: "values are nested more than \(Self.maximumDepth) deep"
            )
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func parseObject() throws(JSONDocumentError) -> JSONDocument.Value {
        index += 1
        var members: [JSONDocument.Member] = []
        var seen: [String: JSONDocument.Position] = [:]
        skipBlanks()
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            let start = position(at: index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
            let name = try parseString()
            if let first = seen[name] {
                duplicates.append(JSONDocument.Duplicate(name: name, position: start, first: first))
            } else {
                seen[name] = start
            }
            skipBlanks()
            guard take(":") else { throw unexpected("':' after the name \"\(name)\"") }
            members.append(JSONDocument.Member(name: name, position: start, node: try parseValue()))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw unexpected("',' or '}'") }
        return .object(members)
    }

    private mutating func parseArray() throws(JSONDocumentError) -> JSONDocument.Value {
        index += 1
        var elements: [JSONDocument.Node] = []
        skipBlanks()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try parseValue())
            skipBlanks()
        } while take(",")
        guard take("]") else { throw unexpected("',' or ']'") }
        return .array(elements)
    }

    private mutating func parseLiteral(
        _ word: StaticString,
        _ value: JSONDocument.Value
    ) throws(JSONDocumentError) -> JSONDocument.Value {
        for offset in 0..<word.utf8CodeUnitCount
        where index + offset >= bytes.count || bytes[index + offset] != word.utf8Start[offset] {
            throw unexpected("a value")
        }
        index += word.utf8CodeUnitCount
        return value
    }

    private mutating func parseNumber() throws(JSONDocumentError) -> String {
        let start = index
        _ = take("-")
        let integer = takeDigits()
        let isLeadingZero = integer > 1 && bytes[index - integer] == 0x30
        var isValid = integer > 0 && !isLeadingZero
        if take(".") { isValid = takeDigits() > 0 && isValid }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            isValid = takeDigits() > 0 && isValid
        }
        guard isValid else {
            throw JSONDocumentError(
                code: .invalidNumber,
                position: position(at: start),
                message: "this is not a number of JSON; write it as 0.25"
            )
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func parseString() throws(JSONDocumentError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try parseEscape()).utf8)
            case 0..<0x20:
                throw invalidString(at: index, "a control character in a string must be escaped")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw JSONDocumentError(
            code: .unexpectedEnd,
            position: position(at: start),
            message: "the string that begins here has no end"
        )
    }

    private mutating func parseEscape() throws(JSONDocumentError) -> Unicode.Scalar {
        let start = index
        index += 1
        guard index < bytes.count else { throw invalidString(at: start, "an escape is not complete") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw invalidString(at: start, "there is no such escape in JSON")
        }
        var code = try parseHexadecimal(start)
        if 0xd800..<0xdc00 ~= code, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        {
            index += 2
            let low = try parseHexadecimal(start)
            guard 0xdc00..<0xe000 ~= low else { throw invalidString(at: start, "a surrogate lacks its other half") }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw invalidString(at: start, "a surrogate lacks its other half")
        }
        return scalar
    }

    private mutating func parseHexadecimal(_ start: Int) throws(JSONDocumentError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw invalidString(at: start, "'\\u' needs four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
        index += 1
        return true
    }

    private mutating func takeDigits() -> Int {
        let start = index
        while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
        return index - start
    }

    private mutating func invalidString(at offset: Int, _ message: String) -> JSONDocumentError {
        JSONDocumentError(code: .invalidString, position: position(at: offset), message: message)
    }

    private mutating func unexpected(_ expected: String) -> JSONDocumentError {
        guard index < bytes.count else {
            return JSONDocumentError(
                code: .unexpectedEnd,
                position: position(at: index),
                message: "the document ends where \(expected) is expected"
            )
        }
        return JSONDocumentError(
            code: .unexpectedCharacter,
            position: position(at: index),
            message: "\(expected) is expected here"
        )
    }
}
