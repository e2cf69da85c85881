/// An error in the text of a price book, with its position.
public struct PriceBookError: Error, Equatable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: String, Sendable {
        /// The text is not JSON.
        case syntax
        /// A key occurs twice in one object.
        case duplicateKey = "duplicate_key"
        /// A key or name is unknown.
        case unknownKey = "unknown_key"
        /// A key is missing.
        case missingKey = "missing_key"
        /// A value has the wrong type or is not one of the allowed values.
        case invalidValue = "invalid_value"
        /// A price is negative or not a decimal number with the digits that are allowed.
        case invalidPrice = "invalid_price"
        /// A price is outside the plausible range for its unit.
        case unlikelyPrice = "unlikely_price"
        /// A discount of more than a half, which is often meant the other way round.
        case unlikelyDiscount = "unlikely_discount"
        /// A period ends before it starts.
        case reversedPeriod = "reversed_period"
        /// Two periods share a day.
        case overlappingPeriods = "overlapping_periods"
        /// A name belongs to two models or tools.
        case duplicateID = "duplicate_id"
        /// A model lacks a tier that a related model has, or prices lack the default tier.
        case missingTier = "missing_tier"
    }

    /// The kind of error.
    public let code: Code
    /// The line, starting at 1.
    public let line: Int
    /// The column, starting at 1, in Unicode scalars.
    public let column: Int
    /// The path within the document, such as `models.gpt-4o.periods[0].from`.
    public let path: String
    /// The problem and how to fix it.
    public let message: String

    init(_ finding: PriceBookFinding) {
        code = finding.code
        line = finding.position.line
        column = finding.position.column
        path = finding.path
        message = finding.message
    }

    /// The position, path and message.
    public var description: String {
        "price book, line \(line), column \(column)\(path.isEmpty ? "" : ", \(path)"): \(message)"
    }
}
