import NIOCore
import NIOHTTP1

/// An answer that is being sent.
struct Outgoing {
    let request: ReceivedRequest
    let reply: Reply
    let framing: HeadEncoder.Framing
    /// True if the connection stays open after the answer.
    let isKeptAlive: Bool
    var cursor: BodyCursor
    var isHeadSent = false
    var timer: Scheduled<Void>?

    /// Creates an answer with its framing.
    init(_ reply: Reply, to request: ReceivedRequest) {
        self.reply = reply
        self.request = request
        isKeptAlive = request.head.isKeepAlive && !reply.delivery.closes && !(reply.body.length == nil && request.isOld)
        if let length = reply.body.length {
            framing = .length(length)
        } else {
            framing = request.isOld ? .close : .chunked
        }
        cursor =
            if request.head.method == .HEAD {
                BodyCursor(.none, framing: .length(0), delivery: reply.delivery)
            } else {
                BodyCursor(reply.body, framing: framing, delivery: reply.delivery)
            }
    }

    /// The value of the `connection` header; `nil` if it is implied.
    var connectionHeader: StaticString? {
        if !isKeptAlive { return "close" }
        return request.isOld ? "keep-alive" : nil
    }

    /// Creates the journal's entry.
    func exchange(clientClosedEarly: Bool = false, wasCut: Bool = false, sentBodyBytes: Int) -> SimulatedExchange {
        let head = reply.head
        let tellsAPI = isHeadSent && head.tellsProcessing
        return SimulatedExchange(
            number: reply.number,
            method: request.head.method.rawValue,
            path: request.head.uri,
            headers: request.head.headers,
            body: request.body,
            status: isHeadSent ? head.status : nil,
            requestID: isHeadSent && head.tellsRequestID ? head.requestID.text : nil,
            processingMilliseconds: tellsAPI ? head.processingMilliseconds : nil,
            sentBodyBytes: sentBodyBytes,
            clientClosedEarly: clientClosedEarly,
            wasCut: wasCut
        )
    }
}

extension ReceivedRequest {
    /// True if the client speaks HTTP/1.0, which has no chunks.
    var isOld: Bool {
        head.version.major < 1 || head.version == .http1_0
    }
}
