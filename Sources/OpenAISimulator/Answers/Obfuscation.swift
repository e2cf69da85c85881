import NIOCore

/// The padding that hides the lengths of a stream's deltas; the same answer has the same padding.
enum Obfuscation {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// Appends 2 to 13 letters and digits.
    static func write(_ hash: StableHash, index: UInt64, to buffer: inout ByteBuffer) {
        var random = hash.derived(index &+ 0x6f62_0000_0000)
        let count = 2 + Int(random % 12)
        for _ in 0..<count {
            random = StableHash.mix(random &+ 0x9e37_79b9_7f4a_7c15)
            buffer.writeInteger(alphabet[Int(random % UInt64(alphabet.count))])
        }
    }
}
