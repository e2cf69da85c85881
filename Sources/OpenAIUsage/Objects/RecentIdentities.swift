/// The latest identities that were met, each once, of which the oldest make room.
struct RecentIdentities: Sendable {
    private var known: Set<ObjectIdentity> = []
    private var order: [ObjectIdentity] = []
    private var next = 0
    private let capacity: Int

    /// Creates a memory of at most so many identities.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Remembers an identity.
    ///
    /// - Returns: False if it is remembered already.
    mutating func insert(_ identity: ObjectIdentity) -> Bool {
        guard known.insert(identity).inserted else { return false }
        guard order.count == capacity else {
            order.append(identity)
            return true
        }
        known.remove(order[next])
        order[next] = identity
        next = (next + 1) % capacity
        return true
    }
}
