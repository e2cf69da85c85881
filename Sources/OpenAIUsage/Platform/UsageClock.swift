#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time, as the engine reads it.
public protocol UsageClock: Sendable {
    /// The microseconds since 1970-01-01T00:00:00Z.
    var wallMicroseconds: Int64 { get }
    /// The nanoseconds of a clock that never goes back, from an arbitrary start.
    var monotonicNanoseconds: Int64 { get }
}

/// The clocks of the operating system.
public struct SystemUsageClock: UsageClock {
    /// Creates the clock.
    public init() {}

    /// The microseconds since 1970-01-01T00:00:00Z.
    public var wallMicroseconds: Int64 { read(CLOCK_REALTIME) / 1_000 }
    /// The nanoseconds since the machine was started.
    public var monotonicNanoseconds: Int64 { read(CLOCK_MONOTONIC) }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
