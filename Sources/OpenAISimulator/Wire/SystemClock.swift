#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The machine's clock, for the headers that carry a time.
enum SystemClock {
    /// The seconds since the start of 1970.
    static func secondsSinceEpoch() -> Int {
        Int(time(nil))
    }
}
