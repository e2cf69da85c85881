import CByteScan

/// Byte searches in two steps: an inlined look at the first sixteen bytes, since most matches are near, and an outlined
/// search of the others, so that the caller keeps its registers.
///
/// All return the end if nothing is found.
enum ByteSearch {
    /// The index of the first quote, backslash or control character.
    @inline(__always)
    static func endOfPlainText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard end &- start >= 16 else { return farEndOfPlainText(base, start, end) }
        let bits = cbytescan_text_bits(base + start)
        return bits != 0 ? start &+ bits.trailingZeroBitCount : farEndOfPlainText(base, start &+ 16, end)
    }

    @inline(never)
    private static func farEndOfPlainText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_end_of_plain_text(base, start, end)
    }

    /// The index of the first byte of a string's text that is neither plain nor part of an escape: the closing quote, a
    /// control character, or a backslash of an invalid or incomplete escape.
    @inline(__always)
    static func endOfText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard end &- start >= 16 else { return farEndOfText(base, start, end) }
        let bits = cbytescan_text_bits(base + start)
        let first = start &+ (bits != 0 ? bits.trailingZeroBitCount : 16)
        return bits != 0 && base[first] != UInt8(ascii: "\\") ? first : farEndOfText(base, first, end)
    }

    @inline(never)
    private static func farEndOfText(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_end_of_text(base, start, end)
    }

    /// The index of the first carriage return or line feed.
    @inline(__always)
    static func endOfLine(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard end &- start >= 16 else { return farEndOfLine(base, start, end) }
        let bits = cbytescan_line_bits(base + start)
        return bits != 0 ? start &+ bits.trailingZeroBitCount : farEndOfLine(base, start &+ 16, end)
    }

    @inline(never)
    private static func farEndOfLine(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_end_of_line(base, start, end)
    }

    /// The index of the first occurrence of a byte.
    static func first(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_first(base, start, end, byte)
    }

    /// The index of the first byte that is not JSON whitespace.
    @inline(__always)
    static func endOfBlanks(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        start < end && base[start] > 0x20 ? start : farEndOfBlanks(base, start, end)
    }

    @inline(never)
    private static func farEndOfBlanks(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_end_of_blanks(base, start, end)
    }

    /// The index after the last of an array's numbers that are known to be complete, beginning with the one at the
    /// start; the start if there is none.
    @inline(never)
    static func endOfNumbers(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        cbytescan_end_of_numbers(base, start, end)
    }
}
