import HTTPTypes
import OpenAIUsage
import Testing

/// The interceptor of the article on writing one.
struct ConcurrencyLimitTests {
    private static let request = Request(
        head: HTTPRequest(method: .get, scheme: "https", authority: "api.openai.com", path: "/v1/models")
    )

    private struct NoSink: UsageSink {
        func record(_ record: CallRecord) {}
    }

    @Test(arguments: 1...4)
    func `No more calls than allowed wait at once`(_ limit: Int) async throws {
        let chain = ConcurrencyLimit(limit)
        // A call that makes another one before it is answered, and so on, holds as many open as it is deep.
        @Sendable func nested(_ depth: Int) -> any Transport {
            ClosureTransport { request, context in
                if depth > 1 { return try await nested(depth - 1).send(request, context: context) }
                return Response(head: HTTPResponse(status: .ok))
            }.intercepted(by: chain)
        }
        #expect(try await nested(limit).send(Self.request).head.status == .ok)
        let error = await #expect(throws: TransportError.self) { try await nested(limit + 1).send(Self.request) }
        #expect(error?.message == "More than \(limit) calls at once.")
        #expect(try await nested(limit).send(Self.request).head.status == .ok)
    }

    @Test
    func `The order of the article is one that compiles`() async throws {
        let base = ClosureTransport { _, context in
            #expect(context.tags == ["service": "search"] && context.attempt == 0)
            return Response(head: HTTPResponse(status: .ok))
        }
        let meter = UsageMeter(sink: NoSink())
        let transport = base.intercepted(
            by: FieldInterceptor(tags: ["service": "search"]),
            RetryInterceptor(),
            IncludeUsageInterceptor(),
            UsageInterceptor(meter)
        )
        #expect(try await transport.send(Self.request).head.status == .ok)
    }
}
