/// How an attempt ended.
public enum Outcome: String, Sendable, CaseIterable {
    /// The response arrived in full.
    case completed
    /// The API answered with an error: a status of 400 or more, an error body or an error event.
    case error
    /// The upstream ended before its response was complete.
    case cut
    /// The client went away before it had the whole response.
    case clientDisconnected = "client_disconnected"
    /// A time limit passed.
    case timeout
    /// No connection to the upstream could be made, or it broke before a response began.
    case unreachable
    /// The caller dropped the body before its end.
    case abandoned
    /// The attempt has not ended yet.
    case open
    /// The process ended, or died, while the attempt was open.
    case interrupted
}
