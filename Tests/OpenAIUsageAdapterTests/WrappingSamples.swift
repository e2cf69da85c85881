import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

// The samples of the article on wrapping a client, word for word, each in a function that gives it what it takes for granted.

enum WrappingSamples {
    static func chainOnURLSession(_ meter: UsageMeter, _ request: Request) async throws -> Response {
        let transport = URLSessionTransport().intercepted(
            by: RetryInterceptor(),
            IncludeUsageInterceptor(),
            UsageInterceptor(meter)
        )
        let response = try await transport.send(request)
        return response
    }

    static func chainOnAsyncHTTPClient(
        _ meter: UsageMeter,
        _ client: HTTPClient,
        _ request: Request
    ) async throws -> Response {
        let transport = AsyncHTTPClientTransport(client).intercepted(by: UsageInterceptor(meter))
        let response = try await transport.send(request)
        return response
    }

    static func session(_ meter: UsageMeter, _ request: URLRequest) async throws -> (Data, URLResponse) {
        let session = URLSession.shared.metered(by: meter)
        let (data, response) = try await session.data(for: request)
        return (data, response)
    }

    static func streamingSession(_ session: MeteredURLSession, _ request: URLRequest) async throws -> HTTPURLResponse {
        let (body, response) = try await session.bytes(for: request)
        for try await piece in body { print(String(decoding: piece, as: UTF8.self), terminator: "") }
        return response
    }

    static func asyncHTTPClient(
        _ meter: UsageMeter,
        _ client: HTTPClient,
        _ request: HTTPClientRequest
    ) async throws -> HTTPClientResponse {
        let response = try await client.metered(by: meter).execute(request, timeout: .seconds(60))
        for try await buffer in response.body { print(buffer.readableBytes) }
        return response
    }

    static func configuration(_ meter: UsageMeter, _ request: URLRequest) async throws -> (Data, URLResponse) {
        let session = URLSession(configuration: .default.metered(by: meter))
        let (data, response) = try await session.data(for: request)
        return (data, response)
    }

    static func middleware(_ meter: UsageMeter) -> UsageMiddleware {
        let middleware = UsageMiddleware(meter)
        return middleware
    }

    static func client(_ meter: UsageMeter, _ url: URL, _ transport: any Sendable) -> Client {
        let client = Client(serverURL: url, transport: transport, middlewares: [UsageClientMiddleware(meter)])
        return client
    }

    /// What the generator makes.
    struct Client {
        let middlewares: [any ClientMiddleware]

        init(serverURL: URL, transport: any Sendable, middlewares: [any ClientMiddleware]) {
            self.middlewares = middlewares
        }
    }
}
