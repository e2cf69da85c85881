import HTTPTypes
import OpenAIUsage
import Testing

/// One call: what is asked, what the upstream does, and what the caller does.
struct Scenario: Sendable, CustomTestStringConvertible {
    /// How the caller goes about its call.
    enum Manner: Sendable, Equatable {
        case readsToTheEnd
        /// It lets go as soon as it has read a text.
        case stopsBehind(String)
        /// It lets go of the response unread.
        case neverReads
        /// It lets go of the iterator behind the first piece.
        case readsOnePiece
        /// Its task is cancelled once the upstream has the request.
        case isCancelledBeforeTheHead
        /// Its task is cancelled once it has read a piece.
        case isCancelledWithinTheBody
        /// Its task is cancelled behind the end.
        case isCancelledBehindTheEnd
        /// The transport is shut down once the upstream has the request.
        case isShutDownBeforeTheHead
        /// The transport is shut down once a piece was read.
        case isShutDownWithinTheBody
    }

    let name: String
    var method = "POST"
    var path = "/v1/chat/completions"
    var fields: [(name: String, value: String)] = []
    var requestBody = Array(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}"#.utf8)
    /// Whether the body is a stream that can be read once.
    var streamsRequest = false
    var reply: Reply
    var manner = Manner.readsToTheEnd
    /// Whether the transport's time limits are short.
    var isHurried = false
    /// The ways in which the upstream's bytes are sent.
    var deliveries = [Delivery.chunked]
    /// How the call ends, for a caller that reads it itself.
    var outcome: Outcome
    /// What is known of the usage beforehand; `nil` where only the paths are compared with one another.
    var usageState: String?

    var testDescription: String { name }

    /// The fields as they are sent.
    var allFields: [(name: String, value: String)] {
        var fields = fields
        func add(_ name: String, _ value: String) {
            if !fields.contains(where: { $0.name.lowercased() == name.lowercased() }) { fields.append((name, value)) }
        }
        add("User-Agent", "conformance/1.0")
        add("Authorization", "Bearer sk-proj-conformance-0123456789")
        add("X-Stainless-Retry-Count", "1")
        add("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        add("OpenAI-Usage-Tags", "team=search,run=1")
        if !requestBody.isEmpty { add("Content-Type", "application/json") }
        return fields
    }

    /// The request to a port of this machine.
    func request(to port: Int) -> Request {
        var head = HTTPRequest(
            method: .init(method) ?? .post,
            scheme: "http",
            authority: "127.0.0.1:\(port)",
            path: path
        )
        for (name, value) in allFields {
            if let name = HTTPField.Name(name) { head.headerFields.append(HTTPField(name: name, value: value)) }
        }
        if requestBody.isEmpty { return Request(head: head) }
        guard streamsRequest else { return Request(head: head, body: Body(requestBody)) }
        return Request(head: head, body: Body(MemoryBody(bytes: requestBody) {}, length: requestBody.count))
    }
}
