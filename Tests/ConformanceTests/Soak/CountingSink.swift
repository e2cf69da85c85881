import OpenAIUsage
import OpenAIUsageTestKit

/// A sink that counts, and keeps nothing.
final class CountingSink: UsageSink {
    private let state = Watched<[Outcome: Int]>([:])

    var counts: [Outcome: Int] { state.value }

    func record(_ record: CallRecord) { state.update { $0[record.outcome, default: 0] += 1 } }

    /// Waits for a number of rows.
    func wait(for count: Int) async throws {
        try await state.wait(for: "\(count) rows") { $0.values.reduce(0, +) >= count }
    }
}
