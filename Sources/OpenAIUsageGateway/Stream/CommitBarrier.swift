import NIOCore

/// Keeps the last bytes of a response back until its record is kept.
///
/// It is armed with the first byte that makes the response look whole to its client: the end of the body, or the event
/// that ends a stream. Who is asked to say when to release is asked with a generation, so that an older word counts for
/// nothing.
struct CommitBarrier {
    private var held: [ByteBuffer] = []
    private var holdsEnd = false
    /// True while bytes are kept back.
    private(set) var isArmed = false
    /// The number of times that somebody was asked to say when to release.
    private(set) var generation = 0
    /// True if somebody was asked since the barrier was armed.
    private(set) var isAwaited = false

    /// What is released.
    struct Released {
        var buffers: [ByteBuffer]
        /// True if the end of the response is among it.
        var isEnd: Bool
    }

    /// Keeps everything back from now on.
    mutating func arm() {
        guard !isArmed else { return }
        isArmed = true
        isAwaited = false
    }

    /// Expects a word about the release; who was asked before says it no more.
    ///
    /// - Returns: The generation that the word must have.
    mutating func await() -> Int {
        isAwaited = true
        generation += 1
        return generation
    }

    /// Counts no word that was asked for so far.
    mutating func forget() {
        isAwaited = false
        generation += 1
    }

    /// Keeps bytes back, if the barrier is armed.
    ///
    /// - Returns: False if the bytes may leave at once.
    mutating func buffer(_ bytes: ByteBuffer) -> Bool {
        guard isArmed else { return false }
        held.append(bytes)
        return true
    }

    /// Keeps the end of the response back, if the barrier is armed.
    ///
    /// - Returns: False if it may leave at once.
    mutating func bufferEnd() -> Bool {
        guard isArmed else { return false }
        holdsEnd = true
        return true
    }

    /// The bytes that are kept back.
    var heldBytes: Int { held.reduce(0) { $0 + $1.readableBytes } }

    /// Lets the first byte of what is kept back go: if its client has gone, that is what brings word of it.
    ///
    /// It is none that could end a line, and with it the event that ends a stream.
    mutating func releaseProbe() -> ByteBuffer? {
        guard isArmed, let first = held.first, first.readableBytes > 1, first.readableBytesView.first != 0x0a,
            first.readableBytesView.first != 0x0d
        else { return nil }
        return held[0].readSlice(length: 1)
    }

    /// Lets go what was kept back, if the word is the one that is waited for.
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
