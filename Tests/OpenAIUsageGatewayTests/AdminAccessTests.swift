import Foundation
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// The listener for operators: its tokens, its names, and what stays open.
struct AdminAccessTests {
    private static let upstream = "http://127.0.0.1:1"
    private static let token = "tok-of-an-operator-0123"

    private static func run(
        hosts: [String] = ["*"],
        tokens: Bool = true,
        _ body: (RunningGateway) async throws -> Void
    ) async throws {
        let access = tokens ? try AccessTokens(text: token, place: "t") : nil
        try await RunningGateway.run(
            upstream: upstream,
            configure: {
                $0.access.adminTokens = access
                $0.access.allowedHosts = hosts
            },
            body: body
        )
    }

    @Test func `Metrics, reports and orders want a token, health and the text of the page want none`() async throws {
        try await Self.run { gateway in
            for path in ["/metrics", "/api/v1/status", "/nothing", "/api/reprice"] {
                for field in [
                    "", "Authorization: Bearer wrong\r\n", "Authorization: Basic \(Self.token)\r\n",
                    "Authorization: \(Self.token)\r\n", "Authorization: Bearer \(Self.token)x\r\n",
                ] {
                    let response = try await gateway.ask(path, extra: field)
                    #expect(response.status == 401 && response["www-authenticate"].count == 1)
                    #expect(response.text.contains("OAI_USAGE_ADMIN_TOKEN") && !response.text.contains("wrong"))
                }
            }
            for path in ["/healthz", "/-/healthy", "/readyz", "/-/ready"] {
                #expect(try await gateway.ask(path).status == 200)
            }
            for field in ["", "Authorization: Bearer wrong\r\n"] {
                let page = try await gateway.ask("/", extra: field)
                #expect(page.status == 200 && page.text == UsagePage(keepsCalls: true, asksToken: true).text)
            }
            let field = "Authorization: Bearer \(Self.token)\r\n"
            let metrics = try await gateway.ask("/metrics", extra: field)
            #expect(metrics.status == 200)
            #expect(metrics.text.contains("oai_usage_gateway_events_total{event=\"unauthorized\"} 20\n"))
            #expect(!metrics.text.contains(Self.token))
            #expect(try await gateway.ask("/", extra: field).status == 200)
            #expect(try await gateway.ask("/api/reprice", extra: field).status == 405)
            // The clients' listener is another matter.
            let client = try await gateway.caller()
            #expect(try await client.exchange(RawClient.get(), method: "GET").status == 502)
            await client.connection.close()
        }
    }

    @Test func `A head without a body is refused too`() async throws {
        try await Self.run { gateway in
            let client = try await gateway.operatorClient()
            let head = try await client.exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", method: "HEAD")
            let ready = try await client.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", method: "GET")
            #expect(head.status == 401 && ready.text == "healthy\n")
            await client.connection.close()
        }
    }

    @Test(arguments: ["evil.example", "evil.example:10464", "127.0.0.1.nip.io"])
    func `A name that was made to resolve to this machine gets health and nothing else`(_ host: String) async throws {
        try await Self.run(hosts: [], tokens: false) { gateway in
            for path in ["/metrics", "/", "/api/reprice"] {
                let response = try await gateway.ask(path, host: host)
                #expect(response.status == 421 && response.text.contains("--allowed-host"))
            }
            #expect(try await gateway.ask("/healthz", host: host).status == 200)
            for name in ["localhost:10464", "127.0.0.1:10464", "[::1]:10464"] {
                #expect(try await gateway.ask("/metrics", host: name).status == 200)
            }
            #expect(
                try await gateway.ask("/metrics", host: "localhost").text
                    .contains("oai_usage_gateway_events_total{event=\"host_refused\"} 3\n")
            )
        }
    }

    @Test func `Tokens change while the gateway runs`() async throws {
        try await Self.run { gateway in
            var other = GatewayConfiguration(upstream: try #require(Upstream(Self.upstream)))
            other.access.adminTokens = try AccessTokens(text: "tok-of-another-operator", place: "t")
            other.access.allowedHosts = ["*"]
            try gateway.gateway.useAccess(of: other)
            #expect(try await gateway.ask("/metrics", extra: "Authorization: Bearer \(Self.token)\r\n").status == 401)
            let field = "Authorization: Bearer tok-of-another-operator\r\n"
            #expect(try await gateway.ask("/metrics", extra: field).status == 200)
        }
    }

    @Test(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
    func `A gateway without TLS takes no certificate`() async throws {
        let file = try Certificates.shared.get().path("both.pem")
        let certificate = try ServerCertificate(
            file: file,
            keyFile: file,
            now: Timestamp(microsecondsSince1970: SystemUsageClock().wallMicroseconds)
        )
        try await Self.run { gateway in
            #expect(throws: GatewayError.self) { try gateway.gateway.use(certificate) }
        }
    }
}
