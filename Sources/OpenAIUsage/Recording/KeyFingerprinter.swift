import Synchronization

/// Computes irreversible fingerprints of keys; equal keys have equal fingerprints.
public struct KeyFingerprinter: Sendable {
    private let secret: [UInt8]
    private let memory = Memory()

    /// A bounded cache of the fingerprints of the latest keys, in memory only.
    ///
    /// A program has few keys, and a digest costs more than the rest of a head.
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
    /// - Parameter secret: The key of the digests; fingerprints of different secrets cannot be compared.
    public init(secret: [UInt8]) {
        self.secret = secret
    }

    /// The fingerprint of a key.
    ///
    /// The hint of a key of less than 16 bytes, or whose last four are not printable ASCII, shows nothing of it.
    public func fingerprint(of key: String) -> KeyFingerprint {
        memory.fingerprint(of: key) { made(of: key) }
    }

    private func made(of key: String) -> KeyFingerprint {
        let code = SHA256.authenticationCode(of: Array(key.utf8), key: secret)
        let digest = code.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Keys are ASCII; of other text, four bytes could be most of it.
        guard key.utf8.count >= 16, key.utf8.suffix(4).allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return KeyFingerprint(hint: "...", digest: digest)
        }
        let prefix = Self.prefixes.first { key.utf8.starts(with: $0.utf8) } ?? ""
        let end = String(decoding: key.utf8.suffix(4), as: UTF8.self)
        return KeyFingerprint(hint: "\(prefix)...\(end)", digest: digest)
    }
}
