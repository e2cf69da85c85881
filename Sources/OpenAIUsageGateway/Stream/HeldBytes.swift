import NIOCore

/// Bytes that are held in the order in which they came, small pieces joined.
///
/// A buffer of its own takes more than a hundred bytes: of a body that comes a byte at a time, a list of buffers would be a
/// hundred times as large as what it is counted with.
struct HeldBytes {
    /// The most bytes that are copied behind others, or that others are copied behind.
    private static let joinedBytes = 4_096

    private(set) var buffers: [ByteBuffer] = []
    private(set) var count = 0

    var isEmpty: Bool { buffers.isEmpty }

    /// Adds a piece; an empty one counts for nothing.
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

    /// Adds what others hold.
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
