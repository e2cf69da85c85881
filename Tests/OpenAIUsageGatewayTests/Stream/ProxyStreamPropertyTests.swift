import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Orders of events at random: whatever happens, a call ends with one record, and leaves nothing behind.
struct ProxyStreamPropertyTests {
    private static let eventCount = 1_100_000
    private static let partCount = 8

    @Test(arguments: 0..<UInt64(partCount))
    func everyOrderOfEventsEndsWell(_ part: UInt64) throws {
        var events = 0
        var seed = part << 32
        var failures = 0
        while events < Self.eventCount / Self.partCount {
            seed += 1
            var walk = try #require(StreamWalk(SplitMix64(seed: seed)))
            walk.run()
            events += walk.shell.events
            guard !walk.shell.violations.isEmpty else { continue }
            var again = try #require(StreamWalk(SplitMix64(seed: seed), traces: true))
            again.run()
            Issue.record("seed \(seed): \(again.shell.violations)\n\(again.shell.trace.joined(separator: "\n"))")
            failures += 1
            if failures == 3 { return }
        }
        print("ProxyStream: \(events) events in orders of the seeds \(part << 32 + 1) to \(seed)")
    }
}
