/// An error or warning about the text of a price book.
package struct PriceBookFinding: Sendable, Equatable, CustomStringConvertible {
    /// The severity of a finding.
    package enum Severity: String, Sendable {
        /// The book cannot be used.
        case error
        /// The book can be used, but should be reviewed.
        case warning
    }

    /// The severity.
    package let severity: Severity
    /// The kind of problem.
    package let code: PriceBookError.Code
    /// The position in the text.
    package let position: JSONDocument.Position
    /// The path within the document (`models.gpt-4o.periods[0].per_1m.default.input`).
    package let path: String
    /// The problem and how to fix it.
    package let message: String

    /// The finding on one line.
    package var description: String {
        "\(position): \(severity.rawValue): \(path.isEmpty ? "" : path + ": ")\(message)"
    }
}
