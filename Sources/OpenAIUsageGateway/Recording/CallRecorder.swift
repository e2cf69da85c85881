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

    /// Takes it that something has happened that only metrics tell.
    func count(_ event: DataPlaneEvent)

    /// Takes it that more or fewer calls wait for a connection to the upstream.
    func changeWaiting(by change: Int)

    /// Takes it that there are more or fewer connections of clients.
    func changeConnections(by change: Int)

    /// Called when a stream that does not tell its usage goes to the upstream as the client wrote it.
    func usageNotAsked(_ reason: IncludeUsage.Note)
}

/// What happens on the data plane beside calls.
enum DataPlaneEvent: String, Sendable, CaseIterable {
    /// A request was sent once more, because its pooled connection turned out to be closed.
    case replayed
    /// A request was refused, because it breaks a rule or a limit.
    case refused
    /// An upstream sent bytes that nobody had asked for, and its connection was closed.
    case strayBytes = "stray_bytes"
    /// A client was turned away, because there are as many connections as may be.
    case connectionRefused = "connection_refused"
    // Access.
    /// A request without a valid token was refused.
    case unauthorized
    /// A request was refused for the name that it calls the gateway by, or for the origin of the page that it comes from.
    case hostRefused = "host_refused"
    /// A handshake of TLS failed, or did not come in time.
    case tlsFailure = "tls_failure"
}
