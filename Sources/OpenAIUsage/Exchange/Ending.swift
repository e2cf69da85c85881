/// How the bytes of an attempt came to their end, as its carrier saw it.
public enum Ending: Sendable {
    /// The response's body ended as HTTP says it should.
    case completed
    /// The upstream's connection ended inside the response.
    case cut
    /// The client went away.
    case clientDisconnected
    /// A time limit passed.
    case timeout
    /// No connection could be made, or it broke before a response began.
    case unreachable
    /// The caller dropped the body.
    case abandoned
    /// The process ends while the attempt is open.
    case interrupted
}
