import OpenAIUsage

/// Where the data plane's records go.
protocol CallRecorder: UsageSink {
    /// Takes the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - onCommit: Called once on any thread when the record is kept, or cannot be.
    func submit(_ record: CallRecord, onCommit: (@Sendable () -> Void)?)

    /// Takes an interim record.
    func submitOpen(_ record: CallRecord, onCommit: (@Sendable () -> Void)?)

    /// Takes it that a call has begun.
    func callStarted(_ endpoint: Endpoint)

    /// Takes it that a call has ended.
    func callEnded(_ endpoint: Endpoint)

    /// Takes it that a response was released before its record was kept.
    func releasedLate()

    /// Called when a stream that does not tell its usage goes to the upstream as the client wrote it.
    func usageNotAsked(_ reason: IncludeUsage.Note)
}
