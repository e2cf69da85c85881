import NIOCore

/// Buffers the last bytes of a response until its record is kept.
///
/// It is armed with the first byte that makes the response look complete to its client: the end of the body, or the event
/// that ends a stream. Each wait for a commit has a generation, so that a notice for an earlier one is ignored.
struct CommitBarrier {
    private var held: [ByteBuffer] = []
    private var holdsEnd = false
    /// True while bytes are buffered.
    private(set) var isArmed = false
    /// The generation of the last wait.
    private(set) var generation = 0
    /// True if a wait has started since the barrier was armed.
    private(set) var isAwaited = false

    /// The bytes that are released.
    struct Released {
        var buffers: [ByteBuffer]
        /// True if they include the end of the response.
        var isEnd: Bool
    }

    /// Starts buffering.
    mutating func arm() {
        guard !isArmed else { return }
        isArmed = true
        isAwaited = false
    }

    /// Starts a wait for a commit; it replaces an earlier one.
    ///
    /// - Returns: The generation of the wait.
    mutating func await() -> Int {
        isAwaited = true
        generation += 1
        return generation
    }

    /// Cancels the current wait, so that its notice is ignored.
    mutating func forget() {
        isAwaited = false
        generation += 1
    }

    /// Buffers bytes, if the barrier is armed.
    ///
    /// - Returns: False if the bytes may be sent at once.
    mutating func buffer(_ bytes: ByteBuffer) -> Bool {
        guard isArmed else { return false }
        held.append(bytes)
        return true
    }

    /// Buffers the end of the response, if the barrier is armed.
    ///
    /// - Returns: False if it may be sent at once.
    mutating func bufferEnd() -> Bool {
        guard isArmed else { return false }
        holdsEnd = true
        return true
    }

    /// The number of buffered bytes.
    var heldBytes: Int { held.reduce(0) { $0 + $1.readableBytes } }

    /// Releases the first buffered byte: a client that has disconnected answers it with a reset.
    ///
    /// It is never a byte that could end a line, and with it the event that ends a stream.
    mutating func releaseProbe() -> ByteBuffer? {
        guard isArmed, let first = held.first, first.readableBytes > 1, first.readableBytesView.first != 0x0a,
            first.readableBytesView.first != 0x0d
        else { return nil }
        return held[0].readSlice(length: 1)
    }

    /// Releases the buffered bytes if the generation is that of the current wait.
    mutating func release(_ generation: Int) -> Released? {
        guard isArmed, isAwaited, generation == self.generation else { return nil }
        isArmed = false
        isAwaited = false
        let released = Released(buffers: held, isEnd: holdsEnd)
        held = []
        holdsEnd = false
        return released
    }
}
