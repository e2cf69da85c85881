import HTTPTypes
import OpenAIUsage

/// The call of the benchmark, over a transport.
struct TransportCall: Sendable {
    static let body = Array(
        """
        {"model":"gpt-4o","messages":[{"role":"developer","content":"You are a helpful assistant."},\
        {"role":"user","content":"Hello!"}]}
        """.utf8
    )

    private let request: Request

    /// Creates a call of a URL such as `http://localhost:8080/path`.
    init?(url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "http:" else { return nil }
        request = Request(
            head: HTTPRequest(
                method: .post,
                scheme: "http",
                authority: String(parts[2]),
                path: "/" + parts[3],
                headerFields: [.contentType: "application/json", .authorization: "Bearer sk-benchmark"]
            ),
            body: Body(Self.body)
        )
    }

    var fields: HTTPFields { request.head.headerFields }

    /// Makes the call, keeps its body as a program does, and returns when the body's first byte was there.
    func make(over transport: any Transport) async throws -> Int64 {
        var first: Int64 = 0
        var body: [UInt8] = []
        let response = try await transport.send(request, context: CallContext())
        for try await piece in response.body {
            if first == 0 { first = Moment.monotonic }
            body.append(contentsOf: piece)
        }
        guard response.head.status == .ok, !body.isEmpty else { stop("The answer is \(response.head.status).") }
        return first
    }
}
