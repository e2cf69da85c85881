/// An error in the definition or use of a metric.
package struct MetricsError: Error, Equatable, CustomStringConvertible {
    /// The kind of error.
    package enum Code: String, Sendable {
        /// A name is invalid in the exposition formats.
        case invalidName
        /// A label name is invalid or reserved in the exposition formats.
        case invalidLabelName
        /// Bucket bounds are not finite and ascending.
        case invalidBuckets
        /// A family, or one of its series, already exists.
        case duplicate
        /// The number of label values differs from the number of label names.
        case labelCount
        /// An operation or number does not match the kind of the family.
        case kind
        /// A family is not registered.
        case unknownFamily
    }

    /// The kind of error.
    package let code: Code
    /// The name of the family.
    package let family: String
    /// The problem and how to fix it.
    package let message: String

    package init(_ code: Code, family: String, _ message: String) {
        self.code = code
        self.family = family
        self.message = message
    }

    /// The family and the message.
    package var description: String { "metric \(family): \(message)" }
}
