import OpenAIUsage
import OpenAIUsageTestKit

/// A sink that keeps the rows of one call, and can be waited on.
final class RowSink: UsageSink {
    private let state = Watched<[CallRecord]>([])

    var rows: [CallRecord] { state.value }

    func record(_ record: CallRecord) { state.update { $0.append(record) } }

    /// Waits for the first row.
    func row() async throws -> CallRecord {
        try await state.wait(for: "a row") { !$0.isEmpty }[0]
    }
}
