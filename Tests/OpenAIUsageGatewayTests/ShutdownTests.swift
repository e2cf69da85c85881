import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

struct ShutdownTests {
    /// Waits until a call begins that a shutdown is to meet.
    private func begin(_ harness: Harness, _ request: String) async throws -> (RawClient, RawConnection) {
        let client = try await harness.client()
        try await client.send(request)
        let upstream = try await harness.upstream.accept()
        _ = try await upstream.message(.request)
        return (client, upstream)
    }

    /// Starts a shutdown, runs a test's part within it, and returns whether every call came to its own end.
    private func duringShutdown(_ harness: Harness, _ body: () async throws -> Void) async throws -> Bool {
        let witness = try? await harness.client()
        async let isDrained = harness.plane.shutDown(within: .seconds(60))
        // The listener is closed before the connections are.
        try await witness?.connection.ended()
        try await body()
        return await isDrained
    }

    @Test(arguments: [1, 4])
    func withoutCallsItEndsAtOnce(_ workers: Int) async throws {
        #if os(Linux)
        // An address of its own, where nobody else can take the port when it is free.
        let host = "127.0.0.\(10 + workers)"
        #else
        let host = "127.0.0.1"
        #endif
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.workers = workers
            $0.listen.host = host
        }
        try await Harness.run(configure: configure) { harness in
            await (try await RawConnection.connect(to: harness.plane.port, at: host)).close()
            #expect(await harness.plane.shutDown(within: .seconds(60)))
            await #expect(throws: (any Error).self) {
                try await RawConnection.connect(to: harness.plane.port, at: host)
            }
        }
    }

    @Test func idleConnectionsAreClosed() async throws {
        try await Harness.run(upstream: .answering(Array(DataPlaneTests.ok.utf8))) { harness in
            let fresh = try await harness.client()
            let used = try await harness.client()
            #expect(try await used.exchange(RawClient.get(), method: "GET").status == 200)
            _ = try await harness.recorder.record()
            #expect(await harness.plane.shutDown(within: .seconds(60)))
            #expect(try await used.connection.ended().end == .closed)
            #expect(try await fresh.connection.ended().bytes.isEmpty)
            #expect(try await harness.upstream.connections[0].ended().end == .closed)
        }
    }

    @Test(arguments: [true, false])
    func anOpenCallIsWaitedFor(_ hasBegunItsResponse: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream) = try await begin(harness, RawClient.chat())
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"
            if hasBegunItsResponse {
                try await upstream.send(head)
                try await client.connection.receive("the head") { $0.bytes.last == UInt8(ascii: "{") }
            }
            let isDrained = try await duringShutdown(harness) {
                try await harness.settle(client)
                #expect(client.connection.unread.end == nil)
                try await upstream.send(hasBegunItsResponse ? "}" : head + "}")
                let response = try await client.response()
                #expect(response.text == "{}")
                #expect(response["connection"] == (hasBegunItsResponse ? [] : ["close"]))
            }
            #expect(isDrained)
            #expect(try await client.connection.ended().end == .closed)
            #expect(try await upstream.ended().end == .closed)
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test func aCallThatWaitsForItsRecordIsWaitedFor() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness, RawClient.chat())
            try await upstream.send(DataPlaneTests.ok)
            _ = try await harness.recorder.records(1)
            let isDrained = try await duringShutdown(harness) {
                try await harness.recorder.commitNext()
                #expect(try await client.response().text == "{}")
            }
            #expect(isDrained)
        }
    }

    @Test(arguments: [true, false])
    func atTheLimitOpenCallsEnd(_ hasBegunItsResponse: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream) = try await begin(harness, RawClient.chat())
            if hasBegunItsResponse {
                try await upstream.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
                )
                try await client.connection.take(through: "{")
            }
            #expect(await !harness.plane.shutDown(within: .milliseconds(1)))
            // The record is there when the shutdown is over: the ledger is closed next.
            #expect(harness.recorder.current.records.map(\.outcome) == [hasBegunItsResponse ? .cut : .unreachable])
            #expect(harness.recorder.current.ended == 1)
            #expect(try await client.connection.ended().bytes.isEmpty)
            try await upstream.ended()
        }
    }

    /// Where the connection's end would look like the response's, a reset shows that it is not whole.
    @Test func atTheLimitAResponseWithoutAnEndOfItsOwnIsReset() async throws {
        try await Harness.run { harness in
            let request = RawClient.chat().replacing("HTTP/1.1", with: "HTTP/1.0")
            let (client, upstream) = try await begin(harness, request)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhalf")
            try await client.connection.receive("the half") { $0.bytes.suffix(4).elementsEqual("half".utf8) }
            #expect(await !harness.plane.shutDown(within: .milliseconds(1)))
            #expect(harness.recorder.current.records.map(\.outcome) == [.cut])
            #expect(try await client.connection.ended().end == .reset)
            try await upstream.ended()
        }
    }

    @Test func atTheLimitEveryStageOfACallEnds() async throws {
        let configure: (inout GatewayConfiguration) -> Void = { $0.limits.upstreamConnections = 2 }
        try await Harness.run(withholdsCommits: true, configure: configure) { harness in
            // One waits for its record, one for its response, one for a connection, one for its own request.
            let (_, first) = try await begin(harness, RawClient.chat())
            try await first.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            _ = try await harness.recorder.records(1)
            try await first.ended()
            let (_, _) = try await begin(harness, RawClient.chat())
            let (_, _) = try await begin(harness, RawClient.get())
            let waiting = try await harness.client()
            try await waiting.send(RawClient.get("/waiting"))
            let sending = try await harness.client()
            try await sending.send(
                "POST /v1/chat/completions HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
            )
            try await harness.recorder.wait(for: "all five") { $0.started == 5 }
            #expect(await !harness.plane.shutDown(within: .milliseconds(1)))
            let state = harness.recorder.current
            #expect(state.records.count == 5)
            #expect(state.ended == 5)
            #expect(state.records[0].outcome == .completed)
            harness.recorder.commitAll()
        }
    }

    /// A call whose client has gone is read on; it has a record all the same when the gateway ends.
    @Test(arguments: [true, false])
    func atTheLimitCallsWithoutAClientEndToo(_ isStream: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream) = try await begin(harness, RawClient.chat(stream: isStream))
            await client.connection.reset()
            try await harness.untilClientsLeft(0)
            // It is no longer in flight for its client, and goes on.
            #expect(harness.recorder.current.afterDisconnect == 1 && harness.recorder.current.records.isEmpty)
            #expect(await !harness.plane.shutDown(within: .milliseconds(1)))
            #expect(harness.recorder.current.records.map(\.outcome) == [.clientDisconnected])
            #expect(harness.recorder.current.ended == 1 && harness.recorder.current.afterDisconnect == 0)
            try await upstream.ended()
        }
    }

    @Test func aSlowClientGetsItsResponseInFull() async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true, receiveBuffer: 4_096)
            try await client.send(RawClient.get("/v1/files/x/content"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let size = 8 << 20
            try await upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n")
            async let isDrained = harness.plane.shutDown(within: .seconds(60))
            try await upstream.send(Pattern.bytes(size))
            await upstream.close()
            #expect(await isDrained)
            #expect(try await harness.recorder.record().outcome == .completed)
            let received = try await client.connection.ended()
            #expect(received.isPattern)
            #expect(received.patternLength == size)
        }
    }

    @Test func shuttingDownTwiceIsShuttingDownOnce() async throws {
        try await Harness.run { harness in
            let (client, upstream) = try await begin(harness, RawClient.chat())
            async let second = harness.plane.shutDown(within: .seconds(60))
            let first = try await duringShutdown(harness) {
                try await upstream.send(DataPlaneTests.ok)
                #expect(try await client.response().text == "{}")
            }
            #expect(first)
            #expect(await second)
        }
    }
}
