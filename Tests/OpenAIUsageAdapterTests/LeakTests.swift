import AsyncHTTPClient
import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Nothing stays behind.
@Suite(.serialized)
struct LeakTests {
    private final class WeakReference: Sendable {
        nonisolated(unsafe) weak var object: AnyObject?
        let name: String

        init(_ object: AnyObject) {
            self.object = object
            name = "\(type(of: object))"
        }
    }

    private func remaining(_ references: [WeakReference]) -> [String] {
        references.filter { $0.object != nil }.map(\.name)
    }

    private func begin(
        _ transport: URLSessionTransport,
        _ server: ScriptedUpstream
    ) async throws -> (Response, RawConnection) {
        async let sent = transport.send(.local(server.port, body: Body("{}")))
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send(Answer.streamHead + Answer.event(1))
        return (try await sent, connection)
    }

    @Test
    func `A transport's session and its delegate go with it, and with its last call`() async throws {
        let server = try await ScriptedUpstream.start()
        var transport: URLSessionTransport? = URLSessionTransport()
        let references = try #require(transport).parts.map { WeakReference($0) }
        var response: Response?
        do {
            let connection: RawConnection
            (response, connection) = try await begin(try #require(transport), server)
            transport = nil
            var iterator = try #require(response).body.makeAsyncIterator()
            #expect(try await iterator.next() != nil)
            #expect(remaining(references).count == 2)
            try await connection.send(Answer.end)
            #expect(try await iterator.next() == nil)
        }
        response = nil
        try await ProcessReading.wait(for: "the end of \(remaining(references))") { remaining(references).isEmpty }
        await server.stop()
    }

    @Test
    func `A metered session's parts go with it, after calls that were dropped`() async throws {
        let server = try await ScriptedUpstream.start(script: { connection in
            _ = try await connection.message(.request)
            try await connection.send(Answer.streamHead + Answer.event(1))
        })
        let sink = CollectingSink()
        var references: [WeakReference] = []
        do {
            let session = URLSession(configuration: .ephemeral).metered(by: UsageMeter(sink: sink))
            references = session.parts.map { WeakReference($0) }
            let request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)/v1/models")))
            for _ in 0..<10 { for try await _ in try await session.bytes(for: request).0 { break } }
        }
        #expect(try await sink.wait(for: 10).map(\.outcome) == Array(repeating: .abandoned, count: 10))
        try await ProcessReading.wait(for: "the end of \(remaining(references))") { remaining(references).isEmpty }
        await server.stop()
    }

    @Test(arguments: Client.allCases)
    func `Files and memory stay flat over a thousand calls of every end`(client: Client) async throws {
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                let message = try await connection.message(.request)
                if message.target == "/cut" {
                    try await connection.send(Answer.streamHead + Answer.event(1))
                    await connection.close()
                    return
                }
                try await connection.send(Answer.stream)
            }
        })
        try await AdapterHarness.run(client, server: server) { harness in
            func call(_ number: Int) async throws {
                let path = number % 4 == 3 ? "/cut" : "/v1/chat/completions"
                switch number % 4 {
                case 0:
                    _ = try await harness.metered.send(harness.request(.post, path)).body.collect(upTo: 10_000)
                case 1:
                    for try await _ in try await harness.metered.send(harness.request(.post, path)).body { break }
                case 2:
                    _ = try await harness.metered.send(harness.request(.post, path))
                default:
                    let code = await failure {
                        for try await _ in try await harness.metered.send(harness.request(.post, path)).body {}
                    }
                    #expect(code == .connectionLost)
                }
            }
            for number in 0..<100 { try await call(number) }
            let files = ProcessReading.openFiles
            let bytes = ProcessReading.residentBytes
            for number in 100..<1_100 { try await call(number) }
            let records = try await harness.sink.wait(for: 1_100)
            #expect(records.count == 1_100)
            #expect(records.filter { $0.outcome == .cut }.count == 275)
            try await ProcessReading.wait(for: "the files to be closed") { ProcessReading.openFiles <= files + 8 }
            #expect(ProcessReading.residentBytes - bytes < 30_000_000)
            print(
                "\(client): \(files) files, then \(ProcessReading.openFiles); +\((ProcessReading.residentBytes - bytes) / 1024) KiB"
            )
        }
    }

    @Test
    func `A long body goes when its call has ended`() async throws {
        let server = try await ScriptedUpstream.start()
        let transport = URLSessionTransport()
        final class Owner: Sendable {}
        /// A body that holds something.
        struct Held: AsyncSequence, Sendable {
            typealias Element = ArraySlice<UInt8>
            typealias Failure = any Error
            let base: PulledBody
            let owner: Owner
            func makeAsyncIterator() -> PulledBody.AsyncIterator { base.makeAsyncIterator() }
        }
        weak var owner: Owner?
        do {
            let held = Held(base: PulledBody(length: 1_000_000), owner: Owner())
            owner = held.owner
            async let sent = transport.send(.local(server.port, body: Body(held)))
            let connection = try await server.accept()
            #expect(try await connection.message(.request).body.count == 1_000_000)
            try await connection.send(Answer.json())
            _ = try await sent.body.collect(upTo: 10_000)
        }
        try await ProcessReading.wait(for: "the body to go") { owner == nil }
        transport.shutDown()
        await server.stop()
    }
}
