import NIOCore
import Testing

@testable import OpenAISimulator

/// The directives that change how an answer is sent, not what it says.
@Suite(.timeLimit(.minutes(1)))
struct DeliveryTests {
    @Test(arguments: [1, 2, 7, 64, 1000])
    func splitStreams(size: Int) async throws {
        let usual = try await answer(to: .chat(stream: true, usage: true))
        let split = try await answer(to: .chat(stream: true, usage: true, simulate: "split=\(size)"))
        #expect(split.body == usual.body)
        #expect(split.isComplete)
        #expect(split.chunks.allSatisfy { $0.count <= size })
        let expected = usual.chunks.reduce(0) { $0 + ($1.count + size - 1) / size }
        #expect(split.chunks.count == expected)
        #expect(split.headerNames == usual.headerNames)
    }

    @Test(arguments: [1, 3, 100])
    func splitPlainBodies(size: Int) async throws {
        let usual = try await answer(to: .chat())
        let split = try await answer(to: .chat(simulate: "split=\(size)"))
        #expect(split.body == usual.body)
        #expect(split.headerNames == usual.headerNames)
        #expect(split["content-length"] == usual["content-length"])
    }

    @Test
    func aStreamIsCutAfterChunks() async throws {
        try await withSimulator { simulator in
            let whole = try await simulator.send(.chat(stream: true, usage: true, simulate: "chunks=3"))
            #expect(whole.chunks.count == 7)
            for count in 0...7 {
                let request = TestRequest.chat(
                    stream: true,
                    usage: true,
                    simulate: "chunks=3; cut-after-chunks=\(count)"
                )
                let response = try await simulator.send(request)
                #expect(response.status == 200)
                #expect(!response.isComplete)
                #expect(response.chunks == Array(whole.chunks.prefix(count)))
            }
            let beyond = try await simulator.send(
                .chat(stream: true, usage: true, simulate: "chunks=3; cut-after-chunks=8")
            )
            #expect(beyond.isComplete)
            #expect(beyond.body == whole.body)
            #expect(simulator.journal.map(\.wasCut) == [false] + Array(repeating: true, count: 8) + [false])
            #expect(simulator.journal.allSatisfy { !$0.clientClosedEarly })
        }
    }

    @Test
    func aStreamOfResponsesIsCut() async throws {
        let response = try await answer(to: .response(stream: true, simulate: "chunks=3; cut-after-chunks=6"))
        #expect(!response.isComplete)
        #expect(response.chunks.count == 6)
        #expect(response.eventNames().last == "response.output_text.delta")
    }

