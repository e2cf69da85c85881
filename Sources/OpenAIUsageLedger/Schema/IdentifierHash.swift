/// The hash under which an identity is found in the sealed part of a ledger.
///
/// It is part of the file format: FNV-1a of the UTF-8 text, folded to 31 bits so that SQLite stores it in four bytes.
enum IdentifierHash {
    /// The hash of a text.
    static func hash(_ text: String) -> Int64 {
        var text = text
        return text.withUTF8(hash(_:))
    }

    /// The hash of a text's bytes.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64((hash ^ hash >> 32) & 0x7fff_ffff)
    }
}
