import NIOCore

/// Buffered bytes in the order of arrival, with small pieces joined.
///
/// Each buffer has an overhead of more than a hundred bytes: for a body that arrives byte by byte, a list of buffers would
/// be a hundred times as large as the bytes that are accounted.
struct HeldBytes {
    /// The size up to which a piece is joined with its neighbor, in bytes.
    private static let joinedBytes = 4_096

    private(set) var buffers: [ByteBuffer] = []
    private(set) var count = 0

    var isEmpty: Bool { buffers.isEmpty }

    /// Appends a piece; an empty one is ignored.
    mutating func append(_ bytes: ByteBuffer) {
        let length = bytes.readableBytes
        guard length > 0 else { return }
        count += length
        let last = buffers.count - 1
        if last >= 0, length <= Self.joinedBytes, buffers[last].readableBytes <= Self.joinedBytes {
            buffers[last].writeImmutableBuffer(bytes)
        } else {
            buffers.append(bytes)
        }
    }

    /// Appends the pieces of another buffer.
    mutating func append(_ other: HeldBytes) {
        if isEmpty {
            self = other
        } else {
            for bytes in other.buffers { append(bytes) }
        }
    }

    /// Removes and returns all bytes.
    mutating func take() -> HeldBytes {
        var taken = HeldBytes()
        swap(&taken, &self)
        return taken
    }
}
