import HTTPTypes
import NIOCore
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Every way a call can end is one error for its caller and one record for its meter.
struct TransportEndTests {
    private static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private static func event(_ number: Int) -> String {
        chunk("data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"\(number)\"}}]}\n\n")
    }

    private static let usage = chunk(
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"
    )

    private static func request(_ harness: CurlHarness) -> Request {
        harness.request(.post, "/v1/chat/completions", body: Body(#"{"model":"gpt-4o","stream":true}"#))
    }

    /// A call whose response has begun.
    private static func begin(
        _ harness: CurlHarness,
        _ text: String
    ) async throws -> (response: Response, connection: RawConnection) {
        async let response = harness.metered.send(request(harness))
        let connection = try await harness.server.accept()
        _ = try await connection.message(.request)
        try await connection.send(text)
        return (try await response, connection)
    }

    // MARK: - By the caller

    @Test
    func `A call that is cancelled before it begins sends nothing`() async throws {
        try await CurlHarness.run { harness in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { _ = try await harness.metered.send(Self.request(harness)) }
            }
            #expect(await task.value == .cancelled)
            try await harness.expectOutcome(.abandoned)
            #expect(harness.server.acceptedCount == 0 && ProcessReading.drivingThreads.isEmpty)
        }
    }

    @Test
    func `A call that is cancelled before the head ends at once`() async throws {
        try await CurlHarness.run { harness in
            let task = Task { await failure { _ = try await harness.metered.send(Self.request(harness)) } }
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            task.cancel()
            #expect(await task.value == .cancelled)
            try await harness.expectOutcome(.abandoned)
            try await connection.ended()
        }
    }

    @Test
    func `A call that is cancelled while it connects ends at once`() async throws {
        let deaf = try DeafSocket(.ignores)
        try await CurlHarness.run { harness in
            let task = Task {
                await failure { _ = try await harness.metered.send(.local(deaf.port, body: Body("{}"))) }
            }
            try await ProcessReading.wait(for: "the thread") { !ProcessReading.drivingThreads.isEmpty }
            task.cancel()
            #expect(await task.value == .cancelled)
            try await harness.expectOutcome(.abandoned)
        }
        deaf.close()
    }

    @Test
    func `A call that is cancelled while its body is read ends at once`() async throws {
        try await CurlHarness.run { harness in
            let (response, connection) = try await Self.begin(harness, Self.streamHead + Self.event(1))
            let hasRead = Watched(false)
            let task = Task {
                await failure {
                    for try await _ in response.body { hasRead.update { $0 = true } }
                }
            }
            try await hasRead.wait(for: "the first piece") { $0 }
            task.cancel()
            #expect(await task.value == .cancelled)
            try await harness.expectOutcome(.abandoned)
            try await connection.ended()
        }
    }

    @Test
    func `A call that is cancelled after its end has ended as it has`() async throws {
        try await CurlHarness.run { harness in
            let (response, _) = try await Self.begin(
                harness,
                Self.streamHead + Self.event(1) + Self.usage + "0\r\n\r\n"
            )
            let task = Task {
                let code = await failure { for try await _ in response.body {} }
                withUnsafeCurrentTask { $0?.cancel() }
                return code
            }
            #expect(await task.value == nil)
            let record = try await harness.record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7)
        }
    }

    @Test
    func `A call that is cancelled while it pulls its request's body ends the pull`() async throws {
        try await CurlHarness.run { harness in
            let (pieces, feed) = AsyncThrowingStream<ArraySlice<UInt8>, any Error>.makeStream()
            feed.yield([1, 2, 3])
            let request = harness.request(body: Body(pieces))
            let task = Task { await failure { _ = try await harness.metered.send(request) } }
            let connection = try await harness.server.accept()
            try await connection.take(through: "\r\n\r\n3\r\n")
            task.cancel()
            #expect(await task.value == .cancelled)
            try await harness.expectOutcome(.abandoned)
            try await connection.ended()
            withExtendedLifetime(feed) {}
        }
    }

    @Test
    func `A stream whose reader stops is abandoned while the response is still there`() async throws {
        try await CurlHarness.run { harness in
            let (response, connection) = try await Self.begin(harness, Self.streamHead + Self.event(1))
            for try await _ in response.body { break }
            try await harness.expectOutcome(.abandoned)
            try await connection.ended()
            #expect(response.head.status == .ok)
        }
    }

