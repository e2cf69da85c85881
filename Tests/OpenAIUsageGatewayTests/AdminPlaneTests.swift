import Dispatch
import OpenAIUsageLedger
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

struct AdminPlaneTests {
    private static let upstream = "http://127.0.0.1:1"

    static let formats: [(String?, String)] = [
        (nil, "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain;version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (
            "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        ),
        ("image/png", "text/plain; version=0.0.4; charset=utf-8"),
    ]

    @Test(arguments: formats)
    func metricsAreInTheFormatThatIsAskedFor(_ accept: String?, _ type: String) async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let response = try await gateway.ask("/metrics", accept: accept)
            #expect(response.status == 200)
            #expect(response["content-type"] == [type])
            #expect(response["vary"] == ["Accept, Accept-Encoding"])
            #expect(response["cache-control"] == ["no-store"])
            #expect(response["x-content-type-options"] == ["nosniff"])
            #expect(response.text.contains("oai_usage_build_info{"))
            #expect(response.text.hasSuffix("# EOF\n") == type.hasPrefix("application/openmetrics"))
        }
    }

    @Test func healthIsTold() async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            for path in ["/healthz", "/-/healthy"] {
                #expect(try await gateway.ask(path).text == "healthy\n")
            }
            for path in ["/readyz", "/-/ready", "/-/ready?verbose=1"] {
                let response = try await gateway.ask(path)
                #expect(response.status == 200)
                #expect(response.text == "ready\n")
            }
        }
    }

    @Test(arguments: ["/metrics", "/healthz", "/-/ready", "/"])
    func headIsGetWithoutItsBody(_ path: String) async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let client = try await gateway.operatorClient()
            let head = try await client.exchange("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n", method: "HEAD")
            // On the same connection, so that a body would be read as the next response.
            let full = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", method: "GET")
            #expect(head.status == 200)
            #expect(full.status == 200)
            #expect(head["content-type"] == full["content-type"])
            #expect(!full.body.isEmpty)
            #expect(head["content-length"].count == 1)
            await client.connection.close()
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func otherMethodsAreRefused(_ method: String) async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            for path in ["/metrics", "/healthz", "/"] {
                let response = try await gateway.ask(path, method: method)
                #expect(response.status == 405)
                #expect(response["allow"] == ["GET, HEAD"])
            }
            #expect(try await gateway.ask("/nothing", method: method).status == 404)
        }
    }

    @Test(arguments: ["/nothing", "/metrics/", "/metricsx", "//metrics", "/v1/chat/completions", "/../metrics"])
    func whatIsNotThereIsNotFound(_ path: String) async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let response = try await gateway.ask(path)
            #expect(response.status == 404)
            #expect(response.text.contains("/"))
        }
    }

    @Test func `The page holds no figure, and its policy allows its own text alone`() async throws {
        try await RunningGateway.run(upstream: "http://127.0.0.1:1/<script>&\"'") { gateway in
            let response = try await gateway.ask("/")
            #expect(response["content-type"] == ["text/html; charset=utf-8"])
            for link in ["metrics", "healthz", "-/ready"] { #expect(response.text.contains("href=\"\(link)\"")) }
            #expect(response.text == UsagePage(keepsCalls: true, asksToken: false).text)
            #expect(!response.text.contains("127.0.0.1") && !response.text.contains(gateway.ledgerPath))
            let policy = try #require(response["content-security-policy"].first)
            #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"))
            #expect(response["x-frame-options"] == ["DENY"] && response["referrer-policy"] == ["no-referrer"])
        }
    }

    @Test func `What the page shows of a gateway is asked for, and told without a ledger, too`() async throws {
        try await RunningGateway.run(upstream: Self.upstream, keepsLedger: false) { gateway in
            let status = try await gateway.ask("/api/v1/status")
            #expect(status.status == 200 && status["content-type"] == ["application/json"])
            #expect(status.text.contains(#""version":"\#(Gateway.version)""#))
            #expect(status.text.contains(#""keeps_calls":false,"ready":true,"trouble":null"#))
            #expect(status.text.contains(#""client_base_url":"\#(gateway.addresses.calls)/v1""#))
            let description = try await gateway.ask("/api/v1/openapi.json")
            #expect(description.text.contains(#""openapi": "3.1.0""#))
            for path in ["/api/v1/status", "/api/v1/openapi.json"] {
                #expect(try await gateway.ask(path, method: "POST").status == 405)
                let head = try await gateway.ask(path, method: "HEAD")
                #expect(head.status == 200 && head.text.isEmpty)
            }
            #expect(try await gateway.ask("/api/v1/report").status == 404)
        }
    }

    @Test func aFullQueueIsNotReady() async throws {
        let gate = DispatchSemaphore(value: 0)
        let entered = Watched(false)
        var options = LedgerOptions()
        options.capacity = 1
        options.hooks.beforeBatch = {
            entered.update { $0 = true }
            // The ledger's own thread is held up on purpose.
            gate.wait()
        }
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        try await RunningGateway.run(
            upstream: "http://127.0.0.1:\(upstream.port)",
            options: options,
            configure: { $0.commitDeadlineMilliseconds = 1 }
        ) { gateway in
            // However often the writer comes by from now on.
            defer { for _ in 0..<1_000 { gate.signal() } }
            #expect(try await gateway.ask("/-/ready").status == 200)
            for _ in 0..<2 {
                let client = try await gateway.caller()
                #expect(try await client.exchange(RawClient.get(), method: "GET").status == 200)
                await client.connection.close()
                try await entered.wait(for: "the writer") { $0 }
            }
            let response = try await gateway.ask("/-/ready")
            #expect(response.status == 503)
            #expect(response.text.contains("queue"))
            // The process lives all the same, and its figures say what is wrong.
            #expect(try await gateway.ask("/healthz").status == 200)
            let late = try await gateway.ask("/metrics").text.split(separator: "\n").filter {
                $0.hasPrefix("oai_usage_ledger_late_releases_total ")
            }
            // The first was waited for in vain; of the second it was known at once that there is no room for it.
            #expect(late == ["oai_usage_ledger_late_releases_total 1"])
            for _ in 0..<1_000 { gate.signal() }
            await gateway.ledger.flush()
            #expect(try await gateway.ask("/-/ready").status == 200)
        }
        await upstream.stop()
    }
}
