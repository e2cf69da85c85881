import NIOHTTP1

/// What of a response is held back until its record is kept.
struct ReleaseGate {
    /// The parts that are held, in order.
    private(set) var held: [HTTPServerResponsePart] = []
    /// Whether parts are held now.
    private(set) var isHolding = false
    /// Tells one record from the next, so that a late word about the first does not release what the second covers.
    private(set) var generation = 0
    /// Whether somebody was asked to say when to release.
    private(set) var isPending = false

    /// Holds every part from now on.
    mutating func hold() {
        guard !isHolding else { return }
        isHolding = true
        isPending = false
    }

    /// Takes it that somebody will say when to release everything that is held; who was asked before says it no more.
    ///
    /// - Returns: What the word is to be given with.
    mutating func pend() -> Int {
        isPending = true
        generation += 1
        return generation
    }

    /// Keeps a part back; false if it may leave at once.
    mutating func take(_ part: HTTPServerResponsePart) -> Bool {
        guard isHolding else { return false }
        held.append(part)
        return true
    }

    /// Lets the held parts go, if the word is the one that is waited for.
    mutating func release(_ generation: Int) -> [HTTPServerResponsePart]? {
        guard isHolding, generation == self.generation else { return nil }
        isHolding = false
        isPending = false
        defer { held.removeAll(keepingCapacity: true) }
        return held
    }
}
