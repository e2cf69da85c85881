/// Why a text is not JSON, and where.
package struct JSONDocumentError: Error, Equatable, CustomStringConvertible {
    /// The kinds of mistakes.
    package enum Code: String, Sendable {
        /// The text ends too early.
        case unexpectedEnd = "unexpected_end"
        /// Something else was expected.
        case unexpectedCharacter = "unexpected_character"
        /// A string holds something that must be escaped, or a wrong escape.
        case invalidString = "invalid_string"
        /// A number is not spelt as JSON wants it.
        case invalidNumber = "invalid_number"
        /// Values are nested too deeply.
        case tooDeep = "too_deep"
    }

    /// The kind of the mistake.
    package let code: Code
    /// Where it is.
    package let position: JSONDocument.Position
    /// What is wrong, and what to do.
    package let message: String

    /// The place and the message.
    package var description: String { "\(position): \(message)" }
}
