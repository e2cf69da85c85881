import Synchronization

/// Makes keys unrecognisable, the same key always in the same way.
public struct KeyFingerprinter: Sendable {
    private let secret: [UInt8]
    private let memory = Memory()

    /// The fingerprints of the keys that were seen last.
    ///
    /// A program has few, and a digest costs more than all the rest of a head. They are in memory only, and bounded.
    private final class Memory: Sendable {
        private static let count = 64
        private let known = Mutex<[(key: String, fingerprint: KeyFingerprint)?]>(Array(repeating: nil, count: count))

        func fingerprint(of key: String, _ make: () -> KeyFingerprint) -> KeyFingerprint {
            let place =
                Int(key.utf8.suffix(8).reduce(UInt32(key.utf8.count)) { $0 &* 31 &+ UInt32($1) } >> 3) % Self.count
            let found = known.withLock { known in known[place].flatMap { $0.key == key ? $0.fingerprint : nil } }
            if let found { return found }
            let fingerprint = make()
            known.withLock { $0[place] = (key, fingerprint) }
            return fingerprint
        }
    }

    /// Public prefixes of keys, the longest first.
    private static let prefixes = ["sk-svcacct-", "sk-admin-", "sk-proj-", "sk-ant-", "sk-or-", "sk-", "ek_"]

    /// Creates a fingerprinter.
    ///
    /// - Parameter secret: What the digests are keyed with; those of another secret cannot be compared.
    public init(secret: [UInt8]) {
        self.secret = secret
    }

    /// The fingerprint of a key.
    ///
    /// A key of less than 16 bytes shows none of them.
    public func fingerprint(of key: String) -> KeyFingerprint {
        memory.fingerprint(of: key) { made(of: key) }
    }

    private func made(of key: String) -> KeyFingerprint {
        let code = SHA256.authenticationCode(of: Array(key.utf8), key: secret)
        let digest = code.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Keys are ASCII. Of what is not, four characters could be most of it.
        guard key.utf8.count >= 16, key.utf8.suffix(4).allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return KeyFingerprint(hint: "...", digest: digest)
        }
        let prefix = Self.prefixes.first { key.utf8.starts(with: $0.utf8) } ?? ""
        let end = String(decoding: key.utf8.suffix(4), as: UTF8.self)
        return KeyFingerprint(hint: "\(prefix)...\(end)", digest: digest)
    }
}
