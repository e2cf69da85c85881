import Synchronization

/// The API objects whose usage was counted, so that showing one again counts nothing.
///
/// A background response, a batch, a run, a video or a job is created by one call and shown by many, but is used once;
/// the first call that shows it in a terminal state is counted. Containers are billed per started 20 minutes, whichever
/// calls use them.
///
/// It stores the hashes of the newest objects, up to its capacity. The instance of a ledger (`Ledger.objects`) also
/// remembers them across restarts of the process.
public final class BilledObjects: Sendable {
    /// The default number of counted objects that are remembered.
    public static let defaultCapacity = 65_536

    private let state: Mutex<BilledObjectsState>

    /// Creates an empty instance.
    ///
    /// - Parameter capacity: The number of counted objects that are remembered; a quarter of it applies to objects with
    ///   pending usage and to containers.
    public init(capacity: Int = BilledObjects.defaultCapacity) {
        state = Mutex(BilledObjectsState(capacity: capacity))
    }

    /// Remembers an object that was counted.
    package func noteCounted(_ identity: String) {
        state.withLock { $0.count(ObjectIdentity(identity)) }
    }

    /// Remembers an object that was created and whose usage is pending.
    package func notePending(_ identity: String, _ origin: ObjectOrigin) {
        state.withLock { $0.notePending(ObjectIdentity(identity), origin) }
    }

    /// Remembers a container window that is paid for.
    package func noteContainer(_ window: ContainerWindow) {
        let identity = ObjectIdentity(hash: UInt64(bitPattern: window.hash))
        _ = state.withLock { $0.claim(container: identity, at: window.startedAt) }
    }

    /// Decides which objects of an observation count, and remembers them.
    func decide(_ observation: borrowing ObjectObservation) -> ObjectDecision {
        state.withLock { $0.decide(observation) }
    }

    /// True if an object was counted under any of its identities.
    func isCounted(_ identities: [ObjectIdentity]) -> Bool {
        state.withLock { $0.isCounted(identities) }
    }

    /// Starts another window of a container if its use at a time, in microseconds, is not covered by the last one.
    ///
    /// - Returns: True if a window was started.
    func claim(container identity: ObjectIdentity, at time: Int64) -> Bool {
        state.withLock { $0.claim(container: identity, at: time) }
    }
}
