/// The identity of an attempt: an integer that grows with time.
///
/// The upper 52 bits are the microseconds since 1970; the lower 11 distinguish attempts that start in the same
/// microsecond.
public struct CallID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The integer, which is the ledger's key.
    public var rawValue: Int64

    /// Creates an identity from its integer.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Creates the identity of a call by its start, as a meter does.
    ///
    /// - Parameters:
    ///   - startedAt: The start of the call.
    ///   - number: A number that tells calls of the same microsecond apart, 0 to 2047.
    public init(startedAt: Timestamp, number: Int = 0) {
        self.init(rawValue: startedAt.microsecondsSince1970 << 11 | Int64(number & 0x7ff))
    }

    /// Creates an identity from its 16 hexadecimal digits; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt64(text, radix: 16), value <= UInt64(Int64.max)
        else { return nil }
        self.rawValue = Int64(value)
    }

    /// The 16 hexadecimal digits, which sort like the identities.
    public var description: String {
        String(unsafeUninitializedCapacity: 16) { bytes in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: rawValue >> Int64(60 - index * 4)) & 0xf
                bytes[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }

    /// True if the left identity is the older one.
    public static func < (left: CallID, right: CallID) -> Bool {
        left.rawValue < right.rawValue
    }
}
