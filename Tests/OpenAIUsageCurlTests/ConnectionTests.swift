import HTTPTypes
import NIOPosix
import OpenAISimulator
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// How connections are made, kept and given up.
struct ConnectionTests {
    private static let ok = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)

    @Test
    func `Calls one after the other share a connection`() async throws {
        try await CurlHarness.run(server: .answering(Self.ok)) { harness in
            for _ in 1...50 {
                let response = try await harness.transport.send(harness.request(body: Body("{}")))
                #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            }
            #expect(harness.server.acceptedCount == 1)
        }
    }

    @Test(arguments: [60_000, 2_000_000])
    func `A retry uses the connection of the attempt that it repeats, unless its error is long`(
        length: Int
    ) async throws {
        let error = #"{"error":{"code":"overloaded","message":""# + String(repeating: "m", count: length) + #""}}"#
        let refusal = "HTTP/1.1 503 No\r\nContent-Type: application/json\r\nContent-Length: \(error.utf8.count)\r\n\r\n"
        let served = Watched(0)
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                _ = try await connection.message(.request)
                let number = served.update { count in
                    count += 1
                    return count
                }
                if number < 3 { try await connection.send(refusal + error) } else { try await connection.send(Self.ok) }
            }
        })
        try await CurlHarness.run(server: server) { harness in
            let transport = harness.transport.intercepted(
                by: RetryInterceptor(sleep: { _ in }),
                UsageInterceptor(UsageMeter(sink: harness.sink))
            )
            let response = try await transport.send(harness.request(body: Body("{}")))
            #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            _ = try await harness.record(3)
            #expect(harness.sink.records.map(\.outcome) == [.error, .error, .completed])
            #expect(harness.sink.records.map(\.errorCode) == ["overloaded", "overloaded", nil])
            #expect(server.acceptedCount == (length < 64 << 10 ? 1 : 3))
        }
    }

    @Test
    func `A connection that the server closes is not used again`() async throws {
        let server = try await ScriptedUpstream.start(script: { connection in
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            await connection.close()
        })
        try await CurlHarness.run(server: server) { harness in
            for number in 1...5 {
                let response = try await harness.transport.send(harness.request(body: Body("{}")))
                #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
                #expect(harness.server.acceptedCount == number)
            }
        }
    }

    @Test(arguments: [false, true])
    func `A kept connection that turns out to be closed is replaced`(isStream: Bool) async throws {
        try await CurlHarness.run { harness in
            async let first = harness.transport.send(harness.request(.get))
            let kept = try await harness.server.accept()
            _ = try await kept.message(.request)
            try await kept.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await first.body.collect(upTo: 0) == [])
            // The second request comes, and then the server resets the connection without a word.
            let body = isStream ? Body(PulledBody(length: 10_000, inPiecesOf: 100)) : Body(Pattern.bytes(10_000))
            async let second = harness.transport.send(harness.request(.post, "/again", body: body))
            _ = try await kept.message(.request)
            await kept.reset()
            let other = try await harness.server.accept()
            let message = try await other.message(.request)
            #expect(message.target == "/again" && message.body == Pattern.bytes(10_000))
            try await other.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await second.head.status == .ok)
        }
    }

    @Test
    func `Thirty-two calls at a time come through, each with its own answer`() async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        try await CurlHarness.run { harness in
            let transport = harness.metered
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<32 {
                    group.addTask {
                        for number in 0..<8 {
                            let isStream = (caller + number) % 2 == 0
                            let tokens = 100 + caller * 8 + number
                            let options = #""stream_options":{"include_usage":true}"#
                            let request = Request.local(
                                simulator.port,
                                fields: [
                                    ("authorization", "Bearer sk-x"), ("content-type", "application/json"),
                                    ("openai-simulate", "output-tokens=\(tokens)"),
                                ],
                                text: #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]"#
                                    + (isStream ? #","stream":true,\#(options)}"# : "}")
                            )
                            let response = try await transport.send(request)
                            #expect(response.head.status == .ok)
                            let bytes = try await response.body.collect(upTo: 1 << 20)
                            let text = String(decoding: bytes, as: UTF8.self)
                            #expect(text.contains(#""completion_tokens":\#(tokens)"#) || text.contains(": \(tokens)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let records = harness.sink.records
            #expect(records.count == 256 && records.allSatisfy { $0.outcome == .completed })
            #expect(Set(records.compactMap(\.usage.outputTokens)) == Set((100..<356).map { Int64($0) }))
        }
        try await simulator.stop()
    }

    @Test
    func `A thousand calls leave no file open and no memory taken`() async throws {
        let before = ProcessReading.openFiles
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                let message = try await connection.message(.request)
                let tail = message.target.hasSuffix("7") ? "Connection: close\r\n" : ""
                try await connection.send("HTTP/1.1 200 OK\r\n\(tail)Content-Length: 2\r\n\r\n{}")
                if !tail.isEmpty { await connection.close() }
            }
        })
        try await CurlHarness.run(server: server) { harness in
            var settled = 0
            for number in 0..<1_000 {
                let response = try await harness.metered.send(harness.request(.post, "/\(number)", body: Body("{}")))
                // Every third is read to its end, every third in part, the rest not at all.
                if number % 3 == 0 { _ = try await response.body.collect(upTo: 2) }
                if number % 3 == 1 { for try await _ in response.body { break } }
                if number == 200 { settled = ProcessReading.residentBytes }
            }
            #expect(ProcessReading.residentBytes - settled < 16 << 20)
            try await ProcessReading.wait(for: "connections to be closed") { ProcessReading.openFiles <= before + 12 }
            #expect(harness.sink.records.count == 1_000)
        }
        try await ProcessReading.wait(for: "everything to be closed") { ProcessReading.openFiles <= before }
    }

    @Test
    func `Idle connections are kept up to a limit`() async throws {
        try await CurlHarness.run(server: .answering(Self.ok), configure: { $0.maximumIdleConnections = 2 }) {
            harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let response = try await harness.transport.send(harness.request(body: Body("{}")))
                        _ = try await response.body.collect(upTo: 2)
                    }
                }
                try await group.waitForAll()
            }
            try await ProcessReading.wait(for: "connections to be closed") {
                harness.server.connections.filter { $0.unread.end == nil }.count <= 2
            }
        }
    }
}

extension Request {
    static func local(_ port: Int, fields: [(String, String)], text: String) -> Request {
        .local(port, .post, "/v1/chat/completions", fields, body: Body(text))
    }
}
