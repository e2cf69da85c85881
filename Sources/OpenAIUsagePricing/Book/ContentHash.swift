/// A short hash of a text (FNV-1a, 64 bits) that tells versions apart; not a cryptographic hash.
package enum ContentHash {
    /// Returns the hash of a text's UTF-8 bytes.
    package static func value(of text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash = hash &* 0x100_0000_01b3
        }
        return hash
    }

    /// Formats a hash as 16 hexadecimal digits.
    package static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
