import Foundation
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestKit
import Testing

@testable import oai_usage

/// The gateway as a process that asks for tokens and speaks TLS: what a hangup changes, and where no secret lands.
struct GatewayAccessProcessTests {
    private static let token = "tok-that-must-never-land-anywhere"
    private static let secret = "sk-route-key-that-must-never-land-anywhere"

    private static func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "gateway-access-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private static func start(
        _ folder: URL,
        upstream: String,
        configuration: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let file = folder.appending(path: "config.json")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        return try RunningProgram(
            [
                "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", upstream, "--config",
                file.path,
                "--ledger", folder.appending(path: "ledger.db").path, "--log-level", "trace",
            ] + arguments,
            environment: environment
        )
    }

    private static func port(_ text: String, _ what: Regex<(Substring, Substring)>) throws -> Int {
        try #require(text.firstMatch(of: what).flatMap { Int($0.output.1) })
    }

    private static func write(_ text: String, _ url: URL) throws {
        try text.write(to: url, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }

    private static func chat(_ path: String, _ fields: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(fields)Content-Length: 2\r\n\r\n{}"
    }

    private static func ask(_ port: Int, _ request: String, method: String = "POST") async throws -> RawMessage {
        let client = try await RawConnection.connect(to: port)
        try await client.send(request)
        let message = try await client.message(.response(to: method))
        await client.close()
        return message
    }

    @Test
    func `A hangup reads tokens and keys again, and neither lands anywhere`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let upstream = try await ScriptedUpstream.answering(
            Array("HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".utf8)
        )
        let (tokens, key) = (folder.appending(path: "tokens"), folder.appending(path: "key"))
        try Self.write(Self.token + "\n", tokens)
        try Self.write(Self.secret + "\n", key)
        let program = try Self.start(
            folder,
            upstream: "http://127.0.0.1:1",
            configuration: """
                {"routes": {
                  "/file": {"upstream": "http://127.0.0.1:\(upstream.port)", "key-file": "\(key.path)"},
                  "/variable": {"upstream": "http://127.0.0.1:1", "key-env": "ROUTE_KEY"}}}
                """,
            ["--client-token-file", tokens.path, "--admin-token-file", tokens.path],
            environment: ["ROUTE_KEY": Self.secret]
        )
        let start = try await program.errors(containing: "pricing by")
        let calls = try Self.port(start, /listening on http:\/\/127\.0\.0\.1:([0-9]+)/)
        let admin = try Self.port(start, /metrics on http:\/\/127\.0\.0\.1:([0-9]+)/)
        #expect(start.contains("forwarding /file to http://127.0.0.1:\(upstream.port), with a key in authorization"))
        #expect(start.contains("clients need a token") && !start.contains("everyone"))

        let bearer = "Authorization: Bearer \(Self.token)\r\n"
        #expect(try await Self.ask(calls, Self.chat("/file/v1/responses", bearer)).status == 401)
        #expect(try await Self.ask(calls, Self.chat("/variable/v1/responses", bearer)).status == 502)
        #expect(
            try await Self.ask(calls, Self.chat("/v1/responses", "OpenAI-Usage-Token: \(Self.token)\r\n")).status == 502
        )
        #expect(try await Self.ask(calls, Self.chat("/v1/responses", bearer)).status == 401)
        #expect(try await Self.ask(calls, Self.chat("/file/v1/responses?api-key=\(Self.token)", bearer)).status == 400)
        #expect(try await Self.ask(calls, Self.chat("/file/v1/responses", "api-key: \(Self.token)\r\n")).status == 401)
        for connection in upstream.connections { _ = connection.unread }

        // A file without a token would let nobody in, and changes nothing.
        try Self.write("# nothing\n", tokens)
        program.send(SIGHUP)
        let kept = try await program.errors(containing: "stay as they were")
        #expect(kept.contains("\(tokens.path) holds no token"))
        #expect(try await Self.ask(calls, Self.chat("/variable/v1/responses", bearer)).status == 502)
        try Self.write("another-token-of-somebody", tokens)
        program.send(SIGHUP)
        try await program.errors(containing: "tokens and keys were read again")
        let refused = try await Self.ask(calls, Self.chat("/variable/v1/responses", bearer))
        #expect(refused.status == 401 && refused.text.contains("invalid_gateway_token"))

        let metrics = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
        #expect(try await Self.ask(admin, metrics + bearer + "\r\n", method: "GET").status == 401)
        let shown = try await Self.ask(
            admin,
            metrics + "Authorization: Bearer another-token-of-somebody\r\n\r\n",
            method: "GET"
        )
        #expect(shown.status == 200 && shown.text.contains("oai_usage_gateway_events_total{event=\"unauthorized\"}"))
        program.send(SIGTERM)
        #expect(try await program.status() == 0)

        let records = try LedgerReader(path: folder.appending(path: "ledger.db").path).calls(CallsQuery())
        #expect(records.count == 5)
        // The token, not the route's key, is whom the row is about.
        #expect(Set(records.map { $0.key?.hint }) == ["...here"] && Set(records.map { $0.key?.digest }).count == 1)
        var places: [(String, [UInt8])] = [("the log", Array(try await program.errors(containing: "").utf8))]
        places.append(("the metrics", shown.body))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where !["tokens", "key"].contains(name) {
            places.append((name, Array(try Data(contentsOf: folder.appending(path: name)))))
        }
        #expect(places.contains { $0.0.hasPrefix("ledger.db") })
        for (name, bytes) in places {
            for secret in [Self.token, Self.secret, "another-token-of-somebody"] {
                #expect(!bytes.isEmpty || name.hasSuffix("-wal") || name.hasSuffix("-shm") || name.hasSuffix(".lock"))
                #expect(String(decoding: bytes, as: UTF8.self).firstRange(of: secret) == nil, "\(secret) is in \(name)")
            }
        }
        await upstream.stop()
    }

    @Test(.enabled(if: Certificates.isAvailable, "The openssl command makes the certificates."))
    func `A hangup reads the certificate again, and a bad pair keeps the old one`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try Certificates.shared.get()
        let (certificate, key) = (folder.appending(path: "tls.crt"), folder.appending(path: "tls.key"))
        func put(_ name: String, keyName: String) throws {
            try Self.write(try String(contentsOfFile: files.path(name), encoding: .utf8), certificate)
            try Self.write(try String(contentsOfFile: files.path(keyName), encoding: .utf8), key)
        }
        try put("good.pem", keyName: "good.key")
        let program = try Self.start(
            folder,
            upstream: "http://127.0.0.1:1",
            configuration: #"{"tls-cert": "\#(certificate.path)", "tls-key": "\#(key.path)"}"#
        )
        let start = try await program.errors(containing: "pricing by")
        let port = try Self.port(start, /listening on https:\/\/127\.0\.0\.1:([0-9]+)/)
        func health(trusting root: String) async throws -> String? {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(files.path(root))
            configuration.certificateVerification = .noHostnameVerification
            let context = try NIOSSLContext(configuration: configuration)
            let client = try await RawConnection.connect(to: port) {
                try $0.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
            }
            try? await client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let bytes = try await client.ended().bytes
            return bytes.isEmpty ? nil : String(decoding: bytes.suffix(3), as: UTF8.self)
        }
        #expect(try await health(trusting: "authority.pem") == "ok\n")
        try put("good.pem", keyName: "other.key")
        program.send(SIGHUP)
        let kept = try await program.errors(containing: "The certificate stays as it was")
        #expect(kept.contains(key.path) && kept.contains("belong together"))
        #expect(try await health(trusting: "authority.pem") == "ok\n")
        try put("stranger.pem", keyName: "stranger.key")
        program.send(SIGHUP)
        try await program.errors(containing: "showing the certificate")
        #expect(try await health(trusting: "stranger.pem") == "ok\n")
        #expect(try await health(trusting: "authority.pem") == nil)
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
    }

    @Test(arguments: [
        ["--listen", "0.0.0.0:0"], ["--admin", "0.0.0.0:0"],
    ])
    func `A listener that others reach does not start open`(_ arguments: [String]) async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Self.start(folder, upstream: "http://127.0.0.1:1", configuration: "{ }", arguments)
        #expect(try await program.status() == 1)
        let text = try await program.errors(containing: "allow-anyone")
        #expect(text.contains(arguments[0]) && text.contains("-token-file"))
    }
}
