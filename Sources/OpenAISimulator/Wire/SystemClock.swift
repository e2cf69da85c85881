#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The system's clock, for headers with a time.
enum SystemClock {
    /// Returns the seconds since the start of 1970.
    static func secondsSinceEpoch() -> Int {
        Int(time(nil))
    }
}
