import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageCurl

/// Calls go through the proxies of the environment.
struct ProxyTests {
    static let cases: [(environment: [String: String], url: String, proxy: String)] = [
        ([:], "http://a/", ""),
        (["http_proxy": "p"], "http://a/", "p"),
        (["http_proxy": "p"], "https://a/", ""),
        (["HTTP_PROXY": "p"], "http://a/", ""),
        (["https_proxy": "p", "HTTPS_PROXY": "q"], "https://a/", "p"),
        (["HTTPS_PROXY": "q"], "https://a/", "q"),
        (["all_proxy": "r", "ALL_PROXY": "s"], "http://a/", "r"),
        (["ALL_PROXY": "s", "https_proxy": ""], "https://a/", "s"),
        (["all_proxy": "r", "http_proxy": "p"], "http://a/", "p"),
    ]

    @Test(arguments: cases.indices)
    func `The variables are those of libcurl`(index: Int) {
        let (environment, url, proxy) = Self.cases[index]
        var configuration = CurlTransportConfiguration()
        configuration.environment = environment
        #expect(CurlSettings(configuration).proxies[url] == proxy)
        configuration.proxy = ""
        #expect(CurlSettings(configuration).proxies[url] == "")
        configuration.proxy = "mine"
        configuration.environment?["no_proxy"] = "a"
        #expect(
            CurlSettings(configuration).proxies[url] == "mine" && CurlSettings(configuration).proxies.exceptions == ""
        )
    }

    @Test
    func `A call to another host goes to the proxy`() async throws {
        let proxy = try await ScriptedUpstream.start()
        try await CurlHarness.run(configure: { $0.environment = ["http_proxy": "http://127.0.0.1:\(proxy.port)"] }) {
            harness in
            let request = Request.local(8080, .post, "/v1/models", body: Body("{}"), host: "api.example")
            async let response = harness.transport.send(request)
            let connection = try await proxy.accept()
            let message = try await connection.message(.request)
            #expect(message.startLine == "POST http://api.example:8080/v1/models HTTP/1.1")
            #expect(message["host"] == ["api.example:8080"] && message.text == "{}")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await response.head.status == .ok)
        }
        await proxy.stop()
    }

    @Test(arguments: ["no_proxy", "NO_PROXY"])
    func `A host that is excepted is connected to`(name: String) async throws {
        let server = try await ScriptedUpstream.answering(TLSTests.ok)
        let closed = try DeafSocket(.refuses)
        try await CurlHarness.run(server: server) {
            $0.environment = ["http_proxy": "http://127.0.0.1:\(closed.port)", name: "example.com,127.0.0.1"]
        } body: { harness in
            let response = try await harness.transport.send(harness.request(body: Body("{}")))
            #expect(response.head.status == .ok)
            let code = await failure {
                _ = try await harness.transport.send(.local(1, body: Body("{}"), host: "api.example"))
            }
            #expect(code == .unreachable)
        }
        closed.close()
    }

    @Test(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
    func `An encrypted call goes through a tunnel`() async throws {
        let server = try await TLSTests.server("good")
        let authority = try Certificates.shared.get().authority
        let targets = Watched<[String]>([])
        let proxy = try await ScriptedUpstream.start(script: { connection in
            let head = try await connection.take(through: "\r\n\r\n")
            targets.update { $0.append(head.split(whereSeparator: \.isNewline).first.map(String.init) ?? "") }
            let onward = try await RawConnection.connect(to: server.port)
            try await connection.send("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
            async let there: Void = Self.carry(connection, onward)
            async let back: Void = Self.carry(onward, connection)
            _ = try await (there, back)
        })
        try await CurlHarness.run(server: server) {
            $0.environment = ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "CURL_CA_BUNDLE": authority]
        } body: { harness in
            for _ in 1...2 {
                let request = Request.local(server.port, body: Body("{}"), scheme: "https", host: "localhost")
                let response = try await harness.transport.send(request)
                #expect(response.head.headerFields.count == 1)
                #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            }
            #expect(targets.value == ["CONNECT localhost:\(server.port) HTTP/1.1"])
        }
        await proxy.stop()
    }

    @Test
    func `A proxy that makes no connection leaves the server unreachable`() async throws {
        let proxy = try await ScriptedUpstream.answering(Array("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n".utf8))
        try await CurlHarness.run(configure: { $0.proxy = "http://127.0.0.1:\(proxy.port)" }) { harness in
            let request = Request.local(443, body: Body("{}"), scheme: "https", host: "api.example")
            #expect(await failure { _ = try await harness.metered.send(request) } == .unreachable)
            try await harness.expectOutcome(.unreachable)
        }
        await proxy.stop()
    }

    private static func carry(_ from: RawConnection, _ to: RawConnection) async throws {
        while true {
            let received = try await from.receive("bytes") { !$0.bytes.isEmpty }
            try await to.send(try await from.take(received.bytes.count))
        }
    }
}
