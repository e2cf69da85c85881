import NIOCore
import NIOHTTP1
import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct JournalTests {
    private func exchange(_ number: UInt64, bodyBytes: Int = 0) -> SimulatedExchange {
        SimulatedExchange(
            number: number,
            method: "GET",
            path: "/\(number)",
            headers: [:],
            body: Array(repeating: 0, count: bodyBytes),
            status: 200,
            sentBodyBytes: 0,
            clientClosedEarly: false,
            wasCut: false
        )
    }

    @Test
    func whatWasReceivedAndAnswered() async throws {
        try await withSimulator { simulator in
            let request = TestRequest.chat(simulate: "processing-ms=77").adding("X-Client-Request-Id", "team-17")
            let response = try await simulator.send(request)
            let exchange = try #require(simulator.journal.first)
            #expect(simulator.journal.count == 1)
            #expect(exchange.number == 1)
            #expect(exchange.method == "POST")
            #expect(exchange.path == "/v1/chat/completions")
            #expect(exchange.headers.first(name: "x-client-request-id") == "team-17")
            #expect(exchange.headers.first(name: "authorization") == "Bearer sk-proj-test-0123456789abcd")
            let body = try #require(request.body)
            #expect(exchange.body == Array(body.utf8))
            #expect(exchange.status == 200)
            #expect(exchange.requestID == response["x-request-id"])
            #expect(exchange.processingMilliseconds == 77)
            #expect(exchange.sentBodyBytes == response.body.count)
            #expect(!exchange.clientClosedEarly)
            #expect(!exchange.wasCut)
        }
    }

    @Test
    func streamsAndErrors() async throws {
        try await withSimulator { simulator in
            let stream = try await simulator.send(.chat(stream: true))
            let page = try await simulator.send(.chat(simulate: "html=502"))
            let refused = try await simulator.send(.chat(simulate: "status=401"))
            let head = try await simulator.send(.plain("HEAD", "/v1/models?x=1"))
            let journal = simulator.journal
            #expect(journal.map(\.number) == [1, 2, 3, 4])
            #expect(journal.map(\.status) == [200, 502, 401, 200])
            #expect(journal[0].sentBodyBytes == stream.body.count)
            #expect(journal[1].requestID == nil)
            #expect(journal[1].processingMilliseconds == nil)
            #expect(journal[1].sentBodyBytes == page.body.count)
            #expect(journal[2].requestID == refused["x-request-id"])
            #expect(journal[2].processingMilliseconds == nil)
            #expect(journal[3].requestID == head["x-request-id"])
            #expect(journal[3].sentBodyBytes == 0)
            #expect(journal[3].path == "/v1/models?x=1")
            #expect(journal[3].method == "HEAD")
        }
    }

    @Test
    func aClientThatLeavesDuringTheDelay() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(simulate: "delay-ms=600000").text)
            try await connection.close()
            let exchange = try #require(await simulator.journal(afterExchanges: 1).first)
            #expect(exchange.clientClosedEarly)
            #expect(exchange.status == nil)
        }
    }

    @Test
    func aClientThatLeavesInAStream() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat(stream: true, simulate: "chunk-delay-ms=600000")
            try await connection.send(request.text)
            // The head and the first event.
            while !String(buffer: connection.unread).contains("data: {"), await connection.receive() {}
            try await connection.close()
            let exchange = try #require(await simulator.journal(afterExchanges: 1).first)
            #expect(exchange.clientClosedEarly)
            #expect(exchange.status == 200)
            #expect(exchange.requestID != nil)
            #expect(exchange.sentBodyBytes > 0)
        }
    }

    @Test
    func aClientThatLeavesInItsRequest() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            let request = TestRequest.chat()
            try await connection.send(String(request.text.dropLast(5)))
            try await connection.close()
            let exchange = try #require(await simulator.journal(afterExchanges: 1).first)
            #expect(exchange.clientClosedEarly)
            #expect(exchange.number == nil)
            #expect(exchange.status == nil)
            let body = try #require(request.body)
            #expect(exchange.body == Array(body.utf8.dropLast(5)))
        }
    }

    @Test
    func aClientThatLeavesWithRequestsWaiting() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat(simulate: "hang=1").text + TestRequest.chat().text)
            try await connection.close()
            let journal = await simulator.journal(afterExchanges: 2)
            #expect(journal.map(\.number) == [1, nil])
            #expect(journal.allSatisfy { $0.clientClosedEarly })
        }
    }

    @Test
    func theNumberOfExchangesIsBounded() async throws {
        try await withSimulator {
            $0.journalCapacity = 3
        } _: { simulator in
            for index in 0..<5 { _ = try await simulator.send(.plain("GET", "/v1/models?\(index)")) }
            #expect(simulator.journal.map(\.path) == ["/v1/models?2", "/v1/models?3", "/v1/models?4"])
        }
        #expect(SimulatorConfiguration().journalCapacity == 10_000)
    }

    @Test
    func theBytesAreBounded() {
        let journal = Journal(capacity: 100, bodyCapacity: 1000)
        for number in 1...10 { journal.record(exchange(UInt64(number), bodyBytes: 300)) }
        #expect(journal.exchanges.map(\.number) == [8, 9, 10])
        journal.record(exchange(11, bodyBytes: 2000))
        #expect(journal.exchanges.isEmpty)
        journal.record(exchange(12, bodyBytes: 1000))
        #expect(journal.exchanges.map(\.number) == [12])
    }

    @Test
    func aLateFailureIsNoted() {
        let journal = Journal(capacity: 10)
        for number in 1...3 { journal.record(exchange(UInt64(number))) }
        journal.markClosedEarly(number: 2)
        journal.markClosedEarly(number: 9)
        #expect(journal.exchanges.map(\.clientClosedEarly) == [false, true, false])
    }

    @Test
    func waitingEndsWithTheExchange() async {
        let journal = Journal(capacity: 10)
        await withTaskGroup(of: Int.self) { group in
            for count in 1...3 {
                group.addTask {
                    await journal.wait(forExchanges: count)
                    return journal.exchanges.count
                }
            }
            for number in 1...3 { journal.record(exchange(UInt64(number))) }
            for await count in group { #expect(count >= 1) }
        }
        await journal.wait(forExchanges: 3)
        #expect(journal.exchanges.count == 3)
    }

    @Test
    func waitingEndsWithTheTask() async {
        let journal = Journal(capacity: 10)
        let task = Task { await journal.wait(forExchanges: 1) }
        task.cancel()
        await task.value
        #expect(journal.exchanges.isEmpty)
    }
}