    @Test
    func `A stream whose reader stops at the marker of its end is completed`() async throws {
        try await CurlHarness.run { harness in
            let last = Self.usage + Self.chunk("data: [DONE]\n\n")
            let (response, connection) = try await Self.begin(harness, Self.streamHead + Self.event(1) + last)
            var text = ""
            for try await piece in response.body {
                text += String(decoding: piece, as: UTF8.self)
                if text.contains("[DONE]") { break }
            }
            let record = try await harness.record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7)
            try await connection.ended()
        }
    }

    @Test
    func `A response that is never read is abandoned when it goes away`() async throws {
        try await CurlHarness.run { harness in
            let connection: RawConnection
            do {
                let (response, held) = try await Self.begin(harness, Self.streamHead + Self.event(1))
                #expect(response.head.status == .ok && harness.sink.records.isEmpty)
                connection = held
            }
            try await harness.expectOutcome(.abandoned)
            try await connection.ended()
        }
    }

    // MARK: - By the clock

    @Test
    func `A server that does not answer runs into the limit`() async throws {
        try await CurlHarness.run(configure: { $0.idleTimeout = .milliseconds(50) }) { harness in
            let code = await failure { _ = try await harness.metered.send(Self.request(harness)) }
            #expect(code == .timeout)
            try await harness.expectOutcome(.timeout)
        }
    }

    @Test
    func `A stream that stands still runs into the limit`() async throws {
        try await CurlHarness.run(configure: { $0.idleTimeout = .seconds(1) }) { harness in
            let (response, connection) = try await Self.begin(harness, Self.streamHead + Self.event(1))
            let code = await failure { for try await _ in response.body {} }
            #expect(code == .timeout)
            try await harness.expectOutcome(.timeout)
            try await connection.ended()
        }
    }

    @Test
    func `A connection that is not made in time runs into its limit`() async throws {
        let deaf = try DeafSocket(.ignores)
        try await CurlHarness.run(configure: { $0.connectTimeout = .milliseconds(50) }) { harness in
            let code = await failure { _ = try await harness.metered.send(.local(deaf.port, body: Body("{}"))) }
            #expect(code == .timeout)
            try await harness.expectOutcome(.timeout)
        }
        deaf.close()
    }

    // MARK: - By the network

    @Test
    func `A connection that is refused is unreachable`() async throws {
        let deaf = try DeafSocket(.refuses)
        try await CurlHarness.run { harness in
            let code = await failure { _ = try await harness.metered.send(.local(deaf.port, body: Body("{}"))) }
            #expect(code == .unreachable)
            try await harness.expectOutcome(.unreachable)
        }
        deaf.close()
    }

    @Test
    func `A name that is none is unreachable`() async throws {
        try await CurlHarness.run { harness in
            let request = Request.local(80, body: Body("{}"), host: "no-such-host.invalid")
            #expect(await failure { _ = try await harness.metered.send(request) } == .unreachable)
            try await harness.expectOutcome(.unreachable)
        }
    }

    enum Breach: String, CaseIterable {
        case closedBeforeHead, resetBeforeHead, closedInHead, resetInBody, closedInChunk, closedBetweenChunks
        case closedInLength, malformedChunk
    }

    @Test(arguments: Breach.allCases)
    func `A connection that breaks off is lost, and what had come can be read`(breach: Breach) async throws {
        try await CurlHarness.run { harness in
            let code: TransportError.Code?
            var text = ""
            async let sent = harness.metered.send(Self.request(harness))
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            switch breach {
            case .closedBeforeHead: await connection.close()
            case .resetBeforeHead: await connection.reset()
            case .closedInHead:
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Ty")
                await connection.close()
            case .resetInBody, .closedInChunk, .closedBetweenChunks, .closedInLength, .malformedChunk:
                let head = breach == .closedInLength ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" : Self.streamHead
                let body = breach == .closedInLength ? "some" : "4\r\nsome\r\n"
                try await connection.send(head + body)
                let response = try await sent
                var iterator = response.body.makeAsyncIterator()
                text = String(decoding: try #require(try await iterator.next()), as: UTF8.self)
                if breach == .closedInChunk { try await connection.send("9\r\nha") }
                if breach == .malformedChunk { try await connection.send("zz\r\nhello\r\n") }
                if breach == .resetInBody { await connection.reset() } else { await connection.close() }
                let end = await failure { while let piece = try await iterator.next() { text += "\(piece.count)" } }
                #expect(text == (breach == .closedInChunk ? "some2" : "some") && end == .connectionLost)
                try await harness.expectOutcome(.cut)
                return
            }
            do {
                _ = try await sent
                code = nil
            } catch {
                code = (error as? TransportError)?.code
            }
            #expect(code == .connectionLost)
            try await harness.expectOutcome(.unreachable)
        }
    }

    @Test(arguments: [
        "SSH-2.0-x\r\n\r\n", "HTTP/1.1 twohundred OK\r\n\r\n", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", "{}",
    ])
    func `An answer that is not HTTP is none`(answer: String) async throws {
        try await CurlHarness.run { harness in
            async let code = failure {
                _ = try await harness.metered.send(Self.request(harness)).body.collect(upTo: 100)
            }
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            try await connection.send(answer)
            await connection.close()
            #expect(await code == .connectionLost)
            try await harness.expectOutcome(.unreachable)
        }
    }

    @Test
    func `A head that has no end is cut off`() async throws {
        try await CurlHarness.run { harness in
            async let code = failure { _ = try await harness.metered.send(Self.request(harness)) }
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            let field = "X: " + String(repeating: "a", count: 8_000) + "\r\n"
            let writer = Task {
                try await connection.send("HTTP/1.1 200 OK\r\n")
                while !Task.isCancelled { try await connection.send(field) }
            }
            #expect(await code == .failed)
            try await harness.expectOutcome(.unreachable)
            writer.cancel()
            _ = await writer.result
            try await connection.ended()
        }
    }

    // MARK: - By the program

    @Test
    func `Shutting down ends what is open, and lets what has come be read`() async throws {
        try await CurlHarness.run { harness in
            async let waiting = failure { _ = try await harness.metered.send(Self.request(harness)) }
            let first = try await harness.server.accept()
            _ = try await first.message(.request)
            let (open, second) = try await Self.begin(harness, Self.streamHead + Self.event(1))
            var iterator = open.body.makeAsyncIterator()
            #expect(try await iterator.next() != nil)
            let (whole, third) = try await Self.begin(harness, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole")
            // It has come in whole when its connection serves the next call.
            async let next = harness.transport.send(harness.request(.get, "/next"))
            _ = try await third.message(.request)
            try await third.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await next.body.collect(upTo: 0) == [])
            await harness.transport.shutDown()
            #expect(await waiting == .shutDown)
            #expect(await failure { while try await iterator.next() != nil {} } == .shutDown)
            #expect(try await whole.body.collect(upTo: 5) == Array("whole".utf8))
            #expect(await failure { _ = try await harness.metered.send(Self.request(harness)) } == .shutDown)
            try await first.ended()
            try await second.ended()
            let outcomes = harness.sink.records.map(\.outcome)
            #expect(outcomes.count == 4)
            #expect(outcomes.filter { $0 == .completed }.count == 1 && outcomes.filter { $0 == .cut }.count == 1)
            await harness.transport.shutDown()
        }
    }

    @Test
    func `A transport that was never used is shut down at once`() async {
        let transport = CurlTransport()
        await transport.shutDown()
        #expect(await failure { _ = try await transport.send(.local(1)) } == .shutDown)
    }

    @Test
    func `The thread ends with the transport and its last call`() async throws {
        let server = try await ScriptedUpstream.start()
        do {
            let (response, connection) = try await Self.orphan(server)
            #expect(ProcessReading.drivingThreads.count == 1)
            var iterator = response.body.makeAsyncIterator()
            #expect(try await iterator.next() == Array("hi".utf8)[...])
            try await connection.send("0\r\n\r\n")
            #expect(try await iterator.next() == nil)
            #expect(ProcessReading.drivingThreads.count == 1)
        }
        try await ProcessReading.wait(for: "the thread to end") { ProcessReading.drivingThreads.isEmpty }
        await server.stop()
    }

    /// A response whose transport nobody holds.
    private static func orphan(_ server: ScriptedUpstream) async throws -> (Response, RawConnection) {
        let transport = CurlTransport()
        async let response = transport.send(.local(server.port, body: Body("{}")))
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
        return (try await response, connection)
    }

    @Test
    func `A stream that stands still costs no time of the processor`() async throws {
        try await CurlHarness.run { harness in
            let (response, connection) = try await Self.begin(harness, Self.streamHead + Self.event(1))
            var iterator = response.body.makeAsyncIterator()
            #expect(try await iterator.next() != nil)
            let thread = try #require(ProcessReading.drivingThreads.first)
            let before = ProcessReading.work(of: thread)
            // A wait for what does not come.
            await #expect(throws: (any Error).self) {
                try await Watched(0).wait(for: "nothing", limit: .milliseconds(500)) { $0 == 1 }
            }
            let after = ProcessReading.work(of: thread)
            #expect(after.ticks - before.ticks <= 1 && after.waits - before.waits <= 5)
            try await connection.send("0\r\n\r\n")
            #expect(try await iterator.next() == nil)
        }
    }
}
