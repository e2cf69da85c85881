/// A 64-bit hash with the same value in every process and on every machine.
///
/// Swift's own `Hasher` has another seed in every process, so that nothing reproducible can be derived from it.
struct StableHash: Sendable {
    /// The hash of all that was combined so far.
    private(set) var value: UInt64

    /// Creates a hash.
    init(seed: UInt64) {
        value = StableHash.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    }

    /// Combines a number.
    mutating func combine(_ number: UInt64) {
        value = StableHash.mix(value ^ number &* 0xff51_afd7_ed55_8ccd)
    }

    /// Combines the UTF-8 bytes of a text and their number.
    mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { bytes in combine(UnsafeRawBufferPointer(bytes)) }
    }

    /// Combines bytes, eight at a time, and their number.
    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        combine(UInt64(bytes.count))
        var offset = 0
        while offset + 8 <= bytes.count {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        guard offset < bytes.count else { return }
        var rest: UInt64 = 0
        for index in offset..<bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
        }
        combine(rest)
    }

    /// Returns a number that depends on this hash and on `index`.
    func derived(_ index: UInt64) -> UInt64 {
        StableHash.mix(value &+ (index &+ 1) &* 0x9e37_79b9_7f4a_7c15)
    }

    /// The output function of SplitMix64.
    static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
