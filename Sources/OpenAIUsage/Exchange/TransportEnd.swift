/// How the bytes of an attempt came to their end, as its carrier saw it.
public enum TransportEnd: Sendable {
    /// The response's body ended as HTTP says it should.
    case completed
    /// The upstream's connection ended inside the response.
    case cut
    /// The client went away.
    case clientDisconnected
    /// A time limit passed.
    case timeout
    /// The request was not sent: no connection could be made, or none that is secure.
    case unreachable
    /// No connection could be made within a time limit, so that the request was not sent.
    case connectTimeout
    /// The request was sent, at least in part, and no response came that could be read.
    ///
    /// The provider may have carried it out and billed it: its usage is ``UsageState/missing``.
    case unanswered
    /// The caller dropped the body.
    case abandoned
    /// The process ends while the attempt is open.
    case interrupted
}
