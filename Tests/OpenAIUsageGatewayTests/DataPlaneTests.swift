import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Calls that go well: both sides see what the other sent.
struct DataPlaneTests {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

    @Test func aCallArrivesAndItsResponseComesBack() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(extra: "X-Own: 1\r\nOpenAI-Usage-Tags: team=a\r\n"))
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request.startLine == "POST /v1/chat/completions HTTP/1.1")
            #expect(request["Host"] == ["127.0.0.1:\(harness.upstream.port)"])
            #expect(request["X-Own"] == ["1"])
            #expect(request["openai-usage-tags"].isEmpty)
            #expect(request.text == #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}"#)
            let body =
                #"{"id":"chatcmpl-1","model":"m","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
            try await upstream.send(
                "HTTP/1.1 200 OK\r\nX-Request-ID: req_1\r\nContent-Type: application/json\r\nSet-Cookie: a=1\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nset-cookie: b=2\r\n\r\n\(body)"
            )
            let response = try await client.response()
            #expect(response.startLine == "HTTP/1.1 200 OK")
            #expect(response.text == body)
            #expect(
                response.fields.map(\.name) == [
                    "X-Request-ID", "Content-Type", "Set-Cookie", "Content-Length", "set-cookie",
                ]
            )
            #expect(response["set-cookie"] == ["a=1", "b=2"])
            let record = try await harness.recorder.record()
            #expect(record.outcome == .completed)
            #expect(record.status == 200)
            #expect(record.requestID == "req_1")
            #expect(record.tags == ["team": "a"])
            #expect(record.usage[.inputTokens] == 3)
            #expect(record.usage[.outputTokens] == 4)
            #expect(record.timing.gatewayMicroseconds != nil)
        }
    }

    @Test func anUnknownEndpointIsACallToo() async throws {
        try await Harness.run(upstream: .answering(Array(Self.ok.utf8))) { harness in
            let response = try await harness.exchange(RawClient.get("/nothing/here?secret=1"), method: "GET")
            #expect(response.text == "{}")
            let record = try await harness.recorder.record()
            #expect(record.endpoint.name == "other")
            #expect(record.path == "/nothing/here")
            #expect(record.usageState == .notApplicable)
        }
    }

    @Test(arguments: [[1], [1, 2, 3, 5, 7, 11], [4_096], [65_536, 1]])
    func aChunkedBodyComesThroughWhateverItsPieces(_ sizes: [Int]) async throws {
        try await Harness.run { harness in
            let body = Pattern.bytes(sizes == [1] ? 500 : 100_000)
            let client = try await harness.client()
            try await client.send(RawClient.get("/v1/x"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            var position = 0
            var turn = 0
            var wire: [UInt8] = []
            while position < body.count {
                let size = min(sizes[turn % sizes.count], body.count - position)
                wire += Array("\(String(size, radix: 16, uppercase: turn % 2 == 0))\r\n".utf8)
                wire += body[position..<position + size] + Array("\r\n".utf8)
                position += size
                turn += 1
            }
            try await upstream.send(wire + Array("0\r\n\r\n".utf8))
            let response = try await client.response(to: "GET")
            #expect(response.framing == .chunked)
            #expect(response.body == body)
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test func singleBytesFromTheUpstreamMakeTheSameResponse() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let body = #"{"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#
            let chunks =
                "5\r\n\(body.prefix(5))\r\n\(String(body.utf8.count - 5, radix: 16));x=y\r\n\(body.dropFirst(5))\r\n"
            let wire =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
                + chunks + "0\r\nX-Sum: 1\r\n\r\n"
            try await upstream.send(Array(wire.utf8), inPiecesOf: [1])
            let response = try await client.response()
            #expect(response.text == body)
            #expect(response.trailers == [.init(name: "X-Sum", value: "1")])
            #expect(try await harness.recorder.record().usage[.outputTokens] == 2)
        }
    }

    @Test func trailersComeThroughBothWays() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(
                "POST /v1/files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-Up: 1\r\nX-Up: 2\r\n\r\n"
            )
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request.text == "abc")
            #expect(request.trailers == [.init(name: "X-Up", value: "1"), .init(name: "X-Up", value: "2")])
            try await upstream.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Down\r\n\r\n2\r\nok\r\n0\r\nX-Down: 3\r\n\r\n"
            )
            let response = try await client.response()
            #expect(response.text == "ok")
            #expect(response.trailers == [.init(name: "X-Down", value: "3")])
        }
    }

    @Test func interimResponsesComeThroughAndAreNotTheResponse() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Self.ok
            )
            #expect(try await client.response(to: "GET").status == 100)
            let hints = try await client.response(to: "GET")
            #expect(hints.status == 103 && hints["link"] == ["</x>"])
            let response = try await client.response(to: "GET")
            #expect(response.status == 200)
            #expect(response.text == "{}")
            #expect(try await harness.recorder.record().status == 200)
        }
    }

    @Test func aClientThatWaitsForLeaveToSendItsBodyGetsIt() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(
                "POST /v1/files HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            )
            #expect(try await client.response().startLine == "HTTP/1.1 100 Continue")
            try await client.send("body")
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request["expect"].isEmpty)
            #expect(request.text == "body")
            try await upstream.send(Self.ok)
            #expect(try await client.response().status == 200)
        }
    }

    @Test func anOldClientThatWaitsForLeaveGetsNone() async throws {
        try await Harness.run(upstream: .answering(Array(Self.ok.utf8))) { harness in
            let response = try await harness.exchange(
                "POST /v1/files HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody"
            )
            #expect(response.status == 200)
        }
    }

    @Test(arguments: [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "FROB",
    ])
    func methodsComeThrough(_ method: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("\(method) /v1/x HTTP/1.1\r\nHost: x\r\n\r\n")
            guard method != "TRACE" else {
                // Its answer would show a client's page the fields that it must not see.
                #expect(try await client.response().status == 405)
                return
            }
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request.startLine == "\(method) /v1/x HTTP/1.1")
            #expect(request["content-length"].isEmpty)
            #expect(request["transfer-encoding"].isEmpty)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await client.response(to: method).status == 200)
            let record = try await harness.recorder.record()
            #expect(record.method == method)
        }
    }

    @Test func thePathPrefixOfTheUpstreamIsAdded() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Harness.run(upstream: upstream, upstreamURL: "http://127.0.0.1:\(upstream.port)/api/") { harness in
            let client = try await harness.client()
            try await client.send(
                RawClient.chat().replacingFirstLine("POST http://other/v1/chat/completions?a=b HTTP/1.1")
            )
            let connection = try await harness.upstream.accept()
            let request = try await connection.message(.request)
            #expect(request.target == "/api/v1/chat/completions?a=b")
            try await connection.send(Self.ok)
            _ = try await client.response()
            let record = try await harness.recorder.record()
            #expect(record.path == "/v1/chat/completions")
            #expect(record.endpoint.name == "chat.completions")
        }
    }

    @Test func callsOfManyClientsOnManyLoopsDoNotMix() async throws {
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                let request = try await connection.message(.request)
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n\(request.text)"
                )
            }
        })
        try await Harness.run(upstream: upstream, configure: { $0.workers = 4 }) { harness in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<16 {
                    tasks.addTask {
                        let client = try await harness.client()
                        for turn in 0..<10 {
                            let body = "call \(number).\(turn)"
                            let response = try await client.exchange(RawClient.post("/v1/x", body, type: "text/plain"))
                            #expect(response.text == body)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let state = try await harness.recorder.wait(for: "160 records") { $0.records.count == 160 }
            #expect(state.records.allSatisfy { $0.outcome == .completed })
        }
    }
}

extension String {
    /// The request with another first line.
    func replacingFirstLine(_ line: String) -> String {
        guard let range = Array(utf8).range(of: Array("\r\n".utf8)) else { return self }
        return line + String(decoding: Array(utf8)[range.lowerBound...], as: UTF8.self)
    }
}
