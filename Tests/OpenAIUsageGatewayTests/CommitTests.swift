import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// What of a response waits for its record.
struct CommitTests {
    private static let body = #"{"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#
    private static let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    private static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private static let delta = chunk(#"data: {"choices":[{"delta":{"content":"x"}}]}"# + "\n\n")
    private static let done = chunk("data: [DONE]\n\n")

    /// A call whose upstream is at the response.
    private func begin(_ harness: Harness, stream: Bool = false) async throws -> (RawClient, RawConnection) {
        let client = try await harness.client()
        try await client.send(RawClient.chat(stream: stream, includeUsage: stream ? true : nil))
        let upstream = try await harness.upstream.accept()
        _ = try await upstream.message(.request)
        return (client, upstream)
    }

    private func unread(_ harness: Harness, _ client: RawClient) async throws -> String {
        try await harness.settle(client)
        return String(decoding: client.connection.unread.bytes, as: UTF8.self)
    }

    @Test(arguments: [GatewayConfiguration.Durability.committed, .fsync])
    func theLastBytesWaitForTheRecord(_ durability: GatewayConfiguration.Durability) async throws {
        try await Harness.run(withholdsCommits: true, configure: { $0.durability = durability }) { harness in
            let (client, upstream) = try await begin(harness)
            try await upstream.send(Self.head + Self.body.prefix(10))
            try await client.connection.take(through: String(Self.body.prefix(10)))
            try await upstream.send(String(Self.body.dropFirst(10)))
            let record = try await harness.recorder.records(1)[0]
            #expect(record.outcome == .completed)
            #expect(record.usage[.outputTokens] == 2)
            #expect(try await unread(harness, client) == "")
            #expect(harness.recorder.current.ended == 0)
            let commit = try await harness.recorder.commitNext()
            #expect(!commit.isOpen)
            #expect(try await client.connection.take(through: "}}") == Self.body.dropFirst(10))
            try await harness.recorder.wait(for: "the call to end") { $0.ended == 1 }
            #expect(harness.recorder.current.openRecords.isEmpty)
            #expect(harness.recorder.current.late == 0)
        }
    }

    /// The upstream's channel is closed within the read that brings the response, and tells nothing of the read's end.
    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered], [true, false])
    func aResponseOfAConnectionThatIsClosedLeavesAtOnce(
        _ durability: GatewayConfiguration.Durability,
        _ keepsAtOnce: Bool
    ) async throws {
        try await Harness.run(keepsAtOnce: keepsAtOnce, configure: { $0.durability = durability }) { harness in
            let (client, upstream) = try await begin(harness)
            let head = Self.head.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n")
            try await upstream.send(head + Self.body)
            #expect(try await client.connection.take(through: "}}").hasSuffix(Self.body))
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    /// Records of one round of the loop are written together, and no response ends before its record is.
    @Test(arguments: ["", "Connection: close\r\n"], [false, true])
    func recordsAreFlushedBeforeTheirResponsesEnd(_ field: String, _ isStream: Bool) async throws {
        try await Harness.run(keepsAtOnce: true, configure: { $0.durability = .committed }) { harness in
            let (client, upstream) = try await begin(harness, stream: isStream)
            try await client.connection.setReading(false)
            let socket = try await client.connection.socket()
            let received = Watched<[String]>([])
            harness.recorder.observeFlushes { received.update { $0.append(unreadText(of: socket)) } }
            if isStream {
                let head = Self.streamHead.replacing("\r\n\r\n", with: "\r\n\(field)\r\n")
                try await upstream.send(head + Self.delta + Self.done + "0\r\n\r\n")
                try await received.wait(for: "the flush") { !$0.isEmpty }
                try await client.connection.setReading(true)
                try await client.connection.take(through: "[DONE]")
            } else {
                let head = Self.head.replacing("\r\n\r\n", with: "\r\n\(field)\r\n")
                try await upstream.send(head + Self.body)
                try await received.wait(for: "the flush") { !$0.isEmpty }
                try await client.connection.setReading(true)
                try await client.connection.take(through: "}}")
            }
            #expect(received.value.allSatisfy { !$0.contains(isStream ? "[DONE]" : "}}") }, "\(received.value)")
            let state = harness.recorder.current
            #expect(state.unflushed == 0)
            #expect(state.records.count + state.openRecords.count > 0)
        }
    }

    @Test func aBodyWithoutALengthWaitsFromTheReadThatEndsIt() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness)
            try await upstream.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n   \r\n"
            )
            try await client.connection.take(through: "3\r\n   \r\n")
            try await upstream.send(Self.chunk(Self.body) + "0\r\n\r\n")
            _ = try await harness.recorder.records(1)
            #expect(try await unread(harness, client) == "")
            try await harness.recorder.commitNext()
            try await client.connection.take(through: Self.body + "\r\n0\r\n\r\n")
        }
    }

    @Test func theEventThatEndsAStreamWaitsForAnInterimRecord() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness, stream: true)
            try await upstream.send(Self.streamHead + Self.delta)
            try await client.connection.take(through: Self.delta)
            #expect(harness.recorder.current.openRecords.isEmpty)
            try await upstream.send(Self.chunk("data: \(Self.body)\n\n"))
            try await client.connection.take(through: "}}\n\n\r\n")
            try await upstream.send(Self.done)
            let state = try await harness.recorder.wait(for: "the interim record") { $0.openRecords.count == 1 }
            #expect(state.openRecords[0].outcome == .open)
            #expect(state.openRecords[0].usage[.outputTokens] == 2)
            #expect(try await unread(harness, client) == "")
            #expect(try await harness.recorder.commitNext().isOpen)
            try await client.connection.take(through: Self.done)
            // The end of the body is another matter, and waits for the record that says so.
            try await upstream.send("0\r\n\r\n")
            _ = try await harness.recorder.records(1)
            #expect(try await unread(harness, client) == "")
            #expect(try await !harness.recorder.commitNext().isOpen)
            try await client.connection.take(through: "0\r\n\r\n")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    /// The stream ends while its last event still waits: only the final record's commit releases the end.
    @Test func anInterimCommitDoesNotReleaseTheEnd() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness, stream: true)
            try await upstream.send(Self.streamHead + Self.delta)
            try await client.connection.take(through: Self.delta)
            try await upstream.send(Self.done)
            try await harness.recorder.wait(for: "the interim record") { $0.openRecords.count == 1 }
            try await upstream.send("0\r\n\r\n")
            _ = try await harness.recorder.records(1)
            #expect(try await harness.recorder.commitNext().isOpen)
            #expect(try await !unread(harness, client).contains("0\r\n\r\n"))
            #expect(try await !harness.recorder.commitNext().isOpen)
            try await client.connection.take(through: "[DONE]\n\n\r\n0\r\n\r\n")
        }
    }

    @Test func aStreamThatComesAtOnceNeedsNoInterimRecord() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness, stream: true)
            try await upstream.send(Self.streamHead + Self.delta + Self.done + "0\r\n\r\n")
            _ = try await harness.recorder.records(1)
            #expect(harness.recorder.current.openRecords.isEmpty)
            #expect(try await !unread(harness, client).contains("[DONE]"))
            try await harness.recorder.commitNext()
            try await client.connection.take(through: Self.done + "0\r\n\r\n")
        }
    }

    @Test func whatFollowsTheLastEventWaitsToo() async throws {
        try await Harness.run { harness in
            let (client, upstream) = try await begin(harness, stream: true)
            try await upstream.send(Self.streamHead + Self.delta + Self.done)
            try await client.connection.take(through: Self.done)
            for number in 0..<3 {
                try await upstream.send(Self.chunk(": comment \(number)\n"))
                try await client.connection.take(through: "comment \(number)\n\r\n")
            }
            try await upstream.send("0\r\n\r\n")
            try await client.connection.take(through: "0\r\n\r\n")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test(arguments: [GatewayConfiguration.Durability.committed, .fsync])
    func aCommitThatIsLateIsNotWaitedFor(_ durability: GatewayConfiguration.Durability) async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.durability = durability
            $0.commitDeadlineMilliseconds = 1
        }
        try await Harness.run(withholdsCommits: true, configure: configure) { harness in
            let (client, upstream) = try await begin(harness)
            try await upstream.send(Self.head + Self.body)
            #expect(try await client.response().text == Self.body)
            #expect(harness.recorder.current.late == 1)
            #expect(harness.recorder.current.withheld.count == 1)
            // The word that comes after all changes nothing.
            try await harness.recorder.commitNext()
            try await upstream.ended(after: harness)
            #expect(try await unread(harness, client) == "")
            #expect(harness.recorder.current.late == 1)
        }
    }

    @Test func eachLateReleaseIsCounted() async throws {
        try await Harness.run(withholdsCommits: true, configure: { $0.commitDeadlineMilliseconds = 1 }) { harness in
            let (client, upstream) = try await begin(harness, stream: true)
            try await upstream.send(Self.streamHead + Self.delta + Self.done)
            try await client.connection.take(through: Self.done)
            #expect(harness.recorder.current.late == 1)
            try await upstream.send("0\r\n\r\n")
            try await client.connection.take(through: "0\r\n\r\n")
            #expect(harness.recorder.current.late == 2)
        }
    }

    @Test func aCommitInTimeIsNotCountedAsLate() async throws {
        try await Harness.run(configure: { $0.commitDeadlineMilliseconds = 5_000 }) { harness in
            for number in 1...20 {
                let client = try await harness.client()
                try await client.send(RawClient.chat())
                let upstream = number == 1 ? try await harness.upstream.accept() : harness.upstream.connections[0]
                _ = try await upstream.message(.request)
                try await upstream.send(Self.head + Self.body)
                #expect(try await client.response().text == Self.body)
                _ = try await harness.recorder.wait(for: "the end") { $0.ended == number }
            }
            #expect(harness.recorder.current.late == 0)
        }
    }

    @Test(arguments: [true, false])
    func bufferedResponsesWaitForNothing(_ isStream: Bool) async throws {
        try await Harness.run(withholdsCommits: true, configure: { $0.durability = .buffered }) { harness in
            let (client, upstream) = try await begin(harness, stream: isStream)
            if isStream {
                try await upstream.send(Self.streamHead + Self.delta + Self.done + "0\r\n\r\n")
                try await client.connection.take(through: Self.done + "0\r\n\r\n")
            } else {
                try await upstream.send(Self.head + Self.body)
                #expect(try await client.response().text == Self.body)
            }
            let state = try await harness.recorder.wait(for: "the record") { $0.withheld.count == 1 && $0.ended == 1 }
            #expect(state.withheld[0].waiter == nil)
            #expect(state.openRecords.isEmpty)
        }
    }

    @Test func anErrorOfTheGatewayWaitsToo() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let (client, upstream) = try await begin(harness)
            await upstream.close()
            _ = try await harness.recorder.records(1)
            #expect(try await unread(harness, client) == "")
            try await harness.recorder.commitNext()
            #expect(try await client.response().status == 502)
        }
    }

    @Test func aResponseWithoutABodyWaitsToo() async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get() + RawClient.get("/second"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 204 No Content\r\n\r\n")
            _ = try await harness.recorder.records(1)
            // The next request of the connection is not begun before.
            try await harness.settle(client)
            #expect(harness.recorder.current.started == 1)
            try await harness.recorder.commitNext()
            #expect(try await client.response(to: "GET").status == 204)
            #expect(try await upstream.message(.request).target == "/second")
            try await upstream.send(DataPlaneTests.ok)
            try await harness.recorder.commitNext()
            #expect(try await client.response(to: "GET").status == 200)
        }
    }

    // MARK: - Open rows

    @Test func aCallThatTakesLongGetsARowMeanwhile() async throws {
        try await Harness.run(configure: { $0.openRowMilliseconds = 1 }) { harness in
            let (client, upstream) = try await begin(harness)
            let open = try await harness.recorder.wait(for: "the open row") { $0.openRecords.count == 1 }.openRecords[0]
            #expect(open.outcome == .open)
            #expect(open.status == nil)
            #expect(open.requestModel == "gpt-4o-mini")
            try await upstream.send(Self.head + Self.body)
            #expect(try await client.response().text == Self.body)
            let record = try await harness.recorder.record()
            #expect(record.id == open.id)
            #expect(record.outcome == .completed)
            #expect(harness.recorder.current.openRecords.count == 1)
        }
    }

    @Test func aRowMeanwhileIsWaitedForByNobody() async throws {
        try await Harness.run(withholdsCommits: true, configure: { $0.openRowMilliseconds = 1 }) { harness in
            let (client, upstream) = try await begin(harness)
            let state = try await harness.recorder.wait(for: "the open row") { $0.withheld.count == 1 }
            #expect(state.withheld[0].waiter == nil)
            try await upstream.send(Self.head + Self.body.prefix(10))
            try await client.connection.take(through: String(Self.body.prefix(10)))
            try await upstream.send(String(Self.body.dropFirst(10)))
            harness.recorder.commitAll()
            try await client.connection.take(through: "}}")
        }
    }

    @Test func aCallThatIsQuickGetsNone() async throws {
        try await Harness.run(configure: { $0.openRowMilliseconds = 60_000 }) { harness in
            let (client, upstream) = try await begin(harness)
            try await upstream.send(Self.head + Self.body)
            _ = try await client.response()
            _ = try await harness.recorder.record()
            #expect(harness.recorder.current.openRecords.isEmpty)
        }
    }
}

extension RawConnection {
    /// Lets the gateway do what it has been told to, so that what it would wrongly send had been sent.
    fileprivate func ended(after harness: Harness) async throws {
        for _ in 0..<3 { try await harness.loop.submit {}.get() }
    }
}

/// What a socket has received and nobody has read, at most 64 KiB.
private func unreadText(of socket: NIOBSDSocket.Handle) -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &bytes, bytes.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
