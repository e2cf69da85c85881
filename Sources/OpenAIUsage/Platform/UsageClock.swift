#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The source of the engine's wall-clock and monotonic times.
public protocol UsageClock: Sendable {
    /// The wall-clock time, in microseconds since 1970-01-01T00:00:00Z.
    var wallMicroseconds: Int64 { get }
    /// The time of a clock that never goes back, in nanoseconds from an arbitrary start.
    var monotonicNanoseconds: Int64 { get }
}

/// The clocks of the operating system.
public struct SystemUsageClock: UsageClock {
    /// Creates the clock.
    public init() {}

    /// The wall-clock time, in microseconds since 1970-01-01T00:00:00Z.
    public var wallMicroseconds: Int64 { read(CLOCK_REALTIME) / 1_000 }
    /// The time of `CLOCK_MONOTONIC`, in nanoseconds.
    public var monotonicNanoseconds: Int64 { read(CLOCK_MONOTONIC) }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
