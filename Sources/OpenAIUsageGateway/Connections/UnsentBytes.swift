import NIOCore

/// The bytes written to a connection since its last flush, with small writes joined.
///
/// A write costs a channel as much as copying some thousand bytes, and most heads and bodies are smaller.
struct UnsentBytes {
    /// The size up to which writes are joined, in bytes.
    private static let joinedBytes = 4_096

    private var bytes = ByteBuffer()

    private var isEmpty: Bool { bytes.readableBytes == 0 }

    /// Appends bytes.
    ///
    /// - Returns: False, and nothing is appended, if the earlier bytes must be taken first.
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
