/// One observation that stands for a value, with the identity of the call that made it.
package struct Exemplar: Sendable, Equatable {
    /// The provider's identity of the call.
    package let requestID: String
    /// The observed value; for a counter, the amount that was added.
    package private(set) var value: Double
    /// When it was observed, in microseconds since 1970.
    package let microseconds: Int64

    /// The longest identity: label names and values of an exemplar may hold 128 characters together.
    private static let maximumLength = 100

    /// Creates an exemplar; `nil` when the identity is not made of the characters that identities are made of.
    package init?(requestID: String, value: Double, microseconds: Int64) {
        guard !requestID.isEmpty, requestID.utf8.count <= Self.maximumLength,
            requestID.utf8.allSatisfy(Self.isAllowed), value.isFinite, microseconds >= 0
        else { return nil }
        self.requestID = requestID
        self.value = value
        self.microseconds = microseconds
    }

    /// The same call with another value.
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
