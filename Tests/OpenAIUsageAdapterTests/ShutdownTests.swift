import AsyncHTTPClient
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageTestKit
import OpenAIUsageURLSession
import Testing

/// The end of a transport while calls are under way.
struct ShutdownTests {
    @Test
    func `A URLSession transport that is shut down ends its calls and refuses others`() async throws {
        let server = try await ScriptedUpstream.start()
        let transport = URLSessionTransport()
        let sink = CollectingSink()
        let metered = transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
        async let waiting = failure { _ = try await metered.send(.local(server.port, body: Body("{}"))) }
        let first = try await server.accept()
        _ = try await first.message(.request)
        async let sent = metered.send(.local(server.port, body: Body("{}")))
        let second = try await server.accept()
        _ = try await second.message(.request)
        try await second.send(Answer.streamHead + Answer.event(1))
        var iterator = try await sent.body.makeAsyncIterator()
        #expect(try await iterator.next() != nil)
        transport.shutDown()
        #expect(await waiting == .shutDown)
        #expect(await failure { while try await iterator.next() != nil {} } == .shutDown)
        #expect(await failure { _ = try await metered.send(.local(server.port)) } == .shutDown)
        try await first.ended()
        try await second.ended()
        let outcomes = try await sink.wait(for: 3).map(\.outcome)
        #expect(outcomes.filter { $0 == .cut }.count == 1 && outcomes.filter { $0 == .unreachable }.count == 2)
        transport.shutDown()
        await server.stop()
    }

    @Test
    func `A client of AsyncHTTPClient that was shut down refuses calls`() async throws {
        let client = HTTPClient(configuration: AsyncHTTPClientTransport.defaultConfiguration)
        let transport = AsyncHTTPClientTransport(client)
        try await client.shutdown()
        #expect(await failure { _ = try await transport.send(.local(1)) } == .shutDown)
    }
}
