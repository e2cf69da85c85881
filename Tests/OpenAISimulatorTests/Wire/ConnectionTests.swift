import NIOCore
import NIOPosix
import Testing

@testable import OpenAISimulator

/// HTTP/1.1 as a server has to speak it.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test
    func aConnectionIsKeptAlive() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            for index in 0..<20 {
                let isStream = index % 3 == 0
                try await connection.send(TestRequest.chat(stream: isStream).text)
                let response = try await connection.receiveResponse()
                #expect(response.status == 200)
                #expect(response.isComplete)
                #expect(response["connection"] == nil)
            }
            try await connection.close()
            #expect(await simulator.journal(afterExchanges: 20).count == 20)
        }
    }

    @Test
    func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            var text = ""
            for index in 0..<150 {
                let simulate = index % 10 == 3 ? "; delay-ms=1" : index % 10 == 7 ? "; split=50" : ""
                text +=
                    TestRequest.chat(stream: index % 4 == 1, usage: index % 4 == 1 ? true : nil)
                    .adding("OpenAI-Simulate", "input-tokens=\(index)\(simulate)").text
            }
            try await connection.send(text)
            for index in 0..<150 {
                let response = try await connection.receiveResponse()
                #expect(response.isComplete)
                let usage =
                    index % 4 == 1 ? try response.eventObjects().last?["usage"] : try response.json()["usage"]
                #expect(usage?["prompt_tokens"].int == index)
            }
            try await connection.close()
        }
    }

    @Test(arguments: [1, 2, 3, 11])
    func aRequestMayArriveInPieces(size: Int) async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            var rest = ByteBuffer(string: TestRequest.chat().text)
            while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
                try await connection.send(piece)
            }
            let response = try await connection.receiveResponse()
            #expect(response.status == 200)
            try await connection.close()
        }
    }

    @Test
    func aChunkedRequest() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let body = try #require(TestRequest.chat().body)
            var text = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-x\r\n"
            text += "Transfer-Encoding: chunked\r\n\r\n"
            for character in body { text += "1\r\n\(character)\r\n" }
            try await connection.send(text + "0\r\n\r\n")
            let chunked = try await connection.receiveResponse()
            try await connection.send(TestRequest.chat().text)
            let usual = try await connection.receiveResponse()
            #expect(chunked.status == 200)
            #expect(chunked.body == usual.body)
            #expect(simulator.journal.map(\.body) == [Array(body.utf8), Array(body.utf8)])
            try await connection.close()
        }
    }

    @Test
    func theClientMayAskToContinue() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat().adding("Expect", "100-continue")
            let body = try #require(request.body)
            try await connection.send(String(request.text.dropLast(body.count)))
            let interim = try await connection.receiveResponse()
            #expect(interim.status == 100)
            #expect(interim.reason == "Continue")
            try await connection.send(body)
            #expect(try await connection.receiveResponse().status == 200)
            try await connection.close()
        }
    }

    @Test
    func continueWaitsForTheAnswerBefore() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat().adding("Expect", "100-continue")
            let body = try #require(request.body)
            let first = TestRequest.chat(simulate: "delay-ms=20").text
            try await connection.send(first + String(request.text.dropLast(body.count)))
            #expect(try await connection.receiveResponse().status == 200)
            #expect(try await connection.receiveResponse().status == 100)
            try await connection.send(body)
            #expect(try await connection.receiveResponse().status == 200)
            try await connection.close()
        }
    }

    @Test(arguments: ["/v1/models", "/v1/models/gpt-4o", "/v1/models/gpt-7", "/v1/nothing"])
    func headIsGetWithoutTheBody(_ path: String) async throws {
        try await withSimulator { simulator in
            let get = try await simulator.send(.plain("GET", path))
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.plain("HEAD", path).text)
            let head = try await connection.receiveResponse(toHead: true)
            #expect(head.status == get.status)
            #expect(head.headerNames == get.headerNames)
            #expect(head["content-length"] == "\(get.body.count)")
            // What follows is the next answer, not a body.
            try await connection.send(TestRequest.chat().text)
            #expect(try await connection.receiveResponse().status == 200)
            try await connection.close()
        }
    }

    @Test
    func headOfAStream() async throws {
        try await withSimulator { simulator in
            let created = try await simulator.send(.response())
            let id = try #require(created.json()["id"].string)
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.plain("HEAD", "/v1/responses/\(id)?stream=true").text)
            let head = try await connection.receiveResponse(toHead: true)
            #expect(head.status == 200)
            #expect(head["content-type"] == "text/event-stream; charset=utf-8")
            try await connection.send(TestRequest.chat().text)
            #expect(try await connection.receiveResponse().status == 200)
            try await connection.close()
        }
    }

    @Test
    func theClientMayCloseTheConnection() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat().adding("Connection", "close").text)
            let response = try await connection.receiveResponse()
            #expect(response.status == 200)
            #expect(response["connection"] == "close")
            #expect(await connection.receiveUntilClosed().isEmpty)
        }
    }

    @Test
    func oldClientsGetNoChunks() async throws {
        let usual = try await answer(to: .chat(stream: true))
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let text = TestRequest.chat(stream: true).text.replacing("HTTP/1.1", with: "HTTP/1.0")
            try await connection.send(text)
            let response = try await connection.receiveResponse()
            #expect(response["transfer-encoding"] == nil)
            #expect(response["content-length"] == nil)
            #expect(response["connection"] == "close")
            #expect(response.body == usual.body)
        }
    }

    @Test
    func oldClientsMayKeepTheConnection() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat().adding("Connection", "keep-alive")
            for _ in 0..<2 {
                try await connection.send(request.text.replacing("HTTP/1.1", with: "HTTP/1.0"))
                let response = try await connection.receiveResponse()
                #expect(response["connection"] == "keep-alive")
                #expect(response.status == 200)
            }
            try await connection.close()
        }
    }

    @Test
    func aBodyThatIsAnnouncedTooLarge() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-x\r\n"
                    + "Expect: 100-continue\r\nContent-Length: \(64 << 20 | 1)\r\n\r\n"
            )
            let response = try await connection.receiveResponse()
            #expect(response.status == 413)
            #expect(response["connection"] == "close")
            #expect(try response.json()["error"]["message"].string?.contains("67108864 bytes") == true)
            #expect(await connection.receiveUntilClosed().isEmpty)
        }
    }

    @Test
    func aBodyThatTurnsOutTooLarge() async throws {
        try await withSimulator {
            $0.maximumRequestBytes = 1000
        } _: { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-x\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
                    + "1\r\nx\r\n"
            )
            #expect(try await connection.receiveResponse().status == 413)
            #expect(await connection.receiveUntilClosed().isEmpty)
            #expect(simulator.journal.first?.status == 413)
        }
    }

    @Test
    func aLargeBody() async throws {
        try await withSimulator { simulator in
            let text = String(repeating: "0123456789abcdef", count: 1 << 19)
            let response = try await simulator.send(.chat(#""messages":[{"role":"user","content":"\#(text)"}]"#))
            #expect(response.status == 200)
            #expect(try response.json()["usage"]["prompt_tokens"].int == 3 + text.utf8.count / 4)
            #expect((simulator.journal.first?.body.count ?? 0) > text.utf8.count)
        }
    }

    @Test
    func whatIsNotHTTP() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send("this is not HTTP\r\n\r\n")
            let response = try await connection.receiveResponse()
            #expect(response.status == 400)
            #expect(response["connection"] == "close")
            #expect(await connection.receiveUntilClosed().isEmpty)
            #expect(try await simulator.send(.chat()).status == 200)
        }
    }

    @Test
    func manyConnections() async throws {
        try await withSimulator { simulator in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<60 {
                    group.addTask { try await simulator.send(.chat(stream: index.isMultiple(of: 2))).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            let ids = Set(simulator.journal.compactMap(\.requestID))
            #expect(ids.count == 60)
        }
    }

    @Test
    func stoppingClosesEveryConnection() async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        #expect(simulator.port > 0)
        #expect(simulator.address == "127.0.0.1:\(simulator.port)")
        let idle = try await RawConnection.open(port: simulator.port)
        let busy = try await RawConnection.open(port: simulator.port)
        try await busy.send(TestRequest.chat(simulate: "hang=1").text)
        try await idle.send(TestRequest.chat().text)
        #expect(try await idle.receiveResponse().status == 200)
        try await simulator.stop()
        #expect(await idle.receiveUntilClosed().isEmpty)
        #expect(await busy.receiveUntilClosed().isEmpty)
        await #expect(throws: (any Error).self) { try await RawConnection.open(port: simulator.port) }
        try await simulator.stop()
    }

    @Test
    func thePortIsTaken() async throws {
        try await withSimulator { simulator in
            var configuration = SimulatorConfiguration()
            configuration.port = simulator.port
            let error = await #expect(throws: SimulatorError.self) {
                try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
            }
            #expect(error?.code == .cannotListen)
            #expect(error?.description.contains("\(simulator.port)") == true)
        }
    }

    @Test
    func invalidSettings() async {
        var negative = SimulatorConfiguration()
        negative.processingMilliseconds = -1...5
        var port = SimulatorConfiguration()
        port.port = 65_536
        for configuration in [negative, port] {
            let error = await #expect(throws: SimulatorError.self) {
                try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test
    func theHookComesFirst() async throws {
        let counted = CountedBytes()
        try await withSimulator {
            $0.childChannelHook = { channel in
                channel.pipeline.addHandler(ByteCounter(counted))
            }
        } _: { simulator in
            let request = TestRequest.chat()
            let response = try await simulator.send(request)
            #expect(response.status == 200)
            #expect(counted.value == request.text.utf8.count)
        }
    }
}

/// A handler that counts what passes it.
private final class ByteCounter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let counted: CountedBytes

    init(_ counted: CountedBytes) {
        self.counted = counted
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        counted.add(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}
