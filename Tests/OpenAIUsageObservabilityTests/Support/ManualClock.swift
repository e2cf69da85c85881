import OpenAIUsage
import Synchronization

/// A clock that stands still until it is moved.
final class ManualClock: UsageClock {
    private let state = Mutex((wall: Int64(1_795_424_101_000_000), monotonic: Int64(1_000_000_000)))

    var wallMicroseconds: Int64 { state.withLock { $0.wall } }
    var monotonicNanoseconds: Int64 { state.withLock { $0.monotonic } }

    func advance(microseconds: Int64) {
        state.withLock {
            $0.wall += microseconds
            $0.monotonic += microseconds * 1_000
        }
    }
}
