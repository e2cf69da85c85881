/// An error in the definition or in the use of a metric.
package struct MetricsError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: String, Sendable {
        /// A name that the exposition formats do not allow.
        case invalidName
        /// A label name that the exposition formats do not allow, or that they use themselves.
        case invalidLabelName
        /// Bounds of a histogram that do not ascend.
        case invalidBuckets
        /// A family, or one of the series that it produces, that exists already.
        case duplicate
        /// Label values that do not match the family's label names in number.
        case labelCount
        /// An operation or a number that the family's kind does not have.
        case kind
        /// A family that is not registered.
        case unknownFamily
    }

    /// What is wrong.
    package let code: Code
    /// The family that it concerns.
    package let family: String
    /// The message: what was wrong, and what to do.
    package let message: String

    package init(_ code: Code, family: String, _ message: String) {
        self.code = code
        self.family = family
        self.message = message
    }

    /// The family and the message.
    package var description: String { "metric \(family): \(message)" }
}
