import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// What the data plane waits for and holds at most.
@Suite(.serialized)
struct LimitTests {
    @Test(arguments: ["G", "GET /v1/models HTTP/1.1\r\n", "GET /v1/models HTTP/1.1\r\nHost: a\r\nX"])
    func aHeadThatDoesNotCome(_ start: String) async throws {
        try await Harness.run(configure: { $0.limits.headMilliseconds = 50 }) { harness in
            let client = try await harness.client()
            try await client.send(start)
            let response = try await client.response()
            #expect(response.status == 408 && response.text.contains("request_timeout"))
            #expect(response["connection"] == ["close"])
            try await client.connection.ended()
            #expect(harness.recorder.current.events == [.refused])
            #expect(harness.recorder.current.limits == [.headTimeout])
            #expect(harness.recorder.current.started == 0)
        }
    }

    @Test func aHeadThatTricklesHasNoLongerTime() async throws {
        try await Harness.run(configure: { $0.limits.headMilliseconds = 100 }) { harness in
            let client = try await harness.client()
            let start = NIODeadline.now()
            try await client.send("GET /v1/models HTTP/1.1\r\nX: ")
            var count = 0
            while client.connection.unread.bytes.isEmpty, count < 1_000 {
                try await client.send("x")
                count += 1
                try await harness.loop.scheduleTask(in: .milliseconds(10)) {}.futureResult.get()
            }
            #expect(try await client.response().status == 408)
            #expect(NIODeadline.now() - start < .seconds(5))
        }
    }

    @Test func aConnectionThatIsIdleIsClosedWithoutAWord() async throws {
        try await Harness.run(configure: { $0.limits.keepAliveMilliseconds = 50 }) { harness in
            let received = try await harness.client().connection.ended()
            #expect(received.bytes.isEmpty && received.end == .closed)
            #expect(harness.recorder.current.limits == [.keepAlive])
        }
    }

    @Test func aHeadThatIsTooLarge() async throws {
        try await Harness.run(configure: { $0.limits.headBytes = 1_024 }) { harness in
            let client = try await harness.client()
            let response = try await client.exchange(
                RawClient.get(extra: "X: \(String(repeating: "x", count: 2_000))\r\n")
            )
            #expect(response.status == 431)
            let record = try await harness.recorder.record()
            #expect(record.path == "/v1/models" && record.status == 431)
            #expect(harness.recorder.current.events == [.refused])
            #expect(harness.recorder.current.limits == [.headSize])
            #expect(harness.upstream.acceptedCount == 0)
        }
    }

    @Test func aHeadWithTooManyFields() async throws {
        try await Harness.run(configure: { $0.limits.headFields = 8 }) { harness in
            let client = try await harness.client()
            let fields = (0..<9).map { "X-\($0): y\r\n" }.joined()
            let response = try await client.exchange(RawClient.get(extra: fields))
            #expect(response.status == 431 && response.text.contains("too_many_fields"))
            #expect(try await harness.recorder.record().errorCode == "too_many_fields")
            #expect(harness.recorder.current.limits == [.headFields])
        }
    }

    @Test func aBodyThatThereIsNoRoomToHold() async throws {
        let configure: (inout GatewayConfiguration) -> Void = { $0.limits.heldBodyBytes = 16 }
        try await Harness.run(upstream: .answering(Array(DataPlaneTests.ok.utf8)), configure: configure) { harness in
            let client = try await harness.client()
            #expect(try await client.exchange(RawClient.chat(stream: true)).text == "{}")
            #expect(try await harness.recorder.record().diagnostics["include-usage"] == "not-held")
            #expect(harness.recorder.current.limits == [.heldBodies])
        }
    }

