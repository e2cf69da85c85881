import OpenAIUsage

/// A clock that stands still, so that what is measured is the same on every path.
struct FixedClock: UsageClock {
    var wallMicroseconds: Int64 { 1_795_424_101_000_000 }
    var monotonicNanoseconds: Int64 { 1_000_000_000 }
}
