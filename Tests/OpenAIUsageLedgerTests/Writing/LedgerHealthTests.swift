import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("The writer's health")
struct LedgerHealthTests {
    private static let second: Int64 = 1_000_000
    private let full = LedgerError(.diskFull, "No space is left.")

    @Test("A trouble is told when it begins and when it ends")
    func turns() {
        var health = LedgerHealth()
        #expect(health.succeed(at: 0, dropped: 0) == nil)
        #expect(health.fail(full, at: Self.second, dropped: 3)?.kind == .failed)
        #expect(health.fail(full, at: 2 * Self.second, dropped: 3) == nil)
        let end = health.succeed(at: 5 * Self.second, dropped: 10)
        #expect(end?.kind == .recovered && end?.durationMicroseconds == 4 * Self.second && end?.dropped == 7)
        #expect(health.trouble == nil)
    }

    @Test("Losses are told once a minute while they go on, with how many there are")
    func losses() throws {
        var health = LedgerHealth()
        _ = health.fail(full, at: 0, dropped: 5)
        // Nothing is lost yet: all has been told.
        #expect(health.fail(full, at: 90 * Self.second, dropped: 5) == nil)
        var told: [LedgerStatusChange] = []
        for time in 91...400 as ClosedRange<Int64> {
            if let change = health.fail(full, at: time * Self.second, dropped: 5 + time) { told.append(change) }
        }
        #expect(told.map(\.kind) == Array(repeating: .lasting, count: 6))
        #expect(told.map { $0.durationMicroseconds / Self.second } == [91, 151, 211, 271, 331, 391])
        #expect(told.map(\.dropped) == [91, 151, 211, 271, 331, 391])
        let text = try #require(told.first).description
        #expect(text == "The ledger still fails after 91 s: No space is left. Records dropped meanwhile: 91.")
        // When no more are lost, there is nothing more to tell.
        #expect(health.fail(full, at: 900 * Self.second, dropped: 405) != nil)
        #expect(health.fail(full, at: 1_800 * Self.second, dropped: 405) == nil)
    }
}
