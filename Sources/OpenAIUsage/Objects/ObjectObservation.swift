/// One call's observation of objects.
struct ObjectObservation: Sendable {
    /// What the call does to the account of its objects.
    enum Kind: Sendable {
        /// It made them, and told what they used.
        case used
        /// It made one, whose usage will be told later.
        case created(ObjectOrigin)
        /// It shows what they used.
        case shown
    }

    var kind: Kind
    /// The names of the one object, or the objects of several parts.
    var identities: [ObjectIdentity]
    /// Whether the identities name objects of their own rather than one.
    var isSeveral = false
}

/// What counts of a observation.
struct ObjectDecision: Sendable, Equatable {
    /// Of each identity, whether it counts.
    var counts: [Bool]
    /// The call that created the object, if it still waited for the usage.
    var origin: ObjectOrigin?
}
