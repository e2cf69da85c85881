/// Writes the gzip coding, in blocks that are stored as they are.
enum Gzip {
    static func encode(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
        var start = 0
        repeat {
            let end = min(start + 0xffff, bytes.count)
            result.append(end == bytes.count ? 1 : 0)
            append(UInt64(end - start), 2, to: &result)
            append(~UInt64(end - start), 2, to: &result)
            result += bytes[start..<end]
            start = end
        } while start < bytes.count
        append(UInt64(checksum(bytes)), 4, to: &result)
        append(UInt64(bytes.count), 4, to: &result)
        return result
    }

    private static func append(_ number: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
