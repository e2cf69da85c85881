import OpenAIUsage
import OpenAIUsageMetrics
import OpenAIUsageRecorder

/// Keeps the data plane's records.
protocol DataPlaneRecorder: UsageSink {
    /// Prices, counts and keeps the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called once on any thread when the record is kept, or cannot be; not called if it is kept already.
    /// - Returns: True if the record is kept already.
    func submit(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool

    /// Keeps an interim record, in the same way.
    func submitOpen(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool

    /// Counts the calls in flight: 1 when a call starts, -1 when it ends.
    func changeInFlight(_ endpoint: Endpoint, by change: Int64)

    /// Counts a response that was released before its record was kept.
    func countLateRelease()
}

extension UsageRecorder: DataPlaneRecorder {}

/// Counts what happens on the data plane besides calls.
protocol DataPlaneCounters: Sendable {
    /// Counts an event.
    func count(_ event: DataPlaneEvent)

    /// Counts a limit that was reached, so that something was rejected.
    func reached(_ limit: DataPlaneLimit)

    /// Counts calls that wait for a connection to the upstream, up or down.
    func changeWaiting(by change: Int)

    /// Counts connections of clients, up or down.
    func changeConnections(by change: Int)

    /// Counts a stream that went to the upstream without asking for its usage.
    func usageNotAsked(_ reason: IncludeUsage.Note)
}

extension UsageMetrics: DataPlaneCounters {
    /// Creates the data plane's series at zero.
    func createDataPlaneSeries() {
        for reason in IncludeUsage.Note.allCases { countUsageNotAsked(reason: reason.rawValue, by: 0) }
        for event in DataPlaneEvent.allCases { countGatewayEvent(event.rawValue, by: 0) }
        for limit in DataPlaneLimit.allCases { countGatewayLimit(limit.rawValue, by: 0) }
        changeGatewayWaitingCalls(by: 0)
        changeGatewayConnections(by: 0)
    }

    func count(_ event: DataPlaneEvent) { countGatewayEvent(event.rawValue) }
    func reached(_ limit: DataPlaneLimit) { countGatewayLimit(limit.rawValue) }
    func changeWaiting(by change: Int) { changeGatewayWaitingCalls(by: Int64(change)) }
    func changeConnections(by change: Int) { changeGatewayConnections(by: Int64(change)) }
    func usageNotAsked(_ reason: IncludeUsage.Note) { countUsageNotAsked(reason: reason.rawValue) }
}
