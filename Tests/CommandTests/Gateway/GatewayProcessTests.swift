import Foundation
import OpenAIUsageTestKit
import Testing

@testable import oai_usage

/// The gateway as a process: its signals, its standard error, and how it ends.
struct GatewayProcessTests {
    private static func gateway(
        _ folder: URL,
        upstream: String = "http://127.0.0.1:1",
        _ arguments: [String] = []
    ) throws -> RunningProgram {
        try RunningProgram(
            [
                "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", upstream,
                "--ledger", folder.appending(path: "ledger.db").path, "--allowed-host", "x",
            ] + arguments
        )
    }

    private static func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "gateway-process-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private static func port(_ text: String) throws -> Int {
        try #require(text.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.output.1) })
    }

    private static let chat =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

    @Test
    func `A hangup reads the prices again, a mistake in them changes nothing, and a signal ends it`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let prices = folder.appending(path: "prices.json")
        let book = #"{"schema": "openai-prices/1", "as_of": "2026-11-01", "currency": "USD", "models": []}"#
        try book.write(to: prices, atomically: true, encoding: .utf8)
        let program = try Self.gateway(folder, upstream: "http://127.0.0.1:1/v1", ["--prices", prices.path])
        let start = try await program.errors(containing: "pricing by")
        #expect(start.contains("forwarding to http://127.0.0.1:1/v1"))
        #expect(start.contains("the upstream's /v1 stands for the /v1 of the clients' paths"))
        try book.replacing("11-01", with: "11-02").write(to: prices, atomically: true, encoding: .utf8)
        program.send(SIGHUP)
        #expect(try await program.errors(containing: "from now on").contains("from now on"))
        try "{".write(to: prices, atomically: true, encoding: .utf8)
        program.send(SIGHUP)
        #expect(try await program.errors(containing: "stay as they were").contains("stay as they were"))
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `A second signal ends it though a call is open, and the call has its row`(signal: Int32) async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let upstream = try await ScriptedUpstream.start()
        let program = try Self.gateway(
            folder,
            upstream: "http://127.0.0.1:\(upstream.port)",
            ["--shutdown-timeout", "24h"]
        )
        let client = try await RawConnection.connect(
            to: try Self.port(try await program.errors(containing: "pricing by"))
        )
        try await client.send(Self.chat)
        _ = try await (try await upstream.accept()).message(.request)
        program.send(signal)
        try await program.errors(containing: "when its open calls have ended")
        program.send(signal)
        #expect(try await program.status() == 128 + signal)
        try await client.ended()
        await upstream.stop()
    }

    @Test
    func `Nobody who reads its errors is no reason to end`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Self.gateway(folder)
        let port = try Self.port(try await program.errors(containing: "pricing by"))
        try program.closeErrors()
        // Each of these calls is logged as failed.
        for _ in 0..<3 {
            let client = try await RawConnection.connect(to: port)
            try await client.send(Self.chat)
            #expect(try await client.message(.response(to: "POST")).status == 502)
            await client.close()
        }
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
    }

    @Test
    func `A mistyped setting is refused with its line`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "config.json")
        try "{\n  \"upstrem\": \"http://x\"\n}\n".write(to: file, atomically: true, encoding: .utf8)
        let program = try Self.gateway(folder, ["--config", file.path])
        #expect(try await program.status() == 1)
        #expect(
            try await program.errors(containing: "settings are").contains(
                "\(file.path):2: \"upstrem\" is not a setting."
            )
        )
    }

    @Test
    func `An address that cannot be listened on is told in words`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Self.gateway(folder, ["--listen", "name.invalid:80", "--allow-anyone"])
        #expect(try await program.status() == 1)
        let text = try await program.errors(containing: "Cannot listen")
        #expect(text.contains("Cannot listen on name.invalid:80: the name name.invalid cannot be resolved."))
    }
}
