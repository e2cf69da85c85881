/// Lowercase hexadecimal text of a fixed width.
enum HexText {
    /// Returns the digits of `words`, 16 for each, truncated to `count`.
    static func make(_ words: [UInt64], count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { target in
            var written = 0
            for word in words {
                for shift in stride(from: 60, through: 0, by: -4) where written < count {
                    target[written] = digit(word >> UInt64(shift))
                    written += 1
                }
            }
            return written
        }
    }

    /// Returns the digit for the lowest four bits of `value`.
    static func digit(_ value: UInt64) -> UInt8 {
        let nibble = UInt8(value & 15)
        return nibble < 10 ? 0x30 + nibble : 0x57 + nibble
    }
}
