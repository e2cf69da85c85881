import Foundation
import OpenAIUsage
import Testing

struct UsageClockTests {
    @Test
    func `The wall clock agrees with Foundation's`() {
        let clock = SystemUsageClock()
        let before = Int64(Date().timeIntervalSince1970 * 1_000_000) - 1_000
        let now = clock.wallMicroseconds
        let after = Int64(Date().timeIntervalSince1970 * 1_000_000) + 1_000
        #expect((before...after).contains(now))
    }

    @Test
    func `The monotonic clock never goes back`() {
        let clock = SystemUsageClock()
        var last = clock.monotonicNanoseconds
        for _ in 0..<10_000 {
            let now = clock.monotonicNanoseconds
            #expect(now >= last)
            last = now
        }
    }
}
