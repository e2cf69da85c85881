/// A JSON document as a tree that records the position of every value and key and the text of every number.
package struct JSONDocument: Sendable {
    /// A position in the text, starting at line 1, column 1; columns count Unicode scalars.
    package struct Position: Sendable, Hashable, CustomStringConvertible {
        /// The line.
        package var line: Int
        /// The column.
        package var column: Int

        /// The position as `line 3, column 7`.
        package var description: String { "line \(line), column \(column)" }
    }

    /// A value and its position.
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
        /// The position of the name.
        package var position: Position
        /// The value.
        package var node: Node
    }

    /// A JSON value.
    package indirect enum Value: Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A number, as written.
        case number(String)
        /// A string, with escapes decoded.
        case string(String)
        /// An array.
        case array([Node])
        /// An object, with all members in text order, including duplicates.
        case object([Member])

        /// The type of the value, for messages.
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

    /// A name that occurs more than once in an object.
    package struct Duplicate: Sendable {
        /// The name.
        package var name: String
        /// The position of the repeated name.
        package var position: Position
        /// The position of the first occurrence.
        package var first: Position
    }

    /// The root value.
    package let root: Node
    /// The repeated names, in text order.
    package let duplicates: [Duplicate]

    /// Creates a document by parsing a text.
    ///
    /// - Throws: A ``JSONDocumentError`` at the first error.
    package init(parsing text: String) throws(JSONDocumentError) {
        var parser = JSONDocumentParser(text)
        root = try parser.parse()
        duplicates = parser.duplicates
    }
}
