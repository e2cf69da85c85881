import Foundation
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

@Suite(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
struct TLSTests {
    /// What puts TLS before a connection, with a certificate.
    private func front(_ name: String) throws -> @Sendable (any Channel) throws -> Void {
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

    /// An upstream that has a certificate and answers every request.
    private func server(_ name: String) async throws -> ScriptedUpstream {
        try await ScriptedUpstream.start(
            front: try front(name),
            script: { connection in
                while true {
                    _ = try await connection.message(.request)
                    try await connection.send(DataPlaneTests.ok)
                }
            }
        )
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func anUpstreamThatIsTrustedIsUsed(_ host: String) async throws {
        let upstream = try await server("good")
        let roots = try Certificates.shared.get().authority
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://\(host):\(upstream.port)",
            configure: { $0.trustRoots = roots }
        ) { harness in
            let client = try await harness.client()
            for number in 1...3 {
                #expect(try await client.exchange(RawClient.chat()).text == "{}")
                #expect(try await harness.recorder.records(number)[number - 1].outcome == .completed)
            }
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test func aLargeBodyComesThrough() async throws {
        let upstream = try await ScriptedUpstream.start(front: try front("good"))
        let roots = try Certificates.shared.get().authority
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://localhost:\(upstream.port)",
            configure: { $0.trustRoots = roots }
        ) { harness in
            let client = try await harness.client(expectsPattern: true)
            try await client.send(RawClient.get("/v1/files/x/content"))
            let connection = try await harness.upstream.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(3 << 20)\r\n\r\n")
            try await connection.send(Pattern.bytes(3 << 20))
            let received = try await client.connection.receive("3 MB") { $0.patternLength >= 3 << 20 }
            #expect(received.isPattern)
        }
    }

    struct Distrust: Sendable, CustomTestStringConvertible {
        let name: String
        let certificate: String
        var host = "localhost"
        var roots: String? = "authority.pem"
        var testDescription: String { name }
    }

    @Test(arguments: [
        Distrust(name: "the system does not know the authority", certificate: "good", roots: nil),
        Distrust(name: "another authority is trusted", certificate: "good", roots: "stranger.pem"),
        Distrust(name: "another name", certificate: "other"),
        Distrust(name: "another address", certificate: "other", host: "127.0.0.1"),
        Distrust(name: "expired", certificate: "expired"),
    ])
    func anUpstreamThatIsNotTrustedIsNotUsed(_ distrust: Distrust) async throws {
        let upstream = try await server(distrust.certificate)
        let roots = try distrust.roots.map { try Certificates.shared.get().path($0) }
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://\(distrust.host):\(upstream.port)",
            configure: { $0.trustRoots = roots }
        ) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502)
            #expect(response.text.contains("upstream_tls_failure") && response.text.contains("--upstream-ca"))
            for word in ["NIO", "BoringSSL", "SSL routines", "Error:"] { #expect(!response.text.contains(word)) }
            let record = try await harness.recorder.record()
            #expect(record.outcome == .unreachable)
            #expect(record.errorCode == "upstream_tls_failure")
            for connection in harness.upstream.connections {
                #expect(try await connection.ended().bytes.isEmpty, "The request was sent all the same.")
            }
        }
    }

    @Test func anUpstreamWithoutTLSIsNotUsed() async throws {
        let upstream = try await ScriptedUpstream.start(script: { connection in
            try await connection.receive("a handshake") { !$0.bytes.isEmpty }
            try await connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        })
        try await Harness.run(upstream: upstream, upstreamURL: "https://localhost:\(upstream.port)") { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502)
            #expect(response.text.contains("upstream_tls_failure"))
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    @Test func aHandshakeThatIsNeverAnswered() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://localhost:\(upstream.port)",
            configure: { $0.connectTimeoutMilliseconds = 100 }
        ) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 504)
            #expect(response.text.contains("upstream_connect_timeout"))
            #expect(try await harness.recorder.record().outcome == .timeout)
            for connection in harness.upstream.connections { try await connection.ended() }
        }
    }

    @Test func aHandshakeThatIsBrokenOff() async throws {
        let upstream = try await ScriptedUpstream.start(script: { connection in
            try await connection.receive("a handshake") { !$0.bytes.isEmpty }
            await connection.close()
        })
        try await Harness.run(upstream: upstream, upstreamURL: "https://localhost:\(upstream.port)") { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502)
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    @Test func theCertificatesOfAFolderAreTrusted() async throws {
        let upstream = try await server("good")
        let folder = try TemporaryFolder()
        try Data("no certificate".utf8).write(to: folder.url.appending(path: "README"))
        try FileManager.default.copyItem(atPath: try Certificates.shared.get().authority, toPath: folder.path("a.crt"))
        let path = folder.url.path
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "https://localhost:\(upstream.port)",
            configure: { $0.trustFolder = path }
        ) { harness in
            #expect(try await harness.exchange(RawClient.chat()).text == "{}")
            _ = try await harness.recorder.record()
        }
    }

    @Test(arguments: ["/nonexistent/roots.pem", "/dev/null", #filePath])
    func rootsThatCannotBeReadAreAnErrorAtTheStart(_ path: String) async throws {
        await #expect {
            try await Harness.run(upstreamURL: "https://localhost:1", configure: { $0.trustRoots = path }) { _ in }
        } throws: { error in
            guard let error = error as? GatewayError else { return false }
            return error.code == .invalidConfiguration && error.message.contains(path)
        }
    }
}
