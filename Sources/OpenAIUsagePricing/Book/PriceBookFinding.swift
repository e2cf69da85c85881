/// Something that is wrong in the text of a price book, or looks so.
package struct PriceBookFinding: Sendable, Equatable, CustomStringConvertible {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// The book cannot be used.
        case error
        /// The book can be used, but someone should look.
        case warning
    }

    /// How bad it is.
    package let severity: Severity
    /// What kind of thing it is.
    package let code: PriceBookError.Code
    /// Where it is in the text.
    package let position: JSONDocument.Position
    /// Where it is in the document (`models.gpt-4o.periods[0].per_1m.default.input`).
    package let path: String
    /// What is wrong, and what to do.
    package let message: String

    /// Everything in one line.
    package var description: String {
        "\(position): \(severity.rawValue): \(path.isEmpty ? "" : path + ": ")\(message)"
    }
}
