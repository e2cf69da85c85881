/// Searches in the bytes of a head, eight at a time.
///
/// Every function reads `base[start..<end]` only. If several bytes of a word match, the lowest set bit is exact, and is that
/// of the first match.
enum Octets {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func byte(_ base: UnsafeRawPointer, _ index: Int) -> UInt8 {
        base.load(fromByteOffset: index, as: UInt8.self)
    }

    @inline(__always)
    static func word(_ base: UnsafeRawPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// True for token characters (RFC 9110, section 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let half: UInt64 = byte < 64 ? 0x03ff_6cfa_0000_0000 : 0x57ff_ffff_c7ff_fffe
        return byte < 128 && half &>> UInt64(byte & 63) & 1 == 1
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// True for control characters that are forbidden in a head: all but the tab.
    @inline(__always)
    static func isForbiddenControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != tab || byte == 0x7f }

    /// Returns an ASCII letter in lower case, and any other byte unchanged.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Returns the value of a hexadecimal digit; `nil` for any other byte.
    @inline(__always)
    static func hexadecimal(_ byte: UInt8) -> Int? {
        let digit = byte &- 0x30
        if digit < 10 { return Int(digit) }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? Int(letter) + 10 : nil
    }

    /// Returns the index of the first byte that is not a token character, or the end.
    @inline(__always)
    static func endOfToken(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = word(base, index)
            let bits = word & 0x7f7f_7f7f_7f7f_7f7f
            let folded = bits | (ones &* 0x20)
            let letters = (folded &+ (ones &* 0x1f)) & ~(folded &+ (ones &* 0x05))
            let digits = (bits &+ (ones &* 0x50)) & ~(bits &+ (ones &* 0x46))
            let hyphens = ~((bits ^ (ones &* 0x2d)) &+ (ones &* 0x7f))
            let others = ~((letters | digits | hyphens) & ~word) & highs
            if others == 0 {
                index &+= 8
                continue
            }
            index &+= others.trailingZeroBitCount &>> 3
            guard isToken(byte(base, index)) else { return index }
            index &+= 1
        }
        while index < end, isToken(byte(base, index)) { index &+= 1 }
        return index
    }

    /// Returns the index of the first control character other than a tab, or the end.
    @inline(__always)
    static func endOfText(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = word(base, index)
            let controls = (word &- (ones &* 0x20)) & ~word
            let deletes = word ^ (ones &* 0x7f)
            let matches = (controls | ((deletes &- ones) & ~deletes)) & highs
            if matches == 0 {
                index &+= 8
                continue
            }
            index &+= matches.trailingZeroBitCount &>> 3
            guard byte(base, index) == tab else { return index }
            index &+= 1
        }
        while index < end, !isForbiddenControl(byte(base, index)) { index &+= 1 }
        return index
    }

    /// Returns the index of the first byte that a request target must not contain, or the end.
    ///
    /// These are controls, blanks, the number sign of a fragment, and bytes that are not ASCII.
    @inline(__always)
    static func endOfTarget(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = word(base, index)
            let controls = (word &- (ones &* 0x21)) & ~word
            let deletes = word ^ (ones &* 0x7f)
            let hashes = word ^ (ones &* 0x23)
            let matches =
                (word | controls | ((deletes &- ones) & ~deletes) | ((hashes &- ones) & ~hashes)) & highs
            if matches != 0 { return index &+ matches.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < end, isTarget(byte(base, index)) { index &+= 1 }
        return index
    }

    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f && byte != 0x23 }

    /// Returns the index of the first occurrence of a byte; `nil` for none.
    @inline(__always)
    static func first(_ wanted: UInt8, _ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int? {
        var index = start
        let pattern = ones &* UInt64(wanted)
        while index &+ 8 <= end {
            let differences = word(base, index) ^ pattern
            let matches = (differences &- ones) & ~differences & highs
            if matches != 0 { return index &+ matches.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < end {
            if byte(base, index) == wanted { return index }
            index &+= 1
        }
        return nil
    }

    /// True if the bytes are a name, ignoring case.
    ///
    /// The name is in lower case, with letters, digits, hyphens and slashes only; the bytes have no control character.
    @inline(__always)
    static func matches(_ base: UnsafeRawPointer, _ start: Int, _ count: Int, _ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        let name = UnsafeRawPointer(name.utf8Start)
        if count >= 8 {
            let fold = ones &* 0x20
            var index = 0
            while index &+ 8 <= count {
                if word(base, start &+ index) | fold != word(name, index) { return false }
                index &+= 8
            }
            return word(base, start &+ count &- 8) | fold == word(name, count &- 8)
        }
        for index in 0..<count where byte(base, start &+ index) | 0x20 != byte(name, index) { return false }
        return true
    }

    /// Returns a range without the blanks at both its ends.
    @inline(__always)
    static func trimmed(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Range<Int> {
        var start = start
        var end = end
        while start < end, isBlank(byte(base, start)) { start &+= 1 }
        while end > start, isBlank(byte(base, end &- 1)) { end &-= 1 }
        return start..<end
    }

    /// Parses decimal digits; `nil` for no digits, other bytes, and numbers beyond `Int.max`.
    static func decimal(_ base: UnsafeRawPointer, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var value = 0
        for index in range {
            let digit = byte(base, index) &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}
