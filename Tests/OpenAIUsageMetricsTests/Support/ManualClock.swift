import OpenAIUsage
import Synchronization

/// A clock that stands still until it is moved.
final class ManualClock: UsageClock {
    private let microseconds: Mutex<Int64>

    init(_ microseconds: Int64) {
        self.microseconds = Mutex(microseconds)
    }

    var wallMicroseconds: Int64 { microseconds.withLock { $0 } }
    var monotonicNanoseconds: Int64 { wallMicroseconds * 1_000 }

    func advance(seconds: Int64) {
        microseconds.withLock { $0 += seconds * 1_000_000 }
    }
}
