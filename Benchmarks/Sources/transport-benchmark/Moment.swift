#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Nanoseconds of the system's clocks.
enum Moment {
    static var monotonic: Int64 { read(CLOCK_MONOTONIC) }
    static var processor: Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Ends the program with a sentence.
func stop(_ message: String) -> Never {
    print(message)
    exit(1)
}
