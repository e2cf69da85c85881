/// A plain and strict reader of JSON (RFC 8259) that has the whole document before it: an oracle of the scanner.
///
/// It makes the scanner's two decisions: nesting has a bound, and what stands in strings need not be UTF-8.
struct StrictJSON: Equatable {
    indirect enum Value: Equatable {
        case null
        case bool(Bool)
        /// The number's own text.
        case number([UInt8])
        /// The decoded text; half a pair of surrogates is U+FFFD.
        case string([UInt8])
        case array([StrictJSON])
        /// All members in their order, those of the same name too.
        case object([Member])
    }

    struct Member: Equatable {
        var name: [UInt8]
        var value: StrictJSON
    }

    enum Verdict: Equatable {
        case valid(StrictJSON)
        /// More bytes could make it a document.
        case incomplete
        /// No further byte could.
        case invalid
    }

    static let maximumDepth = 1_024

    var value: Value
    /// Where the value stands in the document.
    var range: Range<Int>

    static func == (left: StrictJSON, right: StrictJSON) -> Bool { left.value == right.value }

    static func verdict(_ bytes: [UInt8]) -> Verdict {
        var reader = Reader(bytes: bytes)
        do {
            return .valid(try reader.document())
        } catch {
            return error == .incomplete ? .incomplete : .invalid
        }
    }

    /// The document; `nil` if it is none.
    init?(_ bytes: [UInt8]) {
        guard case .valid(let document) = Self.verdict(bytes) else { return nil }
        self = document
    }

    init(_ value: Value, _ range: Range<Int> = 0..<0) {
        self.value = value
        self.range = range
    }

    /// The members if this is an object.
    var members: [Member]? { if case .object(let members) = value { members } else { nil } }

    /// The last member of a name, which is the one that counts.
    subscript(name: String) -> StrictJSON? { members?.last { $0.name.elementsEqual(name.utf8) }?.value }

    private enum Failure: Error { case incomplete, invalid }

    private struct Container {
        var start: Int
        var isObject: Bool
        var elements: [StrictJSON] = []
        var members: [Member] = []
        var name: [UInt8] = []

        mutating func take(_ element: StrictJSON) {
            if isObject { members.append(Member(name: name, value: element)) } else { elements.append(element) }
        }
    }

    // It keeps its own stack, so that deep nesting does not need the thread's.
    private struct Reader {
        let bytes: [UInt8]
        var index = 0
        var containers: [Container] = []

        mutating func document() throws(Failure) -> StrictJSON {
            try skipBlanks()
            while true {
                guard var element = try value() else { continue }
                while true {
                    guard var container = containers.popLast() else {
                        skipBlanksToEnd()
                        guard index == bytes.count else { throw .invalid }
                        return element
                    }
                    container.take(element)
                    try skipBlanks()
                    let byte = try next()
                    if byte == UInt8(ascii: ",") {
                        try skipBlanks()
                        if container.isObject { container.name = try name() }
                        containers.append(container)
                        break
                    }
                    guard byte == UInt8(ascii: container.isObject ? "}" : "]") else { throw .invalid }
                    element = close(container)
                }
            }
        }

        /// A whole value; `nil` if one begins that has others in it, of which the first comes next.
        private mutating func value() throws(Failure) -> StrictJSON? {
            let start = index
            let byte = try next()
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard containers.count < StrictJSON.maximumDepth else { throw .invalid }
                var container = Container(start: start, isObject: byte == UInt8(ascii: "{"))
                try skipBlanks()
                if bytes[index] == UInt8(ascii: container.isObject ? "}" : "]") {
                    index += 1
                    return close(container)
                }
                if container.isObject { container.name = try name() }
                containers.append(container)
                return nil
            case UInt8(ascii: "\""): return StrictJSON(.string(try string()), start..<index)
            case UInt8(ascii: "t"): return try literal("rue", .bool(true), start)
            case UInt8(ascii: "f"): return try literal("alse", .bool(false), start)
            case UInt8(ascii: "n"): return try literal("ull", .null, start)
            default:
                index = start
                try number()
                return StrictJSON(.number(Array(bytes[start..<index])), start..<index)
            }
        }

        private func close(_ container: Container) -> StrictJSON {
            StrictJSON(
                container.isObject ? .object(container.members) : .array(container.elements),
                container.start..<index
            )
        }

        private mutating func next() throws(Failure) -> UInt8 {
            guard index < bytes.count else { throw .incomplete }
            index += 1
            return bytes[index - 1]
        }

        private mutating func skipBlanksToEnd() {
            while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
        }

        private mutating func skipBlanks() throws(Failure) {
            skipBlanksToEnd()
            guard index < bytes.count else { throw .incomplete }
        }

        private mutating func literal(_ rest: StaticString, _ value: Value, _ start: Int) throws(Failure) -> StrictJSON
        {
            for offset in 0..<rest.utf8CodeUnitCount {
                guard try next() == rest.utf8Start[offset] else { throw .invalid }
            }
            return StrictJSON(value, start..<index)
        }

        private mutating func name() throws(Failure) -> [UInt8] {
            guard try next() == UInt8(ascii: "\"") else { throw .invalid }
            let name = try string()
            try skipBlanks()
            guard try next() == UInt8(ascii: ":") else { throw .invalid }
            try skipBlanks()
            return name
        }

        private mutating func digits() throws(Failure) {
            guard index < bytes.count else { throw .incomplete }
            guard 0x30...0x39 ~= bytes[index] else { throw .invalid }
            while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
        }

        private mutating func number() throws(Failure) {
            if bytes[index] == UInt8(ascii: "-") { index += 1 }
            let first = index
            try digits()
            guard bytes[first] != UInt8(ascii: "0") || index == first + 1 else { throw .invalid }
            if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
                index += 1
                try digits()
            }
            guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return }
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            try digits()
        }

        private mutating func string() throws(Failure) -> [UInt8] {
            var units: [UInt8] = []
            var high: UInt32?
            while true {
                let byte = try next()
                guard byte == UInt8(ascii: "\\"), index <= bytes.count else {
                    if byte == UInt8(ascii: "\"") { return units }
                    guard byte >= 0x20 else { throw .invalid }
                    units.append(byte)
                    high = nil
                    continue
                }
                let escaped = try next()
                if escaped == UInt8(ascii: "u") {
                    let unit = try hexadecimal()
                    if let first = high, 0xdc00...0xdfff ~= unit {
                        units.removeLast(3)
                        let scalar = 0x10000 + (first - 0xd800) << 10 + (unit - 0xdc00)
                        units += String(Unicode.Scalar(scalar) ?? "\u{fffd}").utf8
                        high = nil
                    } else {
                        high = 0xd800...0xdbff ~= unit ? unit : nil
                        units += String(Unicode.Scalar(unit) ?? "\u{fffd}").utf8
                    }
                    continue
                }
                guard let place = Array("\"\\/bfnrt".utf8).firstIndex(of: escaped) else { throw .invalid }
                units.append(Array("\"\\/\u{8}\u{c}\n\r\t".utf8)[place])
                high = nil
            }
        }

        private mutating func hexadecimal() throws(Failure) -> UInt32 {
            var unit: UInt32 = 0
            for _ in 0..<4 {
                let byte = try next()
                guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .invalid }
                unit = unit << 4 | UInt32(digit)
            }
            return unit
        }
    }
}
