import OpenAIUsageTestKit

/// A client that sends what a test writes, and reads what comes back.
struct RawClient: Sendable {
    let connection: RawConnection

    func send(_ text: String) async throws { try await connection.send(text) }

    /// Waits for a response and takes it.
    func response(to method: String = "POST") async throws -> RawMessage {
        try await connection.message(.response(to: method))
    }

    /// Sends a request and waits for its response.
    func exchange(_ request: String, method: String = "POST") async throws -> RawMessage {
        try await send(request)
        return try await response(to: method)
    }

    // MARK: - Requests

    /// A request for a chat completion.
    static func chat(stream: Bool = false, includeUsage: Bool? = nil, extra: String = "") -> String {
        var body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]"#
        if stream { body += #","stream":true"# }
        if let includeUsage { body += #","stream_options":{"include_usage":\#(includeUsage)}"# }
        return post("/v1/chat/completions", body + "}", extra: extra)
    }

    static func post(_ path: String, _ body: String, type: String = "application/json", extra: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: gateway\r\nContent-Type: \(type)\r\n\(extra)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func get(_ path: String = "/v1/models", extra: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: gateway\r\n\(extra)\r\n"
    }
}
