import OpenAIUsage
import OpenAIUsageMetrics
import OpenAIUsageRecorder

/// The recorder of the data plane's calls.
protocol DataPlaneRecorder: UsageSink {
    /// Prices, counts and keeps the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called once, on any thread, when the record is kept, cannot be kept, or must wait for a failing ledger; not
    ///     called if ``flush()`` keeps it.
    /// - Returns: True if the record is kept already, or by ``flush()``, which must come before the end of the response.
    func submit(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool

    /// Prices and keeps an in-flight record, in the same way; nothing counts it.
    func submitOpen(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool

    /// Keeps the submitted records for which nothing waits.
    func flush()

    /// Counts the calls in flight: 1 when a call starts, -1 when it ends.
    func changeInFlight(_ endpoint: Endpoint, by change: Int64)

    /// Counts a client that left while its call goes on, whose record so far this is.
    func recordDisconnect(_ record: CallRecord)

    /// Makes the record of a response durable that is about to be released before its record was kept, or counts the response.
    func releaseLate()
}

extension UsageRecorder: DataPlaneRecorder {}

/// The counters of events on the data plane, besides calls.
protocol DataPlaneCounters: Sendable {
    /// Counts an event.
    func count(_ event: DataPlaneEvent)

    /// Counts a limit that was reached.
    func reached(_ limit: DataPlaneLimit)

    /// Changes the number of calls that wait for a connection to the upstream.
    func changeWaiting(by change: Int)

    /// Changes the number of client connections.
    func changeConnections(by change: Int)

    /// Changes the number of calls whose client has left, and whose response is read on.
    func changeCallsAfterDisconnect(by change: Int)

    /// Counts a request that was sent to the upstream once more.
    func retried(_ reason: UpstreamRetry)

    /// Counts a stream that was sent to the upstream without asking for its usage.
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
        changeGatewayCallsAfterDisconnect(by: 0)
        for reason in UpstreamRetry.allCases { countUpstreamRetry(reason: reason.rawValue, by: 0) }
        countConfigurationReload(isSuccessful: true, isStart: true)
    }

    func count(_ event: DataPlaneEvent) { countGatewayEvent(event.rawValue) }
    func reached(_ limit: DataPlaneLimit) { countGatewayLimit(limit.rawValue) }
    func changeWaiting(by change: Int) { changeGatewayWaitingCalls(by: Int64(change)) }
    func changeConnections(by change: Int) { changeGatewayConnections(by: Int64(change)) }
    func changeCallsAfterDisconnect(by change: Int) { changeGatewayCallsAfterDisconnect(by: Int64(change)) }
    func retried(_ reason: UpstreamRetry) { countUpstreamRetry(reason: reason.rawValue) }
    func usageNotAsked(_ reason: IncludeUsage.Note) { countUsageNotAsked(reason: reason.rawValue) }
}
