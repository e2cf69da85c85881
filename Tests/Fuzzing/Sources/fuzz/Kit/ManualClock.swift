import OpenAIUsage
import Synchronization

/// A clock that stands still until it is moved.
package final class ManualClock: UsageClock {
    private let state: Mutex<(wall: Int64, monotonic: Int64)>

    /// - Parameter wall: Where it stands, in microseconds since 1970.
    package init(_ wall: Int64 = 1_795_424_101_000_000) {
        state = Mutex((wall, 1_000_000_000))
    }

    package var wallMicroseconds: Int64 { state.withLock { $0.wall } }
    package var monotonicNanoseconds: Int64 { state.withLock { $0.monotonic } }

    package func advance(microseconds: Int64) {
        state.withLock {
            $0.wall += microseconds
            $0.monotonic += microseconds * 1_000
        }
    }

    package func advance(seconds: Int64) { advance(microseconds: seconds * 1_000_000) }
}