    @Test(arguments: ["cut-after-chunks", "cut-after-bytes"])
    func aPlainBodyIsCutAfterBytes(_ directive: String) async throws {
        try await withSimulator { simulator in
            let whole = try await simulator.send(.chat())
            for count in [0, 1, 100, whole.body.count - 1] {
                let cut = try await simulator.send(.chat(simulate: "\(directive)=\(count)"))
                #expect(cut["content-length"] == "\(whole.body.count)")
                #expect(cut.body == Array(whole.body.prefix(count)))
                #expect(!cut.isComplete)
            }
            let last = try await simulator.send(.chat(simulate: "\(directive)=\(whole.body.count)"))
            #expect(last.isComplete)
            #expect(last.body == whole.body)
            let journal = simulator.journal
            #expect(journal.map(\.wasCut) == [false, true, true, true, true, false])
            #expect(
                journal.map(\.sentBodyBytes) == [whole.body.count, 0, 1, 100, whole.body.count - 1, whole.body.count]
            )
        }
    }

    @Test
    func aStreamIsCutInsideAnEvent() async throws {
        try await withSimulator { simulator in
            let whole = try await simulator.send(.chat(stream: true))
            let end = whole.chunks[0].count + 20
            let cut = try await simulator.send(.chat(stream: true, simulate: "cut-after-bytes=\(end)"))
            #expect(!cut.isComplete)
            #expect(cut.body == Array(whole.body.prefix(end)))
            let split = try await simulator.send(.chat(stream: true, simulate: "cut-after-bytes=\(end); split=16"))
            #expect(!split.isComplete)
            #expect(split.body == Array(whole.body.prefix(end)))
        }
    }

    @Test
    func theHeadIsDelayed() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let start = ContinuousClock.now
            try await connection.send(TestRequest.chat(simulate: "delay-ms=60").text)
            let response = try await connection.receiveResponse()
            #expect(ContinuousClock.now - start >= .milliseconds(60))
            #expect(response.isComplete)
            try await connection.close()
        }
    }

    @Test
    func chunksAreDelayed() async throws {
        let start = ContinuousClock.now
        // Six events have five pauses between them.
        let response = try await answer(to: .chat(stream: true, simulate: "chunks=3; chunk-delay-ms=15"))
        #expect(ContinuousClock.now - start >= .milliseconds(75))
        let usual = try await answer(to: .chat(stream: true, simulate: "chunks=3"))
        #expect(response.body == usual.body)
        #expect(response.chunks == usual.chunks)
        #expect(response.isComplete)
    }

    @Test
    func slicesOfAPlainBodyAreDelayed() async throws {
        let usual = try await answer(to: .chat())
        let start = ContinuousClock.now
        let size = (usual.body.count + 3) / 4
        let response = try await answer(to: .chat(simulate: "split=\(size); chunk-delay-ms=20"))
        #expect(ContinuousClock.now - start >= .milliseconds(60))
        #expect(response.body == usual.body)
    }

    @Test
    func aPauseDoesNotHoldUpOtherConnections() async throws {
        try await withSimulator { simulator in
            let slow = try await RawConnection.open(port: simulator.port)
            try await slow.send(TestRequest.chat(simulate: "hang=1").text)
            #expect(try await simulator.send(.chat()).status == 200)
            try await slow.close()
        }
    }

    @Test
    func aHangEndsWithTheClient() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(simulate: "hang=1").text)
            try await connection.close()
            let journal = await simulator.journal(afterExchanges: 1)
            #expect(journal.count == 1)
            #expect(journal[0].clientClosedEarly)
            #expect(journal[0].status == nil)
            #expect(journal[0].requestID == nil)
            #expect(journal[0].number == 1)
            #expect(journal[0].sentBodyBytes == 0)
        }
    }

    @Test
    func theConnectionIsClosedOnDemand() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(simulate: "close=1").text)
            let response = try await connection.receiveResponse()
            #expect(response["connection"] == "close")
            #expect(response.isComplete)
            #expect(await connection.receiveUntilClosed().isEmpty)
        }
    }

    @Test
    func aStreamIsClosedOnDemand() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(stream: true, simulate: "close=1").text)
            let response = try await connection.receiveResponse()
            #expect(response["connection"] == "close")
            #expect(response.isComplete)
            #expect(await connection.receiveUntilClosed().isEmpty)
        }
    }

    @Test
    func anErrorMayComeBeforeTheBody() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat(simulate: "status=429; early=1")
            let body = try #require(request.body)
            try await connection.send(String(request.text.dropLast(body.count)))
            let early = try await connection.receiveResponse()
            #expect(early.status == 429)
            #expect(early["connection"] == nil)
            // The connection is good for more once the rest has arrived.
            try await connection.send(body + TestRequest.chat().text)
            #expect(try await connection.receiveResponse().status == 200)
            try await connection.close()
            let journal = simulator.journal
            #expect(journal[0].body.isEmpty)
            #expect(!journal[1].body.isEmpty)
        }
    }

    @Test
    func anErrorMayCloseTheConnectionBeforeTheBody() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat(simulate: "html=502; early=1; close=1")
            try await connection.send(String(request.text.dropLast(10)))
            let early = try await connection.receiveResponse()
            #expect(early.status == 502)
            #expect(early["connection"] == "close")
            #expect(await connection.receiveUntilClosed().isEmpty)
        }
    }

    @Test
    func failuresAreDeliveredAsDirectedToo() async throws {
        let usual = try await answer(to: .chat(simulate: "status=500"))
        let cut = try await answer(to: .chat(simulate: "status=500; cut-after-bytes=30"))
        #expect(cut.status == 500)
        #expect(cut.body == Array(usual.body.prefix(30)))
        #expect(!cut.isComplete)
    }

    @Test(arguments: ["", "; status=500", "; input-tokens=3"])
    func anAnswerTakesTheProcessingTimeThatItTells(_ rest: String) async throws {
        let start = ContinuousClock.now
        let response = try await answer(to: .chat(simulate: "processing-ms=120\(rest)"))
        #expect(ContinuousClock.now - start >= .milliseconds(120))
        #expect(response["openai-processing-ms"] == "120")
        #expect(response["x-envoy-upstream-service-time"] == "123")
    }

    @Test
    func theDelayOfTheNetworkIsAddedToTheProcessingTime() async throws {
        let start = ContinuousClock.now
        let response = try await answer(to: .chat(stream: true, simulate: "processing-ms=60; delay-ms=70"))
        #expect(ContinuousClock.now - start >= .milliseconds(130))
        #expect(response["openai-processing-ms"] == "60")
    }
}
