import OpenAIUsage
import OpenAIUsageTestKit

@testable import OpenAIUsageGateway

/// The gateway's keeper of rows, which hands them to a sink and keeps them at once.
final class GatewayRows: DataPlaneRecorder, DataPlaneCounters {
    private struct Count: Sendable {
        var started = 0
        var ended = 0
    }

    private let sink: any UsageSink
    private let count = Watched(Count())

    init(_ sink: any UsageSink) {
        self.sink = sink
    }

    /// Waits until every call that has begun has ended.
    func untilAllEnded() async throws {
        try await count.wait(for: "all calls to end") { $0.started == $0.ended }
    }

    func submit(_ record: CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        var record = record
        // The other paths send nothing on to a client.
        record.sentBytes = nil
        sink.record(record)
        return true
    }

    func submitOpen(_ record: CallRecord, waiter: (@Sendable () -> Void)?) -> Bool { true }
    func flush() {}
    func record(_ record: CallRecord) { sink.record(record) }

    func changeInFlight(_ endpoint: Endpoint, by change: Int64) {
        count.update { if change > 0 { $0.started += 1 } else { $0.ended += 1 } }
    }

    func releaseLate() {}
    func recordDisconnect(_ record: CallRecord) {}
    func changeCallsAfterDisconnect(by change: Int) {}
    func retried(_ reason: UpstreamRetry) {}
    func usageNotAsked(_ reason: IncludeUsage.Note) {}
    func count(_ event: DataPlaneEvent) {}
    func reached(_ limit: DataPlaneLimit) {}
    func changeWaiting(by change: Int) {}
    func changeConnections(by change: Int) {}
}
