import HTTPTypes
public import OpenAIUsage

/// A transport on libcurl: one thread drives all calls, over connections that are kept.
///
/// While no other call is under way, a call's request is written by its caller, who would wait longer for the thread to wake.
///
/// ```swift
/// let transport = CurlTransport().intercepted(by: UsageInterceptor(meter))
/// ```
///
/// - Bodies stream in both directions, and neither side's is gathered: a response that nobody reads makes the server wait,
///   a server that does not read makes the request's body wait. The bytes are those of the wire, in the server's coding.
/// - The request's body is pulled by a child of the task that sends it, until the response's head is there, and by a child
///   of the task that reads the response then. A status of 300 or more ends it. A head that comes while a piece is awaited is returned when the
///   piece has come.
/// - Redirects are not followed, interim responses and trailers are passed over, and no field is added but what the
///   connection needs. Fields that concern one connection only are left out.
/// - As many connections are open as ``CurlTransportConfiguration/maximumConnections`` and
///   ``CurlTransportConfiguration/maximumConnectionsPerHost`` allow. Calls beyond them wait in the order in which they came.
/// - Where the server offers HTTP/2 over TLS, it is spoken.
/// - libcurl sends a request again by itself if a connection that it had kept turns out to be closed before a byte of the
///   answer has come. The body of such a request must still be there: one of bytes is, one of a stream up to
///   ``CurlTransportConfiguration/bufferLength``.
///
/// The thread starts with the first call. It ends with ``shutDown()``, or when the transport and all its calls are gone.
public struct CurlTransport: Transport {
    private let driver: CurlDriver

    /// Creates a transport, which connects to nothing yet.
    public init(_ configuration: CurlTransportConfiguration = CurlTransportConfiguration()) {
        driver = CurlDriver(CurlSettings(configuration))
    }

    /// The number of calls that wait for a connection, because as many are open as the configuration allows.
    public var waitingCalls: Int { driver.waitingCount }

    /// Sends a request and returns at the response's head.
    ///
    /// Cancelling the task ends the call at once, and so does letting go of the response, or of the iterator of its body.
    /// A stream that is the request's body has to heed cancellation too.
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

    /// Ends all calls with `TransportError.Code.shutDown`, closes all connections and waits for the thread to end.
    ///
    /// Responses that have come in whole can still be read. Later calls are refused. Calling it again does nothing, but
    /// waits too. It is not cut short by cancellation.
    public func shutDown() async {
        await driver.shutDown()
    }
}
