/// The irreversible fingerprint of a key: its public prefix, its last four characters and a keyed digest.
public struct KeyFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The key's public prefix and last four characters, as in `sk-proj-...1234`.
    public var hint: String
    /// The first six bytes of the keyed digest (HMAC-SHA-256).
    public var digest: UInt64

    /// Creates a fingerprint from its parts.
    public init(hint: String, digest: UInt64) {
        self.hint = hint
        self.digest = digest
    }

    /// The digest as 12 hexadecimal digits.
    public var digestText: String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }

    /// The hint and the first six digits of the digest, as in `sk-proj-...1234 #5f2c9a`.
    public var description: String {
        "\(hint) #\(digestText.prefix(6))"
    }
}
