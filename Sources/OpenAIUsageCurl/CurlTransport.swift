import HTTPTypes
public import OpenAIUsage

/// A transport on libcurl: one thread drives all calls, over pooled connections.
///
/// While no other call is in flight, the caller's thread writes the request itself, since waking the thread would take longer.
///
/// ```swift
/// let transport = CurlTransport().intercepted(by: UsageInterceptor(meter))
/// ```
///
/// - Bodies stream in both directions with backpressure: an unread response makes the server wait, and a server that does
///   not read makes the request's body wait. The bytes are those on the wire, in the server's content coding.
/// - The request's body is pulled by a child of the task that sends the request, until the response's head arrives, and
///   after that by a child of the task that reads the response. A status of 300 or more ends the upload. A head that arrives
///   while the source is producing a piece is returned after that piece.
/// - Redirects are not followed, interim responses and trailers are skipped, and only the fields that the connection needs
///   are added. Hop-by-hop fields are left out.
/// - ``CurlTransportConfiguration/maximumConnections`` and ``CurlTransportConfiguration/maximumConnectionsPerHost`` limit the
///   open connections. Further calls wait in the order of their arrival.
/// - HTTP/2 is used where the server offers it over TLS.
/// - libcurl repeats a request by itself if a pooled connection turns out to be closed before any byte of the response. The
///   body must still be available then: one of bytes always is, a stream up to
///   ``CurlTransportConfiguration/bufferLength``.
///
/// The thread starts with the first call. It ends with ``shutDown()``, or when the transport and all its calls are released.
public struct CurlTransport: Transport {
    private let driver: CurlDriver

    /// Creates a transport without opening a connection.
    public init(_ configuration: CurlTransportConfiguration = CurlTransportConfiguration()) {
        driver = CurlDriver(CurlSettings(configuration))
    }

    /// The number of calls that wait for a connection because a limit of the configuration is reached.
    public var waitingCalls: Int { driver.waitingCount }

    /// Sends a request and returns when the response's head has arrived.
    ///
    /// Cancelling the task, releasing the response or releasing the iterator of its body ends the call at once. A request's
    /// body that is a stream has to react to cancellation too.
    ///
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        if Task.isCancelled {
            throw TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        }
        let plan = try CurlRequest(request)
        var source: UploadSource?
        if case .stream(let body, _) = plan.content { source = UploadSource(body) }
        let call = CurlCall(try driver.start(plan), driver: driver, source: source)
        let head = try await call.head()
        return Response(
            head: head,
            body: Body(CurlResponseBody(call: call), length: head.bodyLength(of: request.head.method))
        )
    }

    /// Ends all calls with `TransportError.Code.shutDown`, closes all connections and waits until the thread has ended.
    ///
    /// Responses that have arrived completely can still be read. Later calls fail with `TransportError.Code.shutDown`. Calling
    /// the method again only waits. Cancellation does not shorten the wait.
    public func shutDown() async {
        await driver.shutDown()
    }
}
