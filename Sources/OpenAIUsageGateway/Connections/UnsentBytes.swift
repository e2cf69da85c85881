import NIOCore

/// Bytes that were written to a connection since its last flush, of which small ones leave as one write.
///
/// A write costs a channel as much as the copy of some thousand bytes, and most heads and bodies have fewer.
struct UnsentBytes {
    /// The most bytes that are copied behind others, or that others are copied behind.
    private static let joinedBytes = 4_096

    private var bytes = ByteBuffer()

    private var isEmpty: Bool { bytes.readableBytes == 0 }

    /// Adds bytes.
    ///
    /// - Returns: False, and nothing is added, if those before must be taken first.
    mutating func append(_ more: ByteBuffer) -> Bool {
        guard !isEmpty else {
            bytes = more
            return true
        }
        guard bytes.readableBytes <= Self.joinedBytes, more.readableBytes <= Self.joinedBytes else { return false }
        bytes.writeImmutableBuffer(more)
        return true
    }

    /// Removes and returns all bytes; `nil` if there are none.
    mutating func take() -> ByteBuffer? {
        guard !isEmpty else { return nil }
        var taken = ByteBuffer()
        swap(&taken, &bytes)
        return taken
    }
}
