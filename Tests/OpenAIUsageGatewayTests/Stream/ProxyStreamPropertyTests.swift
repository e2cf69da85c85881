import Foundation
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Orders of events at random: whatever happens, a call ends with one record, and leaves nothing behind.
///
/// The variable `STREAM_EVENTS` tells how many events there are in all; `STREAM_SEED` goes through one call's only.
struct ProxyStreamPropertyTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let eventCount = environment["STREAM_EVENTS"].flatMap { Int($0) } ?? 240_000
    private static let partCount = 4

    @Test(arguments: 0..<UInt64(partCount))
    func everyOrderOfEventsEndsWell(_ part: UInt64) async throws {
        if let seed = Self.environment["STREAM_SEED"].flatMap({ UInt64($0) }) {
            if part == 0 { _ = try Self.walk(seed) }
            return
        }
        var events = 0
        var seed = part << 32
        var failures = 0
        while events < Self.eventCount / Self.partCount, failures < 3 {
            seed += 1
            let (count, isSound) = try Self.walk(seed)
            events += count
            if !isSound { failures += 1 }
            // Others have something to do, too.
            await Task.yield()
        }
        print("ProxyStream: \(events) events in orders of the seeds \(part << 32 + 1) to \(seed)")
    }

    private static func walk(_ seed: UInt64) throws -> (events: Int, isSound: Bool) {
        var walk = try #require(StreamWalk(SplitMix64(seed: seed)))
        walk.run()
        guard !walk.shell.violations.isEmpty else { return (walk.shell.events, true) }
        var again = try #require(StreamWalk(SplitMix64(seed: seed), traces: true))
        again.run()
        Issue.record("seed \(seed): \(again.shell.violations)\n\(again.shell.trace.joined(separator: "\n"))")
        return (walk.shell.events, false)
    }
}
