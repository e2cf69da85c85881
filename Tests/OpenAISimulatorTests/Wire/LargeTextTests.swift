import NIOCore
import NIOPosix
import Testing

@testable import OpenAISimulator

/// Answers that are too large to hold.
@Suite(.timeLimit(.minutes(2)))
struct LargeTextTests {
    @Test(arguments: [0, 1, 63, 4096, 16_384, 16_385, 100_000, 1_000_000])
    func theTextHasExactlyThatSize(byteCount: Int) async throws {
        let plain = try await answer(to: .chat(simulate: "text-bytes=\(byteCount)"))
        #expect(plain["content-length"] == "\(plain.body.count)")
        #expect(plain.isComplete)
        let json = try plain.json()
        let text = try #require(json["choices"][0]["message"]["content"].string)
        #expect(text.utf8.count == byteCount)
        #expect(json["usage"]["completion_tokens"].int == (byteCount + 3) / 4)
    }

    @Test(arguments: [0, 1, 100, 16_385, 1_000_000])
    func aStreamOfThatSize(byteCount: Int) async throws {
        let response = try await answer(to: .chat(stream: true, usage: true, simulate: "text-bytes=\(byteCount)"))
        #expect(response.isComplete)
        let chunks = try response.eventObjects()
        let text = chunks.compactMap { $0["choices"][0]["delta"]["content"].string }.joined()
        #expect(text.utf8.count == byteCount)
        #expect(chunks.last?["usage"]["completion_tokens"].int == (byteCount + 3) / 4)
    }

    @Test(arguments: [(100_000, 1), (100_000, 3), (50, 100)])
    func chunksOfATextOfThatSize(byteCount: Int, chunks: Int) async throws {
        let request = TestRequest.response(
            stream: true,
            simulate: "text-bytes=\(byteCount); chunks=\(chunks)"
        )
        let response = try await answer(to: request)
        let objects = try response.eventObjects()
        let deltas = objects.filter { $0["type"].string == "response.output_text.delta" }
        #expect(deltas.count == chunks)
        let text = deltas.compactMap { $0["delta"].string }.joined()
        #expect(text.utf8.count == byteCount)
        let ended = try #require(objects.last)
        #expect(ended["type"].string == "response.completed")
        #expect(ended["response"]["output"][0]["content"][0]["text"].string == text)
        // Every event is one chunk of HTTP, even one that is written piece by piece.
        #expect(response.chunks.count == objects.count)
    }

    @Test
    func severalLargeChoices() async throws {
        let request = TestRequest.chat(#""messages":[],"n":3"#, simulate: "text-bytes=30000")
        let response = try await answer(to: request)
        let json = try response.json()
        #expect(response["content-length"] == "\(response.body.count)")
        for index in 0..<3 {
            #expect(json["choices"][index]["message"]["content"].string?.utf8.count == 30_000)
        }
    }

    @Test
    func theLargestAnswer() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(simulate: "text-bytes=100000000; close=1").text)
            var received = 0
            while await connection.receive() { received += connection.discard() }
            let sent = try #require(simulator.journal.first?.sentBodyBytes)
            #expect(sent > 100_000_000)
            #expect(received > sent && received < sent + 4096)
        }
    }

    /// A client that does not read makes the simulator stop, not hold everything in memory.
    @Test
    func theSimulatorWaitsForTheClient() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port, readsAutomatically: false)
            try await connection.send(TestRequest.chat(simulate: "text-bytes=100000000").text)
            // The same event loops answer others while it waits.
            for _ in 0..<20 { #expect(try await simulator.send(.chat()).status == 200) }
            try await connection.close()
            let journal = await simulator.journal(afterExchanges: 21)
            let waited = try #require(journal.first { $0.clientClosedEarly })
            #expect(waited.status == 200)
            // What the kernel's buffers of both sides take, and not much more.
            #expect(waited.sentBodyBytes < 50_000_000)
            #expect(waited.sentBodyBytes > 0)
        }
    }

    @Test
    func aCutFarInside() async throws {
        let response = try await answer(to: .chat(simulate: "text-bytes=1000000; cut-after-bytes=700001"))
        #expect(response.body.count == 700_001)
        #expect(!response.isComplete)
    }

    @Test
    func aSplitLargeBody() async throws {
        let usual = try await answer(to: .chat(simulate: "text-bytes=50000"))
        let split = try await answer(to: .chat(simulate: "text-bytes=50000; split=99"))
        #expect(split.body == usual.body)
    }
}
