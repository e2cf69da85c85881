/// The decisions of a proxied call: who has ended, and what follows.
///
/// Every order of endings of the client, the upstream and the ledger is possible; each method takes one event and says
/// what is to be done, so that the call's channels need not know one another's state.
struct RelayState {
    /// How far the request has come.
    enum Request: Equatable { case open, complete, abandoned }
    /// How far the upstream has come.
    enum Response: Equatable { case waiting, connecting, sent, streaming, complete, failed }

    /// What follows from the client's going away.
    enum ClientClosed: Equatable {
        /// The response was delivered in full, or its end is settled already.
        case nothing
        /// The call ends here.
        case abort
        /// The upstream is read on, to learn what was used.
        case drain
    }

    /// What follows from the upstream's going away.
    enum UpstreamClosed: Equatable {
        case nothing
        /// Nothing was sent to the client yet: it gets an error.
        case respond
        /// The client must see that its response is not whole.
        case cut
        /// The client has gone too.
        case end
    }

    /// What follows from the end of a response.
    enum Finished: Equatable {
        /// The client's connection may carry another call.
        case keep
        /// The client's connection ends.
        case close
    }

    private(set) var request = Request.open
    private(set) var response = Response.waiting
    private(set) var hasClient = true
    private(set) var isDelivered = false
    let keepsAlive: Bool

    init(keepsAlive: Bool) {
        self.keepsAlive = keepsAlive
    }

    /// Whether the client has gone and the upstream is read on.
    var isDraining: Bool { !hasClient && (response == .sent || response == .streaming) }

    mutating func requestEnded() {
        if request == .open { request = .complete }
    }

    mutating func connecting() {
        if response == .waiting { response = .connecting }
    }

    /// The connection is there; false if nobody wants it any more.
    mutating func connected() -> Bool {
        guard response == .connecting, hasClient else { return false }
        response = .sent
        return true
    }

    mutating func responseStarted() {
        if response == .sent { response = .streaming }
    }

    /// The request is sent once more, because the upstream has refused what was added to it; false if nobody wants that.
    mutating func restarted() -> Bool {
        guard response == .sent, hasClient, request == .complete else { return false }
        response = .connecting
        return true
    }

    mutating func responseEnded() {
        if response == .streaming || response == .sent { response = .complete }
    }

    /// The response's last byte is on its way to the client.
    mutating func delivered() -> Finished {
        isDelivered = true
        return keepsAlive && request == .complete ? .keep : .close
    }

    mutating func clientClosed() -> ClientClosed {
        guard hasClient else { return .nothing }
        hasClient = false
        if isDelivered || response == .failed || response == .complete {
            return .nothing
        }
        if request != .complete || response == .waiting || response == .connecting {
            request = .abandoned
            response = .failed
            return .abort
        }
        return .drain
    }

    mutating func upstreamClosed() -> UpstreamClosed {
        switch response {
        case .complete, .failed: return .nothing
        case .waiting, .connecting, .sent:
            response = .failed
            return hasClient ? .respond : .end
        case .streaming:
            response = .failed
            return hasClient ? .cut : .end
        }
    }
}
