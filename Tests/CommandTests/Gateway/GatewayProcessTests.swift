import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
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

    /// A gateway's process with one call, whose request has reached the upstream.
    private struct OpenCall {
        let upstream: ScriptedUpstream
        let program: RunningProgram
        /// The lines that the program wrote when it started.
        let start: String
        let client: RawConnection
        /// The upstream's side of the call.
        let call: RawConnection

        init(_ folder: URL, shutdownTimeout: String) async throws {
            upstream = try await ScriptedUpstream.start()
            program = try GatewayProcessTests.gateway(
                folder,
                upstream: "http://127.0.0.1:\(upstream.port)",
                ["--shutdown-timeout", shutdownTimeout]
            )
            start = try await program.errors(containing: "pricing by")
            client = try await RawConnection.connect(to: try GatewayProcessTests.port(start))
            try await client.send(GatewayProcessTests.chat)
            call = try await upstream.accept()
            _ = try await call.message(.request)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `A second signal ends it though a call is open, and the call has its row`(signal: Int32) async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let open = try await OpenCall(folder, shutdownTimeout: "24h")
        let (program, client) = (open.program, open.client)
        program.send(signal)
        try await program.errors(containing: "waiting for the calls in flight")
        program.send(signal)
        #expect(try await program.status() == 128 + signal)
        try await client.ended()
        await open.upstream.stop()
    }

    private static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"

    /// Asks the listener for operators.
    private static func ask(_ port: Int, _ path: String) async throws -> RawMessage {
        let client = try await RawConnection.connect(to: port)
        try await client.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        let response = try await client.message(.response(to: "GET"))
        await client.close()
        return response
    }

    @Test
    func `While calls are waited for, metrics and health are served, and new connections are refused`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let open = try await OpenCall(folder, shutdownTimeout: "24h")
        let (program, client, call) = (open.program, open.client, open.call)
        let (calls, admin) = (try Self.port(open.start), try Self.adminPort(open.start))
        try await call.send(Self.streamHead)
        try await client.receive("the first event") { $0.bytes.suffix(2).elementsEqual("\r\n".utf8) }
        #expect(try await Self.ask(admin, "/-/ready").status == 200)
        program.send(SIGTERM)
        try await program.errors(containing: "waiting for the calls in flight")
        try await ProcessReading.wait(for: "the listener to close") { !Self.isOpen(calls) }
        let ready = try await Self.ask(admin, "/-/ready")
        #expect(ready.status == 503 && ready.text.contains("ending"))
        #expect(try await Self.ask(admin, "/healthz").status == 200)
        let metrics = try await Self.ask(admin, "/metrics")
        #expect(metrics.status == 200 && metrics.text.contains(/oai_usage_calls_in_flight\{.*\} 1\n/))
        // The stream ends by itself, and so does the gateway then.
        try await call.send("0\r\n\r\n")
        #expect(try await client.message(.response(to: "POST")).text == "data: 1\n\n")
        #expect(try await program.status() == 0)
        #expect(!Self.isOpen(admin))
        await open.upstream.stop()
    }

    @Test
    func `A stream that is longer than the drain is cut off so that its client sees it, and has its row`() async throws
    {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let open = try await OpenCall(folder, shutdownTimeout: "50ms")
        let (program, client, call) = (open.program, open.client, open.call)
        try await call.send(Self.streamHead)
        try await client.receive("the first event") { $0.bytes.suffix(2).elementsEqual("\r\n".utf8) }
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
        let received = try await client.ended()
        #expect(!received.bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8))
        let rows = try LedgerReader(path: folder.appending(path: "ledger.db").path).calls(CallsQuery())
        #expect(rows.map(\.outcome) == [.cut])
        #expect(try await program.errors(containing: "were cut off").contains("were cut off"))
        await open.upstream.stop()
    }

    @Test
    func `A hangup opens the access log again, and its errors are JSON`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let upstream = try await ScriptedUpstream.answering(
            Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        )
        let log = folder.appending(path: "access.log").path
        let program = try Self.gateway(folder, upstream: "http://127.0.0.1:\(upstream.port)", ["--access-log", log])
        let client = try await RawConnection.connect(
            to: try Self.port(try await program.errors(containing: "pricing by"))
        )
        func call() async throws {
            try await client.send(Self.chat)
            #expect(try await client.message(.response(to: "POST")).status == 200)
        }
        try await call()
        try await ProcessReading.wait(for: "the line") { Self.lines(log) == 1 }
        try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
        program.send(SIGHUP)
        try await program.errors(containing: "from now on")
        try await call()
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
        #expect(Self.lines(log) == 1 && Self.lines(log + ".1") == 1)
        let errors = try await program.errors(containing: "from now on")
        for line in errors.split(separator: "\n") {
            #expect((try? JSONDocument(parsing: String(line))) != nil, "\(line)")
        }
        await client.close()
        await upstream.stop()
    }

    @Test(arguments: [true, false])
    func `A gateway without a ledger keeps no file`(isVariable: Bool) async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        let upstream = try await ScriptedUpstream.answering(answer)
        let arguments = [
            "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--allowed-host", "x", "--upstream",
            "http://127.0.0.1:\(upstream.port)",
        ]
        let program = try RunningProgram(
            arguments + (isVariable ? [] : ["--ledger", "none"]),
            environment: isVariable ? ["OAI_USAGE_LEDGER": "none"] : [:],
            folder: folder
        )
        let start = try await program.errors(containing: "pricing by")
        #expect(start.contains("gateway: keeping no ledger: calls are counted in the metrics alone"))
        let client = try await RawConnection.connect(to: try Self.port(start))
        try await client.send(Self.chat)
        #expect(try await client.message(.response(to: "POST")).status == 200)
        await client.close()
        let metrics = try await Self.ask(try Self.adminPort(start), "/metrics").text
        #expect(metrics.contains("oai_usage_calls_total{") && !metrics.contains("oai_usage_records_captured_total"))
        program.send(SIGTERM)
        #expect(try await program.status() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        await upstream.stop()
    }

    @Test
    func `A check starts nothing, and ends with what a start would say`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for more in [[], ["--ledger", "none"]] {
            let sound = try Self.gateway(folder, ["--check"] + more)
            #expect(try await sound.status() == 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try "no ledger, and longer than sixteen bytes".write(
            to: folder.appending(path: "ledger.db"),
            atomically: true,
            encoding: .utf8
        )
        for (arguments, status, words) in [
            (["--check"], Int32(1), "it is not an SQLite file"),
            (["--check", "--ledger", "/dev/null/ledger.db"], 1, "/dev/null is not a folder"),
            (["--check", "--ledger", folder.path], 1, "it is a folder"),
            (["--check", "--ledger", "/tmp/l.db", "--access-log", "/none/a.log"], 1, "there is no folder /none"),
            (
                ["--check", "--ledger", "/tmp/l.db", "--listen", "name.invalid:80", "--allow-anyone"], 1,
                "cannot be resolved"
            ),
            (["--check", "--ledger", "/tmp/l.db", "--listen", "0.0.0.0:80"], 1, "--client-token-file"),
            (["--check", "--ledger", "/tmp/l.db", "--tls-cert", "/none.pem"], 1, "there is no file /none.pem"),
            (
                ["--check", "--ledger", "/tmp/l.db", "--upstream", "https://h", "--upstream-ca", "/none.pem"], 1,
                "/none.pem, is not there"
            ),
            (["--check", "--prices", "/none.json"], 1, "/none.json cannot be read"),
            (["--check", "--max-drains", "0"], 64, "--max-drains is 0"),
        ] {
            let program = try Self.gateway(folder, arguments)
            #expect(try await program.status() == status, "\(arguments)")
            #expect(try await program.errors(containing: words).contains(words), "\(arguments)")
        }
    }

    private static func lines(_ path: String) -> Int {
        (try? String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count) ?? 0
    }

    private static func adminPort(_ text: String) throws -> Int {
        try #require(text.firstMatch(of: /metrics on http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.output.1) })
    }

    /// True if somebody listens on a port of this machine.
    private static func isOpen(_ port: Int) -> Bool {
        let listeners = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        let address = String(port, radix: 16, uppercase: true)
        return listeners.split(separator: "\n").contains {
            let fields = $0.split(separator: " ")
            return fields.count > 3 && fields[1].hasSuffix(":\(address)") && fields[3] == "0A"
        }
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