    /// How a response that is read on behind its client meets a limit.
    @Test(arguments: [DataPlaneLimit.drain, .drainSize, .drains])
    func aResponseBehindItsClient(_ limit: DataPlaneLimit) async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            switch limit {
            case .drain: $0.drainMilliseconds = 50
            case .drainSize: $0.limits.disconnectBytes = 64
            default: $0.limits.disconnects = 0
            }
        }
        try await Harness.run(configure: configure) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true, includeUsage: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await upstream.send(head + "8\r\ndata: 1\n\r\n")
            try await client.connection.take(through: "data: 1\n\r\n")
            await client.connection.reset()
            try await harness.untilClientsLeft(0)
            if limit == .drainSize { try await upstream.send("80\r\n\(String(repeating: ":", count: 128))\r\n") }
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected)
            #expect(record.diagnostics["gateway-limit"] == limit.rawValue)
            #expect(harness.recorder.current.limits == [limit])
            try await upstream.ended()
        }
    }

    /// A client that leaves is counted when it leaves, and its call is no longer one in flight.
    @Test func aClientThatLeavesIsCountedAtOnce() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: false))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            await client.connection.reset()
            try await harness.recorder.wait(for: "a disconnect") {
                $0.disconnects.count == 1 && $0.afterDisconnect == 1 && $0.started == 1 && $0.ended == 1
            }
            let left = try #require(harness.recorder.current.disconnects.first)
            #expect(left.outcome == .open && left.requestModel == "gpt-4o-mini")
            #expect(harness.recorder.current.records.isEmpty)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            let record = try await harness.recorder.record()
            #expect(record.isDisconnectCounted && record.outcome == .clientDisconnected)
            try await harness.recorder.wait(for: "the end of reading on") { $0.afterDisconnect == 0 }
            #expect(harness.recorder.current.ended == 1 && harness.recorder.current.disconnects.count == 1)
        }
    }

    @Test(arguments: ["/v1/embeddings", "/v1/chat/completions"])
    func aBodyThatDoesNotCome(_ path: String) async throws {
        try await Harness.run(configure: { $0.limits.bodyMilliseconds = 100 }) { harness in
            let client = try await harness.client()
            let response = try await client.exchange(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            #expect(response.status == 408 && response.text.contains("request_timeout"))
            #expect(try await harness.recorder.record().status == 408)
            #expect(harness.recorder.current.events == [.refused])
            #expect(harness.recorder.current.limits == [.bodyTimeout])
            #expect(harness.recorder.current.openRecords.isEmpty)
        }
    }

    @Test func aClientThatTakesNothing() async throws {
        let body = Array(repeating: UInt8(0x72), count: 40 << 20)
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        try await Harness.run(
            upstream: .answering(head + body),
            configure: { $0.limits.writeMilliseconds = 300 }
        ) { harness in
            let client = try await harness.client(receiveBuffer: 4_096)
            try await client.connection.setReading(false)
            try await client.send(RawClient.chat())
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected)
            #expect(record.diagnostics["gateway-limit"] == "write-timeout")
            #expect(harness.recorder.current.limits == [.writeTimeout])
            let received = try await client.connection.ended()
            #expect(received.end == .reset && received.bytes.count < body.count)
        }
    }

    @Test(arguments: [true, false])
    func moreConnectionsThanMayBe(_ isPerAddress: Bool) async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            if isPerAddress { $0.limits.connectionsPerAddress = 2 } else { $0.limits.connections = 2 }
        }
        try await Harness.run(upstream: .answering(Array(DataPlaneTests.ok.utf8)), configure: configure) { harness in
            let first = try await harness.client()
            let second = try await harness.client()
            for client in [first, second] { #expect(try await client.exchange(RawClient.chat()).text == "{}") }
            let third = try await harness.client()
            let response = try await third.response()
            let code = isPerAddress ? "too_many_connections_of_address" : "too_many_connections"
            #expect(response.status == 503 && response.text.contains("\"\(code)\""))
            try await third.connection.ended()
            #expect(harness.recorder.current.events == [.connectionRefused])
            #expect(harness.recorder.current.limits == [isPerAddress ? .connectionsPerAddress : .connections])
            await first.connection.close()
            try await harness.untilClientsLeft(1)
            let fourth = try await harness.client()
            #expect(try await fourth.exchange(RawClient.chat()).text == "{}")
        }
    }

    @Test func waitingForAConnectionHasALimit() async throws {
        try await Harness.run(configure: {
            $0.limits.upstreamConnections = 1
            $0.connectTimeoutMilliseconds = 200
        }) { harness in
            let first = try await harness.client()
            try await first.send(RawClient.get("/first"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let second = try await harness.client()
            try await second.send(RawClient.get("/second"))
            try await harness.recorder.wait(for: "a call that waits") { $0.waiting == 1 }
            let response = try await second.response(to: "GET")
            #expect(response.status == 503 && response.text.contains("gateway_overloaded"))
            #expect(response["retry-after"] == ["1"])
            #expect(harness.recorder.current.waiting == 0)
            #expect(harness.recorder.current.limits == [.upstreamConnections])
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await first.response(to: "GET").text == "{}")
            // The connection serves the next.
            try await second.send(RawClient.get("/third"))
            #expect(try await upstream.message(.request).target == "/third")
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await second.response(to: "GET").text == "{}")
        }
    }

    @Test(arguments: [0, 1, 2])
    func waitingCallsHaveALimit(_ limit: Int) async throws {
        try await Harness.run(configure: {
            $0.limits.upstreamConnections = 1
            $0.limits.waitingCalls = limit
            $0.connectTimeoutMilliseconds = 60_000
        }) { harness in
            let first = try await harness.client()
            try await first.send(RawClient.get("/first"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            var waiting: [RawClient] = []
            for index in 0..<limit {
                waiting.append(try await harness.client())
                try await waiting[index].send(RawClient.get("/\(index)"))
                try await harness.recorder.wait(for: "a call that waits") { $0.waiting == index + 1 }
            }
            let last = try await harness.client()
            let response = try await last.exchange(RawClient.get("/last"), method: "GET")
            #expect(response.status == 503 && response.text.contains("gateway_overloaded"))
            #expect(response["retry-after"] == ["1"])
            #expect(harness.recorder.current.limits == [.waitingCalls])
            #expect(harness.recorder.current.waiting == limit)
            // Those that wait go on, in their order.
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await first.response(to: "GET").text == "{}")
            for (index, client) in waiting.enumerated() {
                #expect(try await upstream.message(.request).target == "/\(index)")
                try await upstream.send(DataPlaneTests.ok)
                #expect(try await client.response(to: "GET").text == "{}")
            }
        }
    }

    /// Requests that do not come to their end leave connections to those that do.
    @Test(arguments: [(8, 12), (1_024, 1_100)])
    func unfinishedBodiesDoNotStopOtherCalls(_ limit: Int, _ count: Int) async throws {
        try await Harness.run(
            upstream: .answering(Array(DataPlaneTests.ok.utf8)),
            configure: {
                $0.limits.upstreamConnections = limit
                $0.connectTimeoutMilliseconds = 60_000
            }
        ) { harness in
            for _ in 0..<count {
                let client = try await harness.client()
                try await client.send("POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
            }
            try await harness.recorder.wait(for: "all calls to begin") { $0.started == count }
            let client = try await harness.client()
            for _ in 0..<3 { #expect(try await client.exchange(RawClient.chat()).text == "{}") }
        }
    }

    @Test func halfSentPipelinedRequestsDoNotStopOtherCalls() async throws {
        let count = 1_024
        try await Harness.run(upstream: .answering(Array(DataPlaneTests.ok.utf8))) { harness in
            for _ in 0..<count {
                let client = try await harness.client()
                try await client.send(RawClient.chat() + RawClient.chat().dropLast(10))
            }
            try await harness.recorder.wait(for: "all calls to begin") { $0.records.count >= count }
            let client = try await harness.client()
            for _ in 0..<3 { #expect(try await client.exchange(RawClient.chat()).text == "{}") }
        }
    }
}
