import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient

/// `HTTPClient.metered(by:)`, called in the words of a transport.
struct ClientLine: Transport {
    private struct Pieces: AsyncSequence, Sendable {
        let base: HTTPClientResponse.Body

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: HTTPClientResponse.Body.AsyncIterator

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                try await base.next(isolation: actor).map { Array($0.readableBytesView)[...] }
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }
    }

    private let client: MeteredHTTPClient

    init(_ client: MeteredHTTPClient) {
        self.client = client
    }

    func send(_ request: Request, context: CallContext) async throws -> Response {
        let head = request.head
        var foreign = HTTPClientRequest(url: "http://\(head.authority ?? "")\(head.path ?? "/")")
        foreign.method = HTTPMethod(rawValue: head.method.rawValue)
        for field in head.headerFields { foreign.headers.add(name: field.name.rawName, value: field.value) }
        if let bytes = request.body?.bytes { foreign.body = .bytes(ByteBuffer(bytes: bytes)) }
        let response = try await client.execute(foreign, deadline: .distantFuture)
        return Response(
            head: HTTPResponse(status: .init(code: Int(response.status.code))),
            body: Body(Pieces(base: response.body))
        )
    }
}
