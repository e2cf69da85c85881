import HTTPTypes
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// A transport and a server that a test plays, with a meter between them.
struct CurlHarness: Sendable {
    let server: ScriptedUpstream
    let transport: CurlTransport
    let sink: RecordingSink
    /// The transport as a program uses it.
    let metered: InterceptedTransport<CurlTransport>

    private init(server: ScriptedUpstream, transport: CurlTransport) {
        self.server = server
        self.transport = transport
        sink = RecordingSink()
        metered = transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
    }

    /// Runs a test, and checks afterwards that the driving thread has ended.
    static func run(
        server: ScriptedUpstream? = nil,
        configure: (inout CurlTransportConfiguration) -> Void = { _ in },
        body: (CurlHarness) async throws -> Void
    ) async throws {
        let upstream: ScriptedUpstream
        if let server { upstream = server } else { upstream = try await ScriptedUpstream.start() }
        var configuration = CurlTransportConfiguration()
        configuration.environment = [:]
        // What a test is not about must not happen in it, however slow the machine is.
        configuration.idleTimeout = .seconds(300)
        configuration.connectTimeout = .seconds(60)
        configure(&configuration)
        let harness = CurlHarness(server: upstream, transport: CurlTransport(configuration))
        do {
            try await body(harness)
        } catch {
            await harness.transport.shutDown()
            await upstream.stop()
            throw error
        }
        await harness.transport.shutDown()
        await upstream.stop()
        try await ProcessReading.wait(for: "the driving thread to end") { ProcessReading.drivingThreads.isEmpty }
    }

    /// A request to the server.
    func request(
        _ method: HTTPRequest.Method = .post,
        _ path: String = "/v1/chat/completions",
        _ fields: [(String, String)] = [],
        body: Body? = nil
    ) -> Request {
        .local(server.port, method, path, fields, body: body)
    }

    /// Waits for the one record of a call.
    func record(_ count: Int = 1) async throws -> CallRecord {
        try await ProcessReading.wait(for: "\(count) records") { sink.records.count >= count }
        #expect(sink.records.count == count)
        return try #require(sink.records.last)
    }

    /// Waits for the one record of a call, and expects that it ended so.
    func expectOutcome(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let record = try await record()
        #expect(record.outcome == outcome, sourceLocation: sourceLocation)
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

/// The code of the error that a call ends with.
func failure(of call: () async throws -> Void) async -> TransportError.Code? {
    do {
        try await call()
        return nil
    } catch {
        return (error as? TransportError)?.code
    }
}
