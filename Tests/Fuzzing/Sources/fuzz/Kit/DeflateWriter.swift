/// Writes RFC 1951 data, and its gzip and zlib wrappings.
///
/// It knows two symbols besides literals: a repetition of the last byte, and the end.
struct DeflateWriter {
    enum Wrapping: CaseIterable {
        case gzip
        case zlib
        case raw
    }

    private var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var pendingCount: UInt32 = 0

    private init() {
        // The last block, with fixed codes.
        write(bits: 0b011, count: 3)
    }

    /// Begins the last block with codes of its own, which must be complete; the one code for distances is 1 bit long.
    private init(codeLengths: [Int: UInt32]) {
        write(bits: 0b101, count: 3)
        // 286 symbols, 1 distance, and 19 lengths for the codes that the lengths themselves are written in: of these
        // the symbols 0 to 15 have 4 bits each, the runs 16 to 18 none.
        write(bits: 29, count: 5)
        write(bits: 0, count: 5)
        write(bits: 15, count: 4)
        for index in 0..<19 { write(bits: index < 3 ? 0 : 4, count: 3) }
        for symbol in 0..<286 { write(code: codeLengths[symbol] ?? 0, count: 4) }
        write(code: 1, count: 4)
    }

    /// The encoded form of a content.
    static func encoded(_ content: [UInt8], as wrapping: Wrapping) -> [UInt8] {
        wrap(wrapping, checksum: wrapping == .zlib ? adler32(content) : crc32(content), length: content.count) {
            for byte in content { $0.write(literal: byte) }
            $0.writeEnd()
        }
    }

    /// The encoded form of a content that repeats a byte a multiple of 258 times and once more in its middle.
    static func encoded(
        _ start: [UInt8],
        _ byte: UInt8,
        repetitions: Int,
        _ end: [UInt8],
        crc32: UInt32
    ) -> [UInt8] {
        wrap(.gzip, checksum: crc32, length: start.count + repetitions + end.count) { writer in
            for byte in start { writer.write(literal: byte) }
            var rest = repetitions
            while rest > 0, (rest - 1) % 258 != 0 || rest == 1 {
                writer.write(literal: byte)
                rest -= 1
            }
            if rest > 0 { writer.write(literal: byte) }
            for _ in 0..<max(0, rest - 1) / 258 {
                // Length 258 is the symbol 285, distance 1 the symbol 0.
                writer.write(code: 0b1100_0101, count: 8)
                writer.write(code: 0, count: 5)
            }
            for byte in end { writer.write(literal: byte) }
            writer.writeEnd()
        }
    }

    /// A body that is a byte and a multiple of 1,032 repetitions of it.
    ///
    /// - Parameters:
    ///   - byte: The byte.
    ///   - repetitions: How many times 1,032 bytes follow it.
    ///   - isDense: Whether these take one byte each, the least that the format allows, or three.
    /// - Returns: The encoded body, whose checksum is wrong.
    static func repeating(_ byte: UInt8, repetitions: Int, isDense: Bool) -> [UInt8] {
        // The end of the block is the symbol 256, the length 258 is 285; the other symbols make the codes complete.
        let lengths: [Int: UInt32] =
            isDense ? [Int(byte): 2, 256: 2, 285: 1] : [Int(byte): 1, 257: 2, 258: 3, 256: 4, 284: 5, 285: 5]
        return wrap(.gzip, checksum: 0, length: 1 + 1_032 * repetitions) { writer in
            writer = DeflateWriter(codeLengths: lengths)
            writer.write(code: isDense ? 0b10 : 0, count: isDense ? 2 : 1)
            // Four repetitions are whole bytes, so that two rounds show the bytes that all others repeat.
            let period = isDense ? 1 : 3
            for _ in 0..<8 { writer.write(code: isDense ? 0 : 0b11111_0, count: isDense ? 2 : 6) }
            let round = writer.bytes.suffix(period)
            for _ in 0..<max(0, repetitions - 2) { writer.bytes.append(contentsOf: round) }
            writer.write(code: isDense ? 0b11 : 0b1110, count: isDense ? 2 : 4)
        }
    }

    static func crc32(_ content: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in content {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
        }
        return ~sum
    }

    static func adler32(_ content: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in content {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    private static func wrap(
        _ wrapping: Wrapping,
        checksum: UInt32,
        length: Int,
        _ write: (inout DeflateWriter) -> Void
    ) -> [UInt8] {
        var writer = DeflateWriter()
        write(&writer)
        if writer.pendingCount > 0 { writer.bytes.append(UInt8(truncatingIfNeeded: writer.pending)) }
        func littleEndian(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        switch wrapping {
        case .raw: return writer.bytes
        case .zlib: return [0x78, 0x9c] + writer.bytes + littleEndian(checksum).reversed()
        case .gzip:
            return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff] + writer.bytes + littleEndian(checksum)
                + littleEndian(UInt32(truncatingIfNeeded: length))
        }
    }

    private mutating func writeEnd() { write(code: 0, count: 7) }

    private mutating func write(literal byte: UInt8) {
        if byte < 144 {
            write(code: 0x30 + UInt32(byte), count: 8)
        } else {
            write(code: 0x190 + UInt32(byte) - 144, count: 9)
        }
    }

    /// Codes stand with their highest bit first, everything else with its lowest.
    private mutating func write(code: UInt32, count: UInt32) {
        for bit in (0..<count).reversed() { write(bits: code >> bit & 1, count: 1) }
    }

    private mutating func write(bits: UInt32, count: UInt32) {
        pending |= bits << pendingCount
        pendingCount += count
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }
}
