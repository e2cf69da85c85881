/// An observation that exemplifies a value, with the request ID of its call.
package struct Exemplar: Sendable, Equatable {
    /// The provider's request ID.
    package let requestID: String
    /// The observed value; for a counter, the increment.
    package private(set) var value: Double
    /// The time of the observation, in microseconds since 1970.
    package let microseconds: Int64

    /// The maximum length of a request ID: the label names and values of an exemplar are limited to 128 characters in
    /// total.
    private static let maximumLength = 100

    /// Creates an exemplar; `nil` if the request ID is too long or contains characters other than ASCII letters,
    /// digits, and `_-.:/+=`, or if a number is invalid.
    package init?(requestID: String, value: Double, microseconds: Int64) {
        guard !requestID.isEmpty, requestID.utf8.count <= Self.maximumLength,
            requestID.utf8.allSatisfy(Self.isAllowed), value.isFinite, microseconds >= 0
        else { return nil }
        self.requestID = requestID
        self.value = value
        self.microseconds = microseconds
    }

    /// Returns the exemplar of the same call with another value; `nil` if the value is not finite.
    package func with(value: Double) -> Exemplar? {
        guard value.isFinite else { return nil }
        var copy = self
        copy.value = value
        return copy
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
            true
        default:
            false
        }
    }
}
