public import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
public import OpenAIUsage

/// A transport on AsyncHTTPClient.
///
/// ```swift
/// let client = HTTPClient(configuration: AsyncHTTPClientTransport.usualConfiguration)
/// let transport = AsyncHTTPClientTransport(client).intercepted(by: UsageInterceptor(meter))
/// ```
///
/// - Bodies stream in both directions, and neither side's is gathered.
/// - Time limits, connections, proxies and TLS are the client's. It also decides whether redirects are followed and bodies
///   decoded: ``usualConfiguration`` does neither, as a transport should. Of redirects that are followed only the last
///   response is seen.
/// - AsyncHTTPClient leaves the field that names a content coding when it takes the coding off. Say `isDecoding` if the
///   client's configuration makes it do so: the field is left out then, and the length with it.
/// - Fields that concern one connection only are left out, interim responses and trailers are passed over.
///
/// Whoever made the client shuts it down.
public struct AsyncHTTPClientTransport: Transport {
    private let client: HTTPClient
    private let isDecoding: Bool

    /// A configuration that follows no redirect, decodes nothing, does not try again to connect, waits up to 600 seconds for
    /// the next byte, and opens up to 64 connections to a host.
    public static var usualConfiguration: HTTPClient.Configuration {
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
    ///   - isDecoding: Whether the client's configuration makes it decode bodies; the shared client does, others do not
    ///     unless they are made to.
    public init(_ client: HTTPClient, isDecoding: Bool? = nil) {
        self.client = client
        self.isDecoding = isDecoding ?? (client === HTTPClient.shared)
    }

    /// Sends a request and returns at the response's head.
    ///
    /// Cancelling the task ends the call, and so does letting go of the response, or of the iterator of its body. A stream
    /// that is the request's body has to heed cancellation too.
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
