/// An error in the text of a JSON document, with its position.
package struct JSONDocumentError: Error, Equatable, CustomStringConvertible {
    /// The kinds of errors.
    package enum Code: String, Sendable {
        /// The text ends too early.
        case unexpectedEnd = "unexpected_end"
        /// The text contains an unexpected character.
        case unexpectedCharacter = "unexpected_character"
        /// A string contains an unescaped control character or an invalid escape.
        case invalidString = "invalid_string"
        /// A number does not follow JSON's grammar.
        case invalidNumber = "invalid_number"
        /// Values are nested more than 64 levels deep.
        case tooDeep = "too_deep"
    }

    /// The kind of error.
    package let code: Code
    /// The position of the error.
    package let position: JSONDocument.Position
    /// The problem and how to fix it.
    package let message: String

    /// The position and the message.
    package var description: String { "\(position): \(message)" }
}
