import Foundation
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// A listener that speaks TLS, its certificates, and their change.
@Suite(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
struct ListenerTLSTests {
    private static var now: Timestamp { Timestamp(microsecondsSince1970: SystemUsageClock().wallMicroseconds) }

    private static func certificate(_ name: String = "good", key: String? = nil) throws -> ServerCertificate {
        let files = try Certificates.shared.get()
        return try ServerCertificate(
            file: files.path("\(name).pem"),
            keyFile: files.path("\(key ?? name).key"),
            now: now
        )
    }

    private static func run(
        upstream: ScriptedUpstream? = nil,
        headMilliseconds: Int64 = 20_000,
        halfCloseMilliseconds: Int64 = 60_000,
        _ body: (Harness) async throws -> Void
    ) async throws {
        let certificate = try certificate()
        var server: ScriptedUpstream
        if let upstream {
            server = upstream
        } else {
            server = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        }
        try await Harness.run(
            upstream: server,
            configure: {
                $0.access.certificate = certificate
                $0.limits.headMilliseconds = headMilliseconds
                $0.halfCloseMilliseconds = halfCloseMilliseconds
            },
            body: body
        )
    }

    /// A client that trusts one authority.
    private static func client(
        _ harness: Harness,
        trusting root: String = "authority",
        adjust: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> RawClient {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(try Certificates.shared.get().path("\(root).pem"))
        if root != "authority" { configuration.certificateVerification = .noHostnameVerification }
        adjust(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        return RawClient(
            connection: try await RawConnection.connect(to: harness.plane.port) {
                // Else it would wait for more once both sides have said goodbye.
                try $0.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
                try $0.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: "localhost")
                )
            }
        )
    }

    @Test func `Calls come through`() async throws {
        try await Self.run { harness in
            let client = try await Self.client(harness) { $0.applicationProtocols = ["h2", "http/1.1"] }
            for _ in 0..<3 { #expect(try await client.exchange(RawClient.chat()).text == "{}") }
            await client.connection.close()
            #expect(try await harness.recorder.records(3).allSatisfy { $0.outcome == .completed })
            #expect(harness.recorder.current.events.isEmpty)
        }
    }

    @Test func `Large bodies pass in both directions`() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Self.run(upstream: upstream) { harness in
            let client = try await Self.client(harness)
            let body = String(repeating: "x", count: 2 << 20)
            try await client.send(RawClient.post("/v1/files", body, type: "text/plain"))
            let connection = try await upstream.accept()
            #expect(try await connection.message(.request).body.count == 2 << 20)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(2 << 20)\r\n\r\n" + body)
            #expect(try await client.response().body.count == 2 << 20)
            await client.connection.close()
            _ = try await harness.recorder.record()
        }
    }

    @Test func `A client that goes away within its stream is noticed`() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Self.run(upstream: upstream, halfCloseMilliseconds: 0) { harness in
            let client = try await Self.client(harness)
            try await client.send(RawClient.chat(stream: true, includeUsage: true))
            let connection = try await upstream.accept()
            _ = try await connection.message(.request)
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n"
            )
            try await client.connection.take(through: "data:")
            await client.connection.close()
            try await harness.untilClientsLeft(0)
            try await connection.send("0\r\n\r\n")
            #expect(try await harness.recorder.record().outcome == .clientDisconnected)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", RawClient.chat()])
    func `A client that speaks no TLS is told`(_ request: String) async throws {
        try await Self.run { harness in
            let client = try await harness.client()
            try await client.send(request)
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.text.contains("tls_required") && response.text.contains("https://"))
            try await client.connection.ended()
            #expect(harness.recorder.current.events == [.tlsFailure])
            #expect(harness.upstream.acceptedCount == 0 && harness.recorder.current.started == 0)
        }
    }

    @Test func `Noise, an old version and a client that gives up are counted, or are nothing`() async throws {
        try await Self.run { harness in
            let noise = try await harness.client()
            try await noise.connection.send([0, 1, 2, 3])
            try await noise.connection.ended()
            #expect(harness.recorder.current.events == [.tlsFailure])
            // A handshake that is none.
            let broken = try await harness.client()
            try await broken.connection.send([22, 3, 1, 0, 4, 9, 9, 9, 9])
            try await broken.connection.ended()
            try await harness.recorder.wait(for: "the failure") { $0.events.count == 2 }
            // A probe of the port, as load balancers make it.
            let probe = try await harness.client()
            await probe.connection.close()
            try await harness.untilClientsLeft(0)
            let old = try await Self.client(harness) {
                $0.minimumTLSVersion = .tlsv1
                $0.maximumTLSVersion = .tlsv11
            }
            try? await old.send(RawClient.chat())
            try await old.connection.ended()
            try await harness.recorder.wait(for: "the failure") { $0.events.count == 3 }
        }
    }

    @Test func `A handshake that never comes ends its connection`() async throws {
        try await Self.run(headMilliseconds: 50) { harness in
            let client = try await harness.client()
            try await client.connection.ended()
            #expect(harness.recorder.current.events == [.tlsFailure])
        }
    }

    @Test func `TLS where none is spoken is answered and ended`() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.connection.send([22, 3, 1, 0, 5, 1, 0, 0, 1, 3, 13, 10])
            let received = try await client.connection.ended()
            #expect(String(decoding: received.bytes, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `Another certificate is for new connections, and a stream that is open goes on`() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Self.run(upstream: upstream) { harness in
            let client = try await Self.client(harness)
            try await client.send(RawClient.chat())
            let connection = try await upstream.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
            try await client.connection.take(through: "\r\n\r\n{")

            harness.plane.use(try Self.certificate("stranger"))
            let other = try await Self.client(harness, trusting: "stranger")
            try await other.send(RawClient.chat())
            let second = try await upstream.accept()
            _ = try await second.message(.request)
            try await second.send(DataPlaneTests.ok)
            #expect(try await other.response().text == "{}")
            let distrusting = try await Self.client(harness)
            try? await distrusting.send(RawClient.chat())
            try await distrusting.connection.ended()

            try await connection.send("}")
            #expect(try await client.connection.take(1) == Array("}".utf8))
            for client in [client, other] { await client.connection.close() }
            #expect(try await harness.recorder.records(2).allSatisfy { $0.outcome == .completed })
            #expect(upstream.acceptedCount == 2)
        }
    }

    // MARK: - Files

    struct Fault: Sendable, CustomTestStringConvertible {
        let certificate: String
        let key: String
        let words: [String]
        var testDescription: String { "\(certificate) \(key)" }
    }

    @Test(arguments: [
        Fault(certificate: "good.pem", key: "other.key", words: ["other.key", "good.pem", "belong together"]),
        Fault(certificate: "authority.pem", key: "good.key", words: ["belong together"]),
        Fault(certificate: "expired.pem", key: "expired.key", words: ["expired.pem", "has expired on 20", "renew"]),
        Fault(certificate: "none.pem", key: "good.key", words: ["--tls-cert", "no file", "none.pem"]),
        Fault(certificate: "good.pem", key: "none.key", words: ["--tls-key", "no file", "none.key"]),
        Fault(certificate: "good.key", key: "good.key", words: ["good.key", "no certificate"]),
        Fault(certificate: "good.pem", key: "good.pem", words: ["good.pem", "no key"]),
        Fault(certificate: "good.pem", key: "encrypted.key", words: ["encrypted.key", "is encrypted", "openssl pkey"]),
        Fault(certificate: "", key: "good.key", words: ["cannot be read"]),
    ])
    func `What is wrong with a file is told with its name`(_ fault: Fault) throws {
        let files = try Certificates.shared.get()
        #expect {
            _ = try ServerCertificate(
                file: files.path(fault.certificate),
                keyFile: files.path(fault.key),
                now: Self.now
            )
        } throws: { error in
            let message = "\(error)"
            return (error as? GatewayError)?.code == .invalidConfiguration
                && fault.words.allSatisfy { message.contains($0) }
                && !["BoringSSL", "NIO", "Error("].contains { message.contains($0) }
        }
    }

    @Test func `A certificate of tomorrow is refused today, and one file may hold both`() throws {
        let files = try Certificates.shared.get()
        let both = files.path("both.pem")
        let certificate = try ServerCertificate(file: both, keyFile: both, now: Self.now)
        func later(_ time: Timestamp, _ seconds: Int64) -> Timestamp {
            Timestamp(microsecondsSince1970: time.microsecondsSince1970 + seconds * 1_000_000)
        }
        #expect(certificate.expiresAt > Self.now)
        #expect {
            _ = try ServerCertificate(file: both, keyFile: both, now: later(Self.now, -7 * 86_400))
        } throws: {
            "\($0)".contains("is valid from")
        }
        #expect(throws: GatewayError.self) {
            _ = try ServerCertificate(file: both, keyFile: both, now: later(certificate.expiresAt, 1))
        }
    }
}
