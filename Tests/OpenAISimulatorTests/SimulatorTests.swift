import NIOCore
import NIOPosix
import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct SimulatorTests {
    @Test
    func theDefaults() {
        let configuration = SimulatorConfiguration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 0)
        #expect(configuration.seed == 1)
        #expect(configuration.organization == "simulated-labs-1a2b")
        #expect(configuration.project.hasPrefix("proj_"))
        #expect(configuration.processingMilliseconds == 1...5)
        #expect(configuration.maximumRequestBytes == 64 * 1024 * 1024)
        #expect(configuration.childChannelHook == nil)
    }

    @Test
    func theRealClock() async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let before = SystemClock.secondsSinceEpoch()
        let date = try #require(try await simulator.send(.chat())["date"])
        let after = SystemClock.secondsSinceEpoch()
        let possible = (before...after).map { CivilTime(secondsSinceEpoch: $0).headerText }
        #expect(possible.contains(date))
        try await simulator.stop()
    }

    @Test
    func twoSimulatorsDoNotShareAnything() async throws {
        try await withSimulator { first in
            try await withSimulator { second in
                #expect(first.port != second.port)
                let created = try await first.send(.response())
                let id = try #require(created.json()["id"].string)
                #expect(try await first.send(.plain("GET", "/v1/responses/\(id)")).status == 200)
                #expect(try await second.send(.plain("GET", "/v1/responses/\(id)")).status == 404)
                #expect(first.journal.count == 2)
                #expect(second.journal.count == 1)
            }
        }
    }

    @Test
    func anotherHost() async throws {
        try await withSimulator {
            $0.host = "localhost"
        } _: { simulator in
            #expect(simulator.host == "localhost")
            #expect(simulator.address == "localhost:\(simulator.port)")
        }
        var unusable = SimulatorConfiguration()
        unusable.host = "192.0.2.1"
        let configuration = unusable
        let error = await #expect(throws: SimulatorError.self) {
            try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
        }
        #expect(error?.message.contains("192.0.2.1") == true)
    }

    /// Answers of every kind at once, on one event loop and on several, are the answers they are alone.
    @Test(arguments: [1, 4])
    func concurrentAnswersAreNotMixedUp(threads: Int) async throws {
        let requests: [TestRequest] = [
            .chat(),
            .chat(stream: true, usage: true, simulate: "split=30"),
            .response(stream: true, simulate: "chunk-delay-ms=1; chunks=3"),
            .chat(simulate: "text-bytes=300000"),
            .chat(simulate: "status=503; delay-ms=2"),
            .create("/v1/embeddings", #""input":["a","b"]"#, model: "text-embedding-3-small"),
        ]
        var expected: [[UInt8]] = []
        for request in requests { expected.append(try await answer(to: request).body) }
        let alone = expected
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let simulator = try await Simulator.start(SimulatorConfiguration(), group: group)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for worker in 0..<8 {
                tasks.addTask {
                    let connection = try await RawConnection.open(port: simulator.port)
                    var isSame = true
                    for round in 0..<12 {
                        let index = (worker * 5 + round) % requests.count
                        try await connection.send(requests[index].text)
                        isSame = try await connection.receiveResponse().body == alone[index] && isSame
                    }
                    try await connection.close()
                    return isSame
                }
            }
            for try await isSame in tasks { #expect(isSame) }
        }
        #expect(await simulator.journal(afterExchanges: 96).count == 96)
        #expect(Set(simulator.journal.compactMap(\.number)) == Set(1...96))
        try await simulator.stop()
        try await group.shutdownGracefully()
    }
}
