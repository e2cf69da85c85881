import NIOCore
import NIOPosix
import NIOSSL
import OpenAIUsage
import OpenAIUsageTestKit
import Synchronization
import Testing

@testable import OpenAIUsageGateway

/// Proxies between the gateway and its upstream.
struct ProxyTests {
    // MARK: - The environment

    private func proxy(_ url: String, _ variables: [String: String]) throws -> String? {
        try UpstreamProxy.environment(for: try #require(Upstream(url))) { variables[$0] }?.description
    }

    @Test(
        arguments: [
            ("https://api.openai.com", ["HTTPS_PROXY": "http://p:3128"], "http://p:3128"),
            ("https://api.openai.com", ["https_proxy": "p:1", "HTTPS_PROXY": "http://q"], "http://p:1"),
            ("https://api.openai.com", ["ALL_PROXY": "p"], "http://p:1080"),
            ("https://api.openai.com", ["all_proxy": "https://p"], "https://p:443"),
            ("https://api.openai.com", ["http_proxy": "http://p:3128", "HTTP_PROXY": "http://p:1"], nil),
            ("http://host", ["http_proxy": "http://u:s@[::1]:3128/"], "http://[::1]:3128"),
            ("http://host", ["HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:1"], nil),
            ("https://api.openai.com", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "openai.com"], nil),
            ("https://api.openai.com", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "*", "no_proxy": "x"], "http://p:1"),
            ("https://api.openai.com", [:], nil),
        ] as [(String, [String: String], String?)]
    )
    func theEnvironmentIsReadAsCurlReadsIt(_ url: String, _ variables: [String: String], _ expected: String?) throws {
        #expect(try proxy(url, variables) == expected)
    }

    @Test(arguments: ["socks5://p:1080", "http://", "http://p:0", "http://p:x", "p:70000", "ftp://secret:secret@p"])
    func aProxyThatCannotBeUsedIsAnError(_ text: String) {
        #expect {
            _ = try proxy("https://host", ["HTTPS_PROXY": text])
        } throws: { error in
            let message = "\(error)"
            return message.hasPrefix("HTTPS_PROXY: ") && !message.contains("secret")
        }
    }

    @Test(arguments: [
        ("api.openai.com", "api.openai.com", true), ("api.openai.com", "OpenAI.com", true),
        ("api.openai.com", ".openai.com", true),
        ("api.openai.com.", "openai.com.", true), ("notopenai.com", "openai.com", false),
        ("openai.com", ".openai.com", true),
        ("api.openai.com", "a, b ,openai.com", true), ("api.openai.com", "a b\topenai.com", true),
        ("api.openai.com", "*.openai.com", false), ("api.openai.com", "*", true), ("api.openai.com", "", false),
        ("api.openai.com", "com", true), ("api.openai.com", ".", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.0/8", true), ("128.0.0.1", "127.0.0.0/8", false), ("10.1.2.3", "10.1.2.0/23", true),
        ("10.1.4.3", "10.1.2.0/23", false), ("127.0.0.1", "0.1", false), ("127.0.0.1", "127.0.0.0/33", false),
        ("::1", "::1", true), ("::1", "[::1]", true), ("2001:db8::7", "2001:db8::/32", true),
        ("2001:db9::7", "2001:db8::/32", false),
        ("127.0.0.1", "::/0", false), ("localhost", "localhost:8080", false),
    ])
    func exceptionsAreThoseOfCurl(_ host: String, _ list: String, _ isException: Bool) {
        #expect(ProxyExceptions(list).contains(host) == isException)
    }

    @Test func credentialsAreDecodedAndNeverShown() throws {
        let proxy = try UpstreamProxy("http://us%40er:p%3Ass@host:1")
        #expect(proxy.authorization == "Basic dXNAZXI6cDpzcw==")
        #expect("\(proxy)" == "http://host:1")
        let message = UpstreamFailure.proxyRefused(proxy, 403).message(try #require(Upstream("https://a")))
        #expect(message.contains("http://host:1") && !message.contains("p:ss") && !message.contains("dXN"))
    }

    // MARK: - The tunnel

    @Test(arguments: [
        ("HTTP/1.1 200 Connection established\r\n\r\n", ProxyTunnel.Progress.open(rest: [])),
        ("HTTP/1.0 200 OK\nVia: x\n\nab", .open(rest: [0x61, 0x62])),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", .open(rest: [])),
        ("HTTP/1.1 407 Proxy Authentication Required\r\nA: b\r\n\r\n", .refused(status: 407)),
        ("SSH-2.0-OpenSSH", .malformed), ("HTTP/1.1 20 x\r\n\r\n", .malformed), ("HTTP/1.1 200 OK\r\n", .waiting),
        ("HTTP/1.1 200 OK\r\n" + String(repeating: "x", count: 17_000), .malformed),
    ])
    func theAnswerOfAProxyIsRead(_ text: String, _ expected: ProxyTunnel.Progress) {
        var whole = ProxyTunnel()
        #expect(whole.receive(text.utf8) == expected)
        guard text.utf8.count < 1_000, case .open = expected else { return }
        var tunnel = ProxyTunnel()
        var last = ProxyTunnel.Progress.waiting
        for byte in text.utf8 where last == .waiting { last = tunnel.receive([byte]) }
        if case .open = last {} else { Issue.record("In pieces it is \(last).") }
    }

    /// A proxy that knows `CONNECT`, and what was asked of it.
    private final class Proxy: Sendable {
        let requests = Watched<[String]>([])
        let answer: String
        private let links = Watched<[any Channel]>([])

        init(answer: String = "HTTP/1.1 200 Connection established\r\n\r\n") {
            self.answer = answer
        }

        func start(front: (@Sendable (any Channel) throws -> Void)? = nil) async throws -> ScriptedUpstream {
            try await ScriptedUpstream.start(
                front: front,
                script: { [self] connection in
                    let head = try await connection.take(through: "\r\n\r\n")
                    requests.update { $0.append(head) }
                    guard answer.hasPrefix("HTTP/1.1 200"), head.hasPrefix("CONNECT ") else {
                        try await connection.send(answer)
                        return await connection.close()
                    }
                    let port = try #require(
                        head.split(separator: " ")[1].split(separator: ":").last.flatMap { Int($0) }
                    )
                    let other = try await RawConnection.connect(to: port)
                    try await connection.send(answer)
                    async let up: Void = Self.pump(connection, other)
                    async let down: Void = Self.pump(other, connection)
                    _ = await (up, down)
                }
            )
        }

        private static func pump(_ source: RawConnection, _ target: RawConnection) async {
            do {
                while true {
                    let received = try await source.receive("bytes") { !$0.bytes.isEmpty }
                    try await target.send(try await source.take(received.bytes.count))
                }
            } catch {
                await target.close()
            }
        }
    }

    private func tls(_ name: String) throws -> @Sendable (any Channel) throws -> Void {
        let certificates = try Certificates.shared.get()
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).pem"))
                    .map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(name).key"), format: .pem))
            )
        )
        return { try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
    }

    private func encryptedUpstream() async throws -> ScriptedUpstream {
        try await ScriptedUpstream.start(
            front: try tls("good"),
            script: { connection in
                while true {
                    _ = try await connection.message(.request)
                    try await connection.send(DataPlaneTests.ok)
                }
            }
        )
    }

    @Test(.enabled(if: Certificates.isAvailable), arguments: [false, true])
    func anEncryptedUpstreamIsReachedThroughATunnel(_ isProxyEncrypted: Bool) async throws {
        let upstream = try await encryptedUpstream()
        let proxy = Proxy()
        let server = try await proxy.start(front: isProxyEncrypted ? try tls("good") : nil)
        let roots = try Certificates.shared.get().authority
        let url = "\(isProxyEncrypted ? "https" : "http")://user:secret@127.0.0.1:\(server.port)"
        let through = try UpstreamProxy(url)
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://localhost:\(upstream.port)",
            configure: {
                $0.trustRoots = roots
                $0.proxy = through
                $0.connectTimeoutMilliseconds = 60_000
            }
        ) { harness in
            let client = try await harness.client()
            for number in 1...3 {
                #expect(try await client.exchange(RawClient.chat()).text == "{}")
                #expect(try await harness.recorder.records(number)[number - 1].outcome == .completed)
            }
            // One tunnel carries all calls, and the proxy has seen nothing but where to.
            #expect(
                proxy.requests.value == [
                    "CONNECT localhost:\(upstream.port) HTTP/1.1\r\nHost: localhost:\(upstream.port)\r\n"
                        + "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
                ]
            )
        }
        await server.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "wants credentials"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "status 403"), ("SSH-2.0-x\r\n", "is not HTTP"),
        ("", "closed the connection"),
    ])
    func aProxyThatRefusesIsNamed(_ answer: String, _ words: String) async throws {
        let proxy = Proxy(answer: answer)
        let server = try await proxy.start()
        let through = try UpstreamProxy("http://user:secret@127.0.0.1:\(server.port)")
        try await Harness.run(
            upstreamURL: "https://api.invalid",
            configure: { $0.proxy = through }
        ) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502 && response.text.contains("upstream_proxy_failure"))
            #expect(response.text.contains(words) && response.text.contains("http://127.0.0.1:\(server.port)"))
            #expect(!response.text.contains("secret"))
            let record = try await harness.recorder.record()
            #expect(record.outcome == .unreachable && record.errorCode == "upstream_proxy_failure")
        }
        await server.stop()
    }

    @Test func aProxyThatIsNotThereIsNamed() async throws {
        let through = try UpstreamProxy("http://127.0.0.1:1")
        try await Harness.run(upstreamURL: "https://api.invalid", configure: { $0.proxy = through }) { harness in
            for _ in 0..<2 {
                let response = try await harness.exchange(RawClient.chat())
                #expect(response.status == 502 && response.text.contains("http://127.0.0.1:1: connection refused"))
            }
            _ = try await harness.recorder.records(2)
        }
    }

    @Test func aProxyThatSaysNothingIsGivenUp() async throws {
        let server = try await ScriptedUpstream.start()
        let through = try UpstreamProxy("http://127.0.0.1:\(server.port)")
        try await Harness.run(
            upstreamURL: "https://api.invalid",
            configure: {
                $0.proxy = through
                $0.connectTimeoutMilliseconds = 100
            }
        ) { harness in
            #expect(try await harness.exchange(RawClient.chat()).status == 504)
            #expect(try await harness.recorder.record().outcome == .timeout)
            for connection in server.connections { try await connection.ended() }
        }
        await server.stop()
    }

    @Test func anUpstreamWithoutTLSIsAskedForInTheAbsoluteForm() async throws {
        let requests = Watched<[RawMessage]>([])
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                let request = try await connection.message(.request)
                requests.update { $0.append(request) }
                try await connection.send(DataPlaneTests.ok)
            }
        })
        let through = try UpstreamProxy("http://user:secret@127.0.0.1:\(server.port)")
        try await Harness.run(upstreamURL: "http://api.invalid:81/v1", configure: { $0.proxy = through }) { harness in
            #expect(try await harness.exchange(RawClient.chat()).text == "{}")
            let request = try #require(requests.value.first)
            #expect(
                request.target == "http://api.invalid:81/v1/chat/completions" && request["host"] == ["api.invalid:81"]
            )
            #expect(request["proxy-authorization"] == ["Basic dXNlcjpzZWNyZXQ="])
            #expect(try await harness.recorder.record().path == "/v1/chat/completions")
        }
        await server.stop()
    }
}
