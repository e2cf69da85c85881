/// A JSON document as a tree in which every value and key knows its place, and numbers keep their text.
package struct JSONDocument: Sendable {
    /// A place in the text, counted from 1; columns count characters as Unicode scalars.
    package struct Position: Sendable, Hashable, CustomStringConvertible {
        /// The line.
        package var line: Int
        /// The column.
        package var column: Int

        /// The place as `line 3, column 7`.
        package var description: String { "line \(line), column \(column)" }
    }

    /// A value and its place.
    package struct Node: Sendable {
        /// The value.
        package var value: Value
        /// Where the value starts.
        package var position: Position
    }

    /// A member of an object.
    package struct Member: Sendable {
        /// The name.
        package var name: String
        /// Where the name starts.
        package var position: Position
        /// The value.
        package var node: Node
    }

    /// A value.
    package indirect enum Value: Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A number, as it is written.
        case number(String)
        /// A string, decoded.
        case string(String)
        /// An array.
        case array([Node])
        /// An object, with all its members in their order.
        case object([Member])

        /// What the value is, for messages.
        package var kind: String {
            switch self {
            case .null: "null"
            case .bool: "a boolean"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        }
    }

    /// A name that stands twice in one object.
    package struct Duplicate: Sendable {
        /// The name.
        package var name: String
        /// Where the name stands again.
        package var position: Position
        /// Where it stood first.
        package var first: Position
    }

    /// The root.
    package let root: Node
    /// The names that stand twice in their object, in the order of the text.
    package let duplicates: [Duplicate]

    /// Parses a text.
    package init(parsing text: String) throws(JSONDocumentError) {
        var parser = JSONDocumentParser(text)
        root = try parser.parse()
        duplicates = parser.duplicates
    }
}
