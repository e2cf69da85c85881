/// Writes integers in as few bytes as they need.
struct VarintWriter {
    private(set) var bytes: [UInt8] = []

    /// Starts over, and keeps the memory.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// Writes an integer of either sign.
    mutating func write(_ value: Int64) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes a large integer of either sign.
    mutating func write(_ value: Int128) {
        if let small = Int64(exactly: value) { return write(small) }
        var rest = UInt128(bitPattern: value << 1 ^ value >> 127)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads integers that were written by ``VarintWriter``.
struct VarintReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    /// False if the bytes are not what was written.
    private(set) var isValid = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// True if something is left.
    var hasMore: Bool { isValid && index < bytes.count }

    /// Marks the bytes as not what was written.
    mutating func fail() { isValid = false }

    /// The next integer; 0 if there is none.
    mutating func integer() -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count, shift < 70 {
            let byte = bytes[index]
            index &+= 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift &+= 7
        }
        isValid = false
        return 0
    }

    /// The next large integer; 0 if there is none.
    mutating func large() -> Int128 {
        var value: UInt128 = 0
        var shift: UInt128 = 0
        while index < bytes.count, shift < 133 {
            let byte = bytes[index]
            index &+= 1
            value |= UInt128(byte & 0x7f) << shift
            if byte < 0x80 { return Int128(bitPattern: value >> 1) ^ -Int128(bitPattern: value & 1) }
            shift &+= 7
        }
        isValid = false
        return 0
    }
}
