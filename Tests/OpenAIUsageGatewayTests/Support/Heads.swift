import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// Heads as the wire reads them, for tests of what comes behind it.
enum Heads {
    /// The head of a request with these fields, `Host` beside them.
    static func request(
        _ fields: [(String, String)] = [],
        method: String = "POST",
        path: String = "/v1/chat/completions",
        version: String = "1.1",
        host: String? = "gateway"
    ) throws -> RequestHead {
        let lines = (fields + (host.map { [("Host", $0)] } ?? [])).map { "\($0.0): \($0.1)\r\n" }.joined()
        var buffer = ByteBuffer(string: "\(method) \(path) HTTP/\(version)\r\n\(lines)\r\n")
        var parser = RequestParser()
        guard case .head(let head) = parser.parse(&buffer) else { throw NoHead() }
        return head
    }

    /// The head of a response with these fields.
    static func response(
        _ fields: [(String, String)] = [],
        status: Int = 200,
        to method: RequestMethod = .post
    ) throws -> ResponseHead {
        let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
        var buffer = ByteBuffer(string: "HTTP/1.1 \(status) Reason\r\n\(lines)\r\n")
        var parser = ResponseParser()
        guard case .head(let head) = parser.parse(&buffer, answering: method) else { throw NoHead() }
        return head
    }

    struct NoHead: Error {}
}

extension [ByteBuffer] {
    /// All bytes as text.
    var text: String { map { String(buffer: $0) }.joined() }
}
