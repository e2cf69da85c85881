import Synchronization

/// Remembers the objects of the API whose usage was counted, so that showing them again counts nothing.
///
/// A response that runs in the background, a batch, a run, a video, a job: each is created by one call, shown by many, and
/// was used once. The first call that shows it in a terminal state counts. Containers are billed by started 20 minutes,
/// whichever calls use them.
///
/// It holds the hashes of the newest objects, as many as it has the capacity for. A ledger that is asked for its own
/// (`Ledger.objects`) remembers them beyond the end of the process.
public final class BilledObjects: Sendable {
    /// How many counted objects are remembered unless told otherwise.
    public static let defaultCapacity = 65_536

    private let state: Mutex<BilledObjectsState>

    /// Creates a register that remembers nothing yet.
    ///
    /// - Parameter capacity: How many counted objects are remembered; of those that wait for their usage, a quarter.
    public init(capacity: Int = BilledObjects.defaultCapacity) {
        state = Mutex(BilledObjectsState(capacity: capacity))
    }

    /// Takes note of an object that was counted.
    package func noteCounted(_ identity: String) {
        state.withLock { $0.count(ObjectIdentity(identity)) }
    }

    /// Takes note of an object that was created and has not told its usage.
    package func notePending(_ identity: String, _ origin: ObjectOrigin) {
        state.withLock { $0.notePending(ObjectIdentity(identity), origin) }
    }

    /// Notes a container that is paid for.
    package func noteContainer(_ window: ContainerWindow) {
        let identity = ObjectIdentity(hash: UInt64(bitPattern: window.hash))
        _ = state.withLock { $0.claim(container: identity, at: window.startedAt) }
    }

    /// Decides what of a observation of objects counts.
    func decide(_ observation: borrowing ObjectObservation) -> ObjectDecision {
        state.withLock { $0.decide(observation) }
    }

    /// True if an object was counted under any of its names.
    func isCounted(_ identities: [ObjectIdentity]) -> Bool {
        state.withLock { $0.isCounted(identities) }
    }

    /// Whether the use of a container at a time, in microseconds, begins another 20 minutes of it.
    func claim(container identity: ObjectIdentity, at time: Int64) -> Bool {
        state.withLock { $0.claim(container: identity, at: time) }
    }
}
