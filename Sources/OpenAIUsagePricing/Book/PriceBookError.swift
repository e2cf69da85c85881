/// Why a text is not a price book, and where.
public struct PriceBookError: Error, Equatable, CustomStringConvertible {
    /// The kinds of mistakes.
    public enum Code: String, Sendable {
        /// The text is not JSON.
        case syntax
        /// A key stands twice in one object.
        case duplicateKey = "duplicate_key"
        /// A key or name is not known.
        case unknownKey = "unknown_key"
        /// A key is missing.
        case missingKey = "missing_key"
        /// A value is of the wrong kind, or none of the known ones.
        case invalidValue = "invalid_value"
        /// A price is not a decimal number.
        case invalidPrice = "invalid_price"
        /// A price is far from what its unit costs elsewhere.
        case unlikelyPrice = "unlikely_price"
        /// The last day of a period lies before its first.
        case reversedPeriod = "reversed_period"
        /// Two periods share a day.
        case overlappingPeriods = "overlapping_periods"
        /// A name belongs to two models or tools.
        case duplicateID = "duplicate_id"
        /// A snapshot of a model lacks a tier that the model has.
        case missingTier = "missing_tier"
    }

    /// The kind of the mistake.
    public let code: Code
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// Where the mistake is in the document, as `models.gpt-4o.periods[0].from`.
    public let path: String
    /// What is wrong, and what to do.
    public let message: String

    init(_ finding: PriceBookFinding) {
        code = finding.code
        line = finding.position.line
        column = finding.position.column
        path = finding.path
        message = finding.message
    }

    /// The place and the message.
    public var description: String {
        "price book, line \(line), column \(column)\(path.isEmpty ? "" : ", \(path)"): \(message)"
    }
}
