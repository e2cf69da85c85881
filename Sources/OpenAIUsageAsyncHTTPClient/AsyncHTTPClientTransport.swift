public import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
public import OpenAIUsage

/// A transport on AsyncHTTPClient.
///
/// ```swift
/// let client = HTTPClient(configuration: AsyncHTTPClientTransport.defaultConfiguration)
/// let transport = AsyncHTTPClientTransport(client).intercepted(by: UsageInterceptor(meter))
/// ```
///
/// - Bodies stream in both directions with backpressure.
/// - The client's configuration determines timeouts, connections, proxies, TLS, redirects and decoding.
///   ``defaultConfiguration`` disables redirects and decoding, as a transport should. If redirects are followed, only the last
///   response is seen.
/// - AsyncHTTPClient does not remove `Content-Encoding` when it decodes a body. Set `isDecoding` if the client's configuration
///   enables decoding: `Content-Encoding` and `Content-Length` are then removed from the head.
/// - Hop-by-hop fields are left out, interim responses and trailers are skipped.
///
/// The transport does not shut down the client.
public struct AsyncHTTPClientTransport: Transport {
    private let client: HTTPClient
    private let isDecoding: Bool

    /// A configuration without redirects, decoding and repeated attempts to connect, with a timeout of 600 seconds between
    /// bytes and up to 64 connections per host.
    public static var defaultConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(10), read: .seconds(600))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }

    /// Creates a transport.
    ///
    /// - Parameters:
    ///   - client: The client that makes the calls.
    ///   - isDecoding: True if the client's configuration enables decoding; `nil` for the defaults, by which only the shared
    ///     client decodes.
    public init(_ client: HTTPClient, isDecoding: Bool? = nil) {
        self.client = client
        self.isDecoding = isDecoding ?? (client === HTTPClient.shared)
    }

    /// Sends a request and returns when the response's head has arrived.
    ///
    /// Cancelling the task, releasing the response or releasing the iterator of its body ends the call. A request's body that
    /// is a stream has to react to cancellation too.
    ///
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        if Task.isCancelled {
            throw TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        }
        let method = request.head.method
        let request = try HTTPClientRequest(request)
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw TransportError(error, isHeadReceived: false)
        }
        let head = HTTPResponse(response, isDecoded: isDecoding)
        return Response(
            head: head,
            body: Body(ReceivedBody(base: response.body), length: head.bodyLength(of: method))
        )
    }
}
