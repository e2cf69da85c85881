extension JSONDocument.Value {
    /// Creates an object with members in the given order, omitting those whose value is `nil`.
    package static func members(_ members: KeyValuePairs<String, JSONDocument.Value?>) -> JSONDocument.Value {
        .members(members.map { ($0.key, $0.value) })
    }

    /// Creates an object with members in the given order, omitting those whose value is `nil`.
    package static func members(_ members: [(name: String, value: JSONDocument.Value?)]) -> JSONDocument.Value {
        .object(
            members.compactMap { name, value in
                value.map { JSONDocument.Member(name: name, position: .start, node: JSONDocument.Node($0)) }
            }
        )
    }

    /// Creates an array of values.
    package static func elements(_ values: [JSONDocument.Value]) -> JSONDocument.Value {
        .array(values.map { JSONDocument.Node($0) })
    }

    /// Creates a string, or `null` for `nil`.
    package static func text(_ text: String?) -> JSONDocument.Value { text.map { .string($0) } ?? .null }

    /// Creates an integer, or `null` for `nil`.
    package static func integer(_ value: (some BinaryInteger)?) -> JSONDocument.Value {
        value.map { .number(String($0)) } ?? .null
    }

    /// The value as JSON on one line.
    package var line: String {
        var text = ""
        write(to: &text, indentation: nil)
        return text
    }

    /// The value as indented JSON, with members and elements on lines of their own; short objects and arrays of scalars
    /// stay on one line.
    package var indented: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text
    }

    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let number): text += number
        case .string(let string): Self.write(string, to: &text)
        case .array(let elements):
            Self.writeList("[", "]", elements, isShort: isShort, to: &text, indentation) { element, text, indentation in
                element.value.write(to: &text, indentation: indentation)
            }
        case .object(let members):
            Self.writeList("{", "}", members, isShort: isShort, to: &text, indentation) { member, text, indentation in
                Self.write(member.name, to: &text)
                text += indentation == nil ? ":" : ": "
                member.node.value.write(to: &text, indentation: indentation)
            }
        }
    }

    /// True if the value fits on one line of indented JSON.
    private var isShort: Bool {
        switch self {
        case .array(let elements): Self.isShort(elements.map(\.value), names: [])
        case .object(let members): Self.isShort(members.map(\.node.value), names: members.map(\.name))
        default: true
        }
    }

    private static func isShort(_ values: [JSONDocument.Value], names: [String]) -> Bool {
        var length = names.reduce(0) { $0 + $1.utf8.count + 6 }
        for value in values {
            switch value {
            case .array, .object: return false
            case .string(let text), .number(let text): length += text.utf8.count + 4
            case .null, .bool: length += 7
            }
        }
        return length <= 100
    }

    private static func writeList<Item>(
        _ opening: String,
        _ closing: String,
        _ items: [Item],
        isShort: Bool,
        to text: inout String,
        _ indentation: Int?,
        _ write: (Item, inout String, Int?) -> Void
    ) {
        text += opening
        let inner = indentation.map { $0 + 1 }
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let inner, !isShort {
                text += "\n" + String(repeating: "  ", count: inner)
            } else if indentation != nil, index > 0 {
                text += " "
            }
            write(item, &text, inner)
        }
        if let indentation, !isShort { text += "\n" + String(repeating: "  ", count: indentation) }
        text += closing
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONDocument.Node {
    /// Creates a node for a value that was not parsed from text; its position is line 1, column 1.
    package init(_ value: JSONDocument.Value) {
        self.init(value: value, position: .start)
    }
}

extension JSONDocument.Position {
    static let start = JSONDocument.Position(line: 1, column: 1)
}
