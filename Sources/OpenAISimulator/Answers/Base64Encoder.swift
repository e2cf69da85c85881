import NIOCore

/// An encoder of Base64 (RFC 4648) for one byte at a time.
struct Base64Encoder {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private var pending: UInt32 = 0
    private var pendingCount = 0

    /// Encodes a byte; every third one appends four characters.
    mutating func encode(_ byte: UInt8, to buffer: inout ByteBuffer) {
        pending = pending << 8 | UInt32(byte)
        pendingCount += 1
        guard pendingCount == 3 else { return }
        for shift in stride(from: 18, through: 0, by: -6) {
            buffer.writeInteger(Base64Encoder.alphabet[Int(pending >> UInt32(shift) & 63)])
        }
        pending = 0
        pendingCount = 0
    }

    /// Appends the rest, with its padding.
    mutating func finish(_ buffer: inout ByteBuffer) {
        guard pendingCount > 0 else { return }
        let characters = pendingCount + 1
        let bits = pending << UInt32(8 * (3 - pendingCount))
        for index in 0..<4 {
            let shift = UInt32(18 - 6 * index)
            buffer.writeInteger(
                index < characters ? Base64Encoder.alphabet[Int(bits >> shift & 63)] : UInt8(ascii: "=")
            )
        }
        pending = 0
        pendingCount = 0
    }
}
