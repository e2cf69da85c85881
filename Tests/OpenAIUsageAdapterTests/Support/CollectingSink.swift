import OpenAIUsage
import OpenAIUsageTestKit

/// A sink that keeps what it is given, and can be waited on.
final class CollectingSink: UsageSink {
    private let state = Watched<[CallRecord]>([])

    var records: [CallRecord] { state.value }

    func record(_ record: CallRecord) { state.update { $0.append(record) } }

    /// Waits for a number of records.
    func wait(for count: Int) async throws -> [CallRecord] {
        try await state.wait(for: "\(count) records") { $0.count >= count }
    }
}
