/// The state of a ``BilledObjects`` and its decisions.
struct BilledObjectsState: Sendable {
    /// The newest hashes in order of arrival; a full ring evicts the oldest.
    private struct Ring: Sendable {
        private var hashes: [ObjectIdentity] = []
        private var next = 0
        private let capacity: Int

        init(capacity: Int) { self.capacity = max(1, capacity) }

        /// Adds a hash and returns the evicted one.
        mutating func add(_ identity: ObjectIdentity) -> ObjectIdentity? {
            guard hashes.count == capacity else {
                hashes.append(identity)
                return nil
            }
            defer { next = (next + 1) % capacity }
            let oldest = hashes[next]
            hashes[next] = identity
            return oldest
        }
    }

    private var counted: Set<ObjectIdentity> = []
    private var countedOrder: Ring
    private var pending: [ObjectIdentity: ObjectOrigin] = [:]
    private var pendingOrder: Ring
    private var containers: [ObjectIdentity: Int64] = [:]
    private var containerOrder: Ring

    init(capacity: Int) {
        countedOrder = Ring(capacity: capacity)
        pendingOrder = Ring(capacity: capacity / 4)
        containerOrder = Ring(capacity: capacity / 4)
    }

    mutating func count(_ identity: ObjectIdentity) {
        pending[identity] = nil
        guard counted.insert(identity).inserted else { return }
        if let oldest = countedOrder.add(identity) { counted.remove(oldest) }
    }

    mutating func notePending(_ identity: ObjectIdentity, _ origin: ObjectOrigin) {
        guard !counted.contains(identity), pending[identity] == nil else { return }
        pending[identity] = origin
        if let oldest = pendingOrder.add(identity), oldest != identity { pending[oldest] = nil }
    }

    func isCounted(_ identities: [ObjectIdentity]) -> Bool { identities.contains { counted.contains($0) } }

    mutating func decide(_ observation: borrowing ObjectObservation) -> ObjectDecision {
        let identities = observation.identities
        switch observation.kind {
        case .used:
            for identity in identities { count(identity) }
            return ObjectDecision(counts: identities.map { _ in true })
        case .created(let origin):
            let isKnown = identities.contains { counted.contains($0) || pending[$0] != nil }
            if let identity = identities.first, !isKnown { notePending(identity, origin) }
            return ObjectDecision(counts: identities.map { _ in !isKnown })
        case .shown where observation.isSeveral:
            let counts = identities.map { !counted.contains($0) }
            for identity in identities { count(identity) }
            return ObjectDecision(counts: counts)
        case .shown:
            let isCounted = identities.contains { counted.contains($0) }
            let origin = identities.compactMap { pending[$0] }.first
            for identity in identities { count(identity) }
            return ObjectDecision(counts: identities.map { _ in !isCounted }, origin: isCounted ? nil : origin)
        }
    }

    mutating func claim(container identity: ObjectIdentity, at time: Int64) -> Bool {
        if let since = containers[identity] {
            guard time - since >= ContainerWindow.length else { return false }
            containers[identity] = time
            return true
        }
        containers[identity] = time
        if let oldest = containerOrder.add(identity) { containers[oldest] = nil }
        return true
    }
}

/// The observation of objects by one call.
struct ObjectObservation: Sendable {
    /// The effect of the call on the account of its objects.
    enum Kind: Sendable {
        /// The call created them and reported their usage.
        case used
        /// The call created one whose usage is reported later.
        case created(ObjectOrigin)
        /// The call shows their usage.
        case shown
    }

    var kind: Kind
    /// The identities of one object, or those of several objects.
    var identities: [ObjectIdentity]
    /// True if each identity is an object of its own; false if all of them name the same object.
    var isSeveral = false
}

/// The decision about an observation.
struct ObjectDecision: Sendable, Equatable {
    /// For each identity, true if it counts.
    var counts: [Bool]
    /// The call that created the object, if its usage was pending.
    var origin: ObjectOrigin?
}
