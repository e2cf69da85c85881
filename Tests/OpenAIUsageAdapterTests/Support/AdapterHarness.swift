import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

/// A transport and a server that a test plays, with a meter between them.
struct AdapterHarness: Sendable {
    let server: ScriptedUpstream
    let client: Client
    let transport: any Transport
    /// The transport as a program uses it.
    let metered: any Transport
    let sink: CollectingSink

    /// Runs a test.
    static func run(
        _ client: Client,
        waiting seconds: Int = 300,
        server: ScriptedUpstream? = nil,
        body: (AdapterHarness) async throws -> Void
    ) async throws {
        let upstream: ScriptedUpstream
        if let server { upstream = server } else { upstream = try await ScriptedUpstream.start() }
        do {
            try await client.withTransport(waiting: seconds) { transport in
                let sink = CollectingSink()
                try await body(
                    AdapterHarness(
                        server: upstream,
                        client: client,
                        transport: transport,
                        metered: Self.metered(transport, sink),
                        sink: sink
                    )
                )
            }
        } catch {
            await upstream.stop()
            throw error
        }
        await upstream.stop()
    }

    private static func metered(_ transport: some Transport, _ sink: CollectingSink) -> any Transport {
        transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
    }

    /// A request to the server.
    func request(
        _ method: HTTPRequest.Method = .post,
        _ path: String = "/v1/chat/completions",
        _ fields: [(String, String)] = [("Content-Type", "application/json")],
        body: Body? = Body(#"{"model":"gpt-4o","stream":true}"#)
    ) -> Request {
        .local(server.port, method, path, fields, body: body)
    }

    /// A call whose response has begun.
    func begin(
        _ text: String,
        _ request: Request? = nil
    ) async throws -> (response: Response, connection: RawConnection) {
        async let response = metered.send(request ?? self.request(), context: CallContext())
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send(text)
        return (try await response, connection)
    }

    /// Waits for the one record of a call.
    func record() async throws -> CallRecord {
        let records = try await sink.wait(for: 1)
        #expect(records.count == 1)
        return try #require(records.last)
    }
}

extension Request {
    /// A request to a port of this machine.
    static func local(
        _ port: Int,
        _ method: HTTPRequest.Method = .post,
        _ path: String = "/v1/chat/completions",
        _ fields: [(String, String)] = [],
        body: Body? = nil,
        scheme: String = "http",
        host: String = "127.0.0.1"
    ) -> Request {
        var head = HTTPRequest(method: method, scheme: scheme, authority: "\(host):\(port)", path: path)
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { head.headerFields.append(HTTPField(name: name, value: value)) }
        }
        return Request(head: head, body: body)
    }
}

/// What a test's server answers with.
enum Answer {
    static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req_1\r\nTransfer-Encoding: chunked\r\n\r\n"
    static let usage = chunk(
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"
    )
    static let done = chunk("data: [DONE]\n\n")
    static let end = "0\r\n\r\n"
    static let document =
        #"{"id":"c","model":"gpt-4o-2024-08-06","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#

    static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    static func event(_ number: Int) -> String {
        chunk("data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"\(number)\"}}]}\n\n")
    }

    /// A whole stream.
    static let stream = streamHead + event(1) + usage + done + end

    /// A whole response.
    static func json(_ body: String = document, status: String = "200 OK", _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// The code of the error that a call ends with.
func failure(of call: () async throws -> Void) async -> TransportError.Code? {
    do {
        try await call()
        return nil
    } catch {
        return (error as? TransportError)?.code
    }
}
