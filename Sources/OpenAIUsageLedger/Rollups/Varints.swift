/// Encodes integers in as few bytes as they need.
struct VarintWriter {
    private(set) var bytes: [UInt8] = []

    /// Discards the bytes, but keeps the memory.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// Writes a signed integer.
    mutating func write(_ value: Int64) { write(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    /// Writes a nonnegative integer.
    mutating func write(unsigned value: Int64) { write(UInt64(bitPattern: value)) }

    /// Writes a large signed integer.
    mutating func write(_ value: Int128) {
        if let small = Int64(exactly: value) { return write(small) }
        write(UInt128(bitPattern: value << 1 ^ value >> 127))
    }

    /// Writes the number of bytes, then the bytes.
    mutating func write(_ data: some Collection<UInt8>) {
        write(Int64(data.count))
        bytes += data
    }

    /// Writes a text; `nil` differs from an empty text.
    mutating func write(_ text: String?) {
        guard let text else { return write(Int64(-1)) }
        write(text.utf8)
    }

    private mutating func write<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        if number < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: number)) }
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// Decodes integers that ``VarintWriter`` has encoded.
struct VarintReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    /// False after malformed bytes.
    private(set) var isValid = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// True if the bytes are valid so far, and some are left.
    var hasMore: Bool { isValid && index < bytes.count }

    /// Marks the bytes as malformed.
    mutating func fail() { isValid = false }

    /// Reads a signed integer; 0 if there is none.
    mutating func integer() -> Int64 {
        let value = unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a nonnegative integer; 0 if there is none.
    mutating func unsigned() -> UInt64 {
        if index < bytes.count, bytes[index] < 0x80 {
            defer { index &+= 1 }
            return UInt64(bytes[index])
        }
        return number()
    }

    /// Reads a large signed integer; 0 if there is none.
    mutating func large() -> Int128 {
        // Nearly all values fit in 64 bits, where a shift is one instruction.
        var end = index
        while end < bytes.count, bytes[end] >= 0x80 { end &+= 1 }
        if end &- index < 9 { return Int128(integer()) }
        let value: UInt128 = number()
        return Int128(bitPattern: value >> 1) ^ -Int128(bitPattern: value & 1)
    }

    /// Reads a count of elements, each of which takes at least one byte.
    mutating func count() -> Int {
        let value = integer()
        guard value >= 0, value <= Int64(bytes.count - index) else {
            isValid = false
            return 0
        }
        return Int(value)
    }

    /// Reads bytes.
    mutating func data() -> UnsafeBufferPointer<UInt8> {
        let count = count()
        defer { index += count }
        return UnsafeBufferPointer(rebasing: bytes[index..<index + count])
    }

    /// Reads a text; `nil` if there is none.
    mutating func text() -> String? {
        let start = index
        if integer() == -1 { return nil }
        index = start
        return String(decoding: data(), as: UTF8.self)
    }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
        var value: Number = 0
        var shift = 0
        while index < bytes.count, shift < Number.bitWidth {
            let byte = bytes[index]
            index &+= 1
            value |= Number(truncatingIfNeeded: byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        isValid = false
        return 0
    }
}
