public import OpenAIUsage
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualUsageClock: UsageClock {
    private let state: Mutex<(wall: Int64, monotonic: Int64)>

    /// Creates a clock.
    ///
    /// - Parameter start: The time at which it stands.
    public init(_ start: Timestamp = Timestamp(microsecondsSince1970: 1_795_424_101_000_000)) {
        state = Mutex((start.microsecondsSince1970, 1_000_000_000))
    }

    /// The time in microseconds since 1970-01-01T00:00:00Z.
    public var wallMicroseconds: Int64 { state.withLock { $0.wall } }
    /// The nanoseconds since a moment of no meaning.
    public var monotonicNanoseconds: Int64 { state.withLock { $0.monotonic } }

    /// Moves the clock forward.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        state.withLock {
            $0.wall += nanoseconds / 1_000
            $0.monotonic += nanoseconds
        }
    }
}
