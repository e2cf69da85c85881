import HTTPTypes
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Encrypted connections: whom they are made with, and HTTP/2 on them.
@Suite(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
struct TLSTests {
    static let ok = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)

    /// What puts TLS before a connection, with a certificate.
    static func front(
        _ name: String,
        protocols: [String] = ["http/1.1"]
    ) throws -> @Sendable (any Channel) throws -> Void {
        let certificates = try Certificates.shared.get()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).pem")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(name).key"), format: .pem))
        )
        configuration.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: configuration)
        return { try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
    }

    static func server(_ name: String) async throws -> ScriptedUpstream {
        try await ScriptedUpstream.start(
            front: try front(name),
            script: { connection in
                while true {
                    _ = try await connection.message(.request)
                    try await connection.send(ok)
                }
            }
        )
    }

    private static func request(_ harness: CurlHarness, body: Body? = Body("{}")) -> Request {
        .local(harness.server.port, body: body, scheme: "https", host: "localhost")
    }

    enum Trust: CaseIterable { case configuration, certFile, bundle, configurationBeforeBundle }

    @Test(arguments: Trust.allCases)
    func `A server whose authority is trusted is used, and its connection kept`(trust: Trust) async throws {
        let authority = try Certificates.shared.get().authority
        let stranger = try Certificates.shared.get().path("stranger.pem")
        try await CurlHarness.run(server: Self.server("good")) {
            switch trust {
            case .configuration: $0.trustRoots = authority
            case .certFile: $0.environment = ["SSL_CERT_FILE": authority]
            case .bundle: $0.environment = ["SSL_CERT_FILE": stranger, "CURL_CA_BUNDLE": authority]
            case .configurationBeforeBundle:
                $0.environment = ["CURL_CA_BUNDLE": stranger]
                $0.trustRoots = authority
            }
        } body: { harness in
            for _ in 1...3 {
                let response = try await harness.transport.send(Self.request(harness))
                #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            }
            #expect(harness.server.acceptedCount == 1)
        }
    }

    @Test(arguments: ["good", "other", "expired"])
    func `A server that is not trusted gets no request`(name: String) async throws {
        let certificates = try Certificates.shared.get()
        let roots = name == "good" ? certificates.path("stranger.pem") : certificates.authority
        try await CurlHarness.run(server: Self.server(name), configure: { $0.trustRoots = roots }) { harness in
            let code = await failure { _ = try await harness.metered.send(Self.request(harness)) }
            #expect(code == .unreachable)
            try await harness.expectOutcome(.unreachable)
            #expect(harness.server.connections.allSatisfy { $0.unread.bytes.isEmpty })
        }
    }

    @Test
    func `A file of authorities that is not there fails by its own fault`() async throws {
        try await CurlHarness.run(server: Self.server("good"), configure: { $0.trustRoots = "/nowhere" }) { harness in
            #expect(await failure { _ = try await harness.transport.send(Self.request(harness)) } == .failed)
        }
    }

    @Test(arguments: [true, false])
    func `HTTP/2 is spoken where it is offered and allowed`(isAllowed: Bool) async throws {
        let authority = try Certificates.shared.get().authority
        let server = try await ScriptedUpstream.start(
            front: Self.front("good", protocols: ["h2", "http/1.1"]),
            script: { connection in
                if isAllowed {
                    try await SecondVersionServer(connection).serve()
                } else {
                    _ = try await connection.message(.request)
                    try await connection.send(Self.ok)
                }
            }
        )
        try await CurlHarness.run(server: server) {
            $0.trustRoots = authority
            $0.allowsHTTP2 = isAllowed
        } body: { harness in
            let length = 300_000
            for body in isAllowed
                ? [Body("{}"), Body(PulledBody(length: length)), Body(Pattern.bytes(length))] : [Body("{}")]
            {
                let response = try await harness.metered.send(Self.request(harness, body: body))
                #expect(response.head.status == .ok)
                let bytes = try await response.body.collect(upTo: 1 << 20)
                #expect(bytes == (body.bytes?.count == 2 ? Array("{}".utf8) : Pattern.bytes(length)))
            }
            #expect(harness.server.acceptedCount == 1)
            #expect(harness.sink.records.allSatisfy { $0.outcome == .completed })
        }
    }

    @Test
    func `A stream of HTTP/2 that is reset is lost, one that is dropped is abandoned`() async throws {
        let authority = try Certificates.shared.get().authority
        let server = try await ScriptedUpstream.start(
            front: Self.front("good", protocols: ["h2"]),
            script: { try await SecondVersionServer($0, resets: true).serve() }
        )
        try await CurlHarness.run(server: server, configure: { $0.trustRoots = authority }) { harness in
            let response = try await harness.metered.send(Self.request(harness))
            #expect(await failure { _ = try await response.body.collect(upTo: 1 << 20) } == .connectionLost)
            try await harness.expectOutcome(.cut)
            _ = try await harness.metered.send(Self.request(harness))
            #expect(try await harness.record(2).outcome == .abandoned)
        }
    }
}
