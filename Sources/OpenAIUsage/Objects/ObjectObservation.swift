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
