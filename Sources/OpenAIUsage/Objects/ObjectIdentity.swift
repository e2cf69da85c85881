/// The hash of an object's identity.
struct ObjectIdentity: Hashable, Sendable {
    let hash: UInt64

    init(hash: UInt64) {
        self.hash = hash
    }

    init(_ text: some StringProtocol) {
        self.init(bytes: text.utf8)
    }

    /// Creates the FNV-1a hash of bytes, mixed; no client chooses identities, since they are the provider's.
    init(bytes: some Sequence<UInt8>) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        self.hash = hash
    }
}
