/// How the transfer of an attempt ended, from the view of its transport.
public enum TransportEnd: Sendable {
    /// The response's body ended as HTTP requires.
    case completed
    /// The connection to the upstream ended within the response.
    case cut
    /// The client disconnected.
    case clientDisconnected
    /// A time limit was exceeded.
    case timeout
    /// The request was not sent, because no connection, or none that is secure, could be made.
    case unreachable
    /// The request was not sent, because no connection could be made within a time limit.
    case connectTimeout
    /// The request was sent, at least in part, and no readable response came.
    ///
    /// The provider may have carried it out and billed it: its usage is ``UsageState/missing`` where the endpoint
    /// reports any.
    case unanswered
    /// The caller dropped the body.
    case abandoned
    /// The process ended while the attempt was in flight.
    case interrupted
}

extension TransportEnd {
    /// Creates the end of an attempt that an error ended.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - isHeadReceived: True if the response had begun.
    public init(_ error: any Error, isHeadReceived: Bool) {
        let code = (error as? TransportError)?.code
        // An error of any other type does not say how far the request got.
        let isUnsent = (error as? TransportError)?.isRequestUnsent ?? false
        if error is CancellationError || code == .cancelled || Task.isCancelled {
            self = .abandoned
        } else if code == .timeout {
            self = isUnsent && !isHeadReceived ? .connectTimeout : .timeout
        } else if isHeadReceived, code != .unreachable {
            self = .cut
        } else {
            self = isUnsent ? .unreachable : .unanswered
        }
    }
}
