import NIOPosix

@testable import OpenAISimulator

/// A request as a test writes it.
struct TestRequest {
    var method = "POST"
    var path = "/v1/chat/completions"
    var headers: [(String, String)] = []
    var body: String?
    var isAuthorized = true

    /// A chat with one message.
    static func chat(
        _ members: String = #""messages":[{"role":"user","content":"Status?"}]"#,
        model: String = "gpt-4o-mini",
        stream: Bool = false,
        usage: Bool? = nil,
        simulate: String? = nil
    ) -> TestRequest {
        create("/v1/chat/completions", members, model: model, stream: stream, usage: usage, simulate: simulate)
    }

    /// A request to `/v1/responses`.
    static func response(
        _ members: String = #""input":"Status?""#,
        model: String = "gpt-5.1",
        stream: Bool = false,
        simulate: String? = nil
    ) -> TestRequest {
        create("/v1/responses", members, model: model, stream: stream, usage: nil, simulate: simulate)
    }

    /// A request with a model and other members.
    static func create(
        _ path: String,
        _ members: String,
        model: String,
        stream: Bool = false,
        usage: Bool? = nil,
        simulate: String? = nil
    ) -> TestRequest {
        var body = #"{"model":"\#(model)","#
        if stream { body += #""stream":true,"# }
        if let usage { body += #""stream_options":{"include_usage":\#(usage)},"# }
        body += members + "}"
        return TestRequest(path: path, headers: simulate.map { [("OpenAI-Simulate", $0)] } ?? [], body: body)
    }

    /// A request without a body.
    static func plain(_ method: String, _ path: String, simulate: String? = nil) -> TestRequest {
        TestRequest(
            method: method,
            path: path,
            headers: simulate.map { [("OpenAI-Simulate", $0)] } ?? []
        )
    }

    func adding(_ name: String, _ value: String) -> TestRequest {
        var request = self
        request.headers.append((name, value))
        return request
    }

    /// The bytes of the request.
    var text: String {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if isAuthorized { text += "Authorization: Bearer sk-proj-test-0123456789abcd\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }
}

/// Runs a test against a simulator of its own.
func withSimulator(
    seed: UInt64 = 1,
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (Simulator) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configuration.seed = seed
    configuration.secondsSinceEpoch = { 1_795_425_301 }
    configure(&configuration)
    let simulator = try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
    do {
        try await body(simulator)
    } catch {
        try await simulator.stop()
        throw error
    }
    try await simulator.stop()
}

extension Simulator {
    /// Sends a request over a connection of its own.
    func send(_ request: TestRequest) async throws -> RawResponse {
        let connection = try await RawConnection.open(port: port)
        try await connection.send(request.text)
        let response = try await connection.receiveResponse(toHead: request.method == "HEAD")
        try await connection.close()
        return response
    }
}

/// Sends one request to a simulator of its own.
func answer(to request: TestRequest, seed: UInt64 = 1) async throws -> RawResponse {
    var response: RawResponse?
    try await withSimulator(seed: seed) { response = try await $0.send(request) }
    guard let response else { throw RawConnection.Failure.endOfStream("before the answer") }
    return response
}
