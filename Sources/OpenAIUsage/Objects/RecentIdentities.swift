/// A bounded set of the latest identities; a full set evicts the oldest.
struct RecentIdentities: Sendable {
    private var known: Set<ObjectIdentity> = []
    private var order: [ObjectIdentity] = []
    private var next = 0
    private let capacity: Int

    /// Creates an empty set with room for a number of identities.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Adds an identity.
    ///
    /// - Returns: False if it is in the set already.
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
