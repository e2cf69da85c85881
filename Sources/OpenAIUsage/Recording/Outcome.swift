/// How an attempt ended.
public enum Outcome: String, Sendable, CaseIterable {
    /// The response arrived in full.
    case completed
    /// The API answered with an error: a status of 400 or more, an error body or an error event.
    case error
    /// The response ended before it was complete.
    case cut
    /// The client disconnected before it had the whole response.
    case clientDisconnected = "client_disconnected"
    /// A time limit was exceeded.
    case timeout
    /// No connection to the upstream could be made, or it broke before a response began.
    case unreachable
    /// The caller dropped the body before its end.
    case abandoned
    /// The attempt is in flight.
    case open
    /// The process ended, or died, while the attempt was in flight.
    case interrupted
}
