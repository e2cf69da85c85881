/// The hash under which a row is found by an identity.
///
/// It is part of the file format: FNV-1a of the UTF-8 text in 64 bits, mixed so that its first bits are as good as its last.
enum IdentityHash {
    /// The hash of a text.
    static func hash(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8(hash(_:))
    }

    /// The hash of a text's bytes.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        return hash ^ hash >> 29
    }
}
