import Logging
import OpenAIUsage
import OpenAIUsageMetrics
import OpenAIUsageRecorder
import OpenAIUsageService
import OpenAIUsageTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

struct MetricsEndpointTests {
    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Runs a test with an endpoint, and ends the endpoint behind it.
    private static func run(_ body: @Sendable (Int) async throws -> Void) async throws {
        let port = Watched<Int?>(nil)
        let metrics = UsageMetrics(build: BuildInformation(version: "7.8"))
        let endpoint = MetricsEndpoint(metrics: metrics, port: 0, logger: logger) { number in
            port.update { $0 = number }
        }
        try await MeteredCalls.make(UsageMeter(ledger: nil, metrics: metrics))
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await endpoint.run() }
                do {
                    try await body(try #require(try await port.wait(for: "the endpoint to listen") { $0 != nil }))
                } catch {
                    group.cancelAll()
                    throw error
                }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    private static func ask(
        _ port: Int,
        _ method: String,
        _ path: String,
        accept: String = "*/*"
    ) async throws
        -> RawMessage
    {
        let connection = try await RawConnection.connect(to: port)
        try await connection.send("\(method) \(path) HTTP/1.1\r\nHost: x\r\nAccept: \(accept)\r\n\r\n")
        let message = try await connection.message(.response(to: method))
        await connection.close()
        return message
    }

    @Test
    func `Metrics are shown in both formats`() async throws {
        try await Self.run { port in
            let plain = try await Self.ask(port, "GET", "/metrics")
            #expect(plain.status == 200 && plain["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"])
            #expect(plain["vary"] == ["Accept, Accept-Encoding"] && plain["cache-control"] == ["no-store"])
            #expect(plain.text.contains(#"oai_usage_build_info{version="7.8""#))
            #expect(plain.text.contains("oai_usage_calls_total{"))
            let open = try await Self.ask(
                port,
                "GET",
                "/metrics",
                accept: "application/openmetrics-text; version=1.0.0"
            )
            #expect(open["content-type"] == ["application/openmetrics-text; version=1.0.0; charset=utf-8"])
            #expect(open.text.hasSuffix("# EOF\n"))
        }
    }

    @Test(arguments: [
        ("GET", "/healthz", 200, "healthy\n"), ("GET", "/", 404, "See /metrics.\n"),
        ("POST", "/metrics", 405, "Only GET and HEAD.\n"), ("HEAD", "/metrics", 200, ""), ("HEAD", "/x", 404, ""),
    ])
    func `Everything else is answered`(_ method: String, _ path: String, _ status: Int, _ text: String) async throws {
        try await Self.run { port in
            let answer = try await Self.ask(port, method, path)
            #expect(answer.status == status && answer.text == text)
            #expect(answer["allow"] == (status == 405 ? ["GET, HEAD"] : []))
        }
    }

    @Test
    func `A port that is taken is told`() async throws {
        try await Self.run { port in
            let second = MetricsEndpoint(
                metrics: UsageMetrics(build: BuildInformation(version: "1")),
                port: port,
                logger: Self.logger
            )
            let error = await #expect(throws: MetricsEndpointError.self) { try await second.run() }
            #expect(error?.address == "127.0.0.1:\(port)")
            #expect(error?.description.contains("Choose another port") == true)
        }
    }
}
