import HTTPTypes
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// How many connections are open at once, and who waits for one.
@Suite(.timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    private struct Gauge: Sendable, CustomStringConvertible {
        var open = 0
        var most = 0
        var arrived: [String] = []

        var description: String { "\(open) open, \(most) at most, \(arrived.count) requests" }
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    /// A server that counts its connections, and answers when it is let.
    private static func server(
        _ gauge: Watched<Gauge>,
        answersWhen isDue: @escaping @Sendable (Gauge) -> Bool = { _ in true }
    ) async throws -> ScriptedUpstream {
        try await .start(script: { connection in
            gauge.update {
                $0.open += 1
                $0.most = max($0.most, $0.open)
            }
            defer { gauge.update { $0.open -= 1 } }
            while true {
                let target = try await connection.message(.request).target
                gauge.update { $0.arrived.append(target) }
                try await gauge.wait(for: "leave to answer", until: isDue)
                try await connection.send(ok)
            }
        })
    }

    private static func call(_ harness: CurlHarness, _ path: String = "/v1/chat/completions") async throws {
        let response = try await harness.metered.send(harness.request(.post, path, body: Body("{}")))
        #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
    }

    @Test(arguments: [(64, 512), (512, 64), (1, 1)])
    func `A thousand calls at once come through a limit, and no more sockets are open`(
        total: Int,
        host: Int
    ) async throws {
        let limit = min(total, host)
        let gauge = Watched(Gauge())
        let server = try await Self.server(gauge) { $0.arrived.count >= limit }
        let count = limit == 1 ? 100 : 1_000
        try await CurlHarness.run(
            server: server,
            configure: {
                $0.maximumConnections = total
                $0.maximumConnectionsPerHost = host
            },
            body: { harness in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<count { group.addTask { try await Self.call(harness) } }
                    try await group.waitForAll()
                }
                #expect(gauge.value.most == limit && gauge.value.arrived.count == count)
                #expect(harness.server.acceptedCount == limit && harness.transport.waitingCalls == 0)
                #expect(harness.sink.records.count == count)
                #expect(harness.sink.records.allSatisfy { $0.outcome == .completed })
            }
        )
    }

    /// Runs a test with one connection, which a first call holds until it is let go.
    private static func withOneConnection(
        configure: (inout CurlTransportConfiguration) -> Void = { _ in },
        body: (CurlHarness, Watched<Gauge>, _ isOpen: Watched<Bool>) async throws -> Void
    ) async throws {
        let gauge = Watched(Gauge())
        let isOpen = Watched(false)
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                let target = try await connection.message(.request).target
                gauge.update { $0.arrived.append(target) }
                try await isOpen.wait(for: "leave to answer") { $0 }
                try await connection.send(ok)
            }
        })
        try await CurlHarness.run(
            server: server,
            configure: {
                $0.maximumConnections = 1
                configure(&$0)
            },
            body: { harness in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.call(harness, "/first") }
                    try await gauge.wait(for: "the first call") { !$0.arrived.isEmpty }
                    try await body(harness, gauge, isOpen)
                    isOpen.update { $0 = true }
                    try await group.waitForAll()
                }
            }
        )
    }

    @Test
    func `Calls that wait are sent in the order in which they came`() async throws {
        try await Self.withOneConnection { harness, gauge, isOpen in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask { try await Self.call(harness, "/\(number)") }
                    try await ProcessReading.wait(for: "call \(number) to wait") {
                        harness.transport.waitingCalls == number + 1
                    }
                }
                isOpen.update { $0 = true }
                try await group.waitForAll()
            }
            #expect(gauge.value.arrived == ["/first"] + (0..<40).map { "/\($0)" })
        }
    }

    @Test
    func `A call that is cancelled while it waits ends at once, and is never sent`() async throws {
        try await Self.withOneConnection { harness, gauge, _ in
            let cancelled = Task { await failure { try await Self.call(harness, "/cancelled") } }
            try await ProcessReading.wait(for: "a call to wait") { harness.transport.waitingCalls == 1 }
            cancelled.cancel()
            #expect(await cancelled.value == .cancelled)
            try await ProcessReading.wait(for: "nobody to wait") { harness.transport.waitingCalls == 0 }
            #expect(harness.sink.records.map(\.outcome) == [.abandoned])
            #expect(gauge.value.arrived == ["/first"])
        }
    }

    @Test
    func `A call that waits for too long ends with an error that says what to set`() async throws {
        let server = try await ScriptedUpstream.start()
        try await CurlHarness.run(
            server: server,
            configure: {
                $0.maximumConnections = 1
                $0.idleTimeout = .seconds(1)
            },
            body: { harness in
                // A call whose reader rests does not stand still by the server's fault, and keeps the connection.
                let length = 8_000_000
                async let first = harness.transport.send(harness.request(body: Body("{}")))
                let connection = try await server.accept()
                _ = try await connection.message(.request)
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
                let response = try await first
                let writer = Task { try await connection.send(Pattern.bytes(length)) }
                let request = harness.request(.post, "/second", body: Body("{}"))
                let error = await #expect(throws: TransportError.self) { try await harness.metered.send(request) }
                #expect(error?.code == .timeout && error?.message.contains("maximumConnections") == true)
                #expect(harness.transport.waitingCalls == 0)
                try await harness.expectOutcome(.timeout)
                #expect(try await response.body.collect(upTo: length).count == length)
                try await writer.value
                #expect(server.acceptedCount == 1)
            }
        )
    }

    @Test
    func `More than may wait are refused at once`() async throws {
        try await Self.withOneConnection(configure: { $0.maximumWaitingCalls = 2 }) { harness, _, isOpen in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2 { group.addTask { try await Self.call(harness, "/\(number)") } }
                try await ProcessReading.wait(for: "two calls to wait") { harness.transport.waitingCalls == 2 }
                let error = await #expect(throws: TransportError.self) { try await Self.call(harness, "/refused") }
                #expect(error?.code == .failed && error?.message.contains("maximumWaitingCalls") == true)
                #expect(harness.sink.records.map(\.outcome) == [.unreachable])
                isOpen.update { $0 = true }
                try await group.waitForAll()
            }
        }
    }

    @Test
    func `A host that answers is not held up by one that does not`() async throws {
        let deaf = try await ScriptedUpstream.start()
        let other = try await ScriptedUpstream.answering(Array(Self.ok.utf8))
        try await CurlHarness.run(
            server: deaf,
            configure: {
                $0.maximumConnections = 4
                $0.maximumConnectionsPerHost = 2
            },
            body: { harness in
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<6 { group.addTask { _ = try? await Self.call(harness) } }
                    await #expect(throws: Never.self) {
                        try await ProcessReading.wait(for: "four calls to wait") { harness.transport.waitingCalls == 4 }
                        for _ in 0..<20 {
                            let response = try await harness.transport.send(.local(other.port, body: Body("{}")))
                            #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
                        }
                    }
                    #expect(harness.transport.waitingCalls == 4 && deaf.acceptedCount == 2)
                    group.cancelAll()
                }
                #expect(harness.sink.records.map(\.outcome) == Array(repeating: .abandoned, count: 6))
            }
        )
        await other.stop()
    }

    @Test
    func `A shutdown ends the calls that wait`() async throws {
        let server = try await ScriptedUpstream.start()
        try await CurlHarness.run(server: server, configure: { $0.maximumConnections = 1 }) { harness in
            let calls = (0..<3).map { _ in Task { await failure { try await Self.call(harness) } } }
            try await ProcessReading.wait(for: "two calls to wait") { harness.transport.waitingCalls == 2 }
            await harness.transport.shutDown()
            for call in calls { #expect(await call.value == .shutDown) }
            #expect(harness.sink.records.count == 3 && harness.transport.waitingCalls == 0)
        }
    }

    /// The tasks in which pieces of a body are asked for.
    private struct TracedBody: AsyncSequence, Sendable {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        let count: Int
        let tasks: Watched<[Int]>

        struct AsyncIterator: AsyncIteratorProtocol {
            var left: Int
            let tasks: Watched<[Int]>

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                let task = withUnsafeCurrentTask { $0?.hashValue ?? 0 }
                tasks.update { $0.append(task) }
                guard left > 0 else { return nil }
                left -= 1
                return [UInt8](repeating: 7, count: 32 << 10)[...]
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(left: count, tasks: tasks) }
    }

    @Test
    func `One task pulls all pieces of an upload`() async throws {
        let tasks = Watched<[Int]>([])
        let server = try await ScriptedUpstream.answering(Array(Self.ok.utf8))
        try await CurlHarness.run(server: server) { harness in
            let body = Body(TracedBody(count: 200, tasks: tasks))
            let response = try await harness.metered.send(harness.request(body: body))
            #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
        }
        #expect(tasks.value.count == 201 && Set(tasks.value).count == 1)
    }
}
