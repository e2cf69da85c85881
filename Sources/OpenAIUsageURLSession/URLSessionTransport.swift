import HTTPTypes
public import OpenAIUsage

#if canImport(FoundationNetworking)
import Foundation
public import FoundationNetworking
#else
public import Foundation
#endif

/// A transport on URLSession.
///
/// ```swift
/// let transport = URLSessionTransport().intercepted(by: UsageInterceptor(meter))
/// ```
///
/// - The response's body streams and is decoded; `Content-Encoding` and `Content-Length` are then removed from the head.
/// - Redirects are not followed, interim responses and trailers are skipped. Hop-by-hop fields are left out; fields of the
///   same name are joined by commas. URLSession adds fields of its own, such as `User-Agent`.
/// - A request's body that is a stream is pulled while it is sent. At most 256 KiB of it are buffered, and nothing is written
///   to files. The response is returned once the whole body was pulled or the server has rejected it. GET and HEAD have no
///   body.
/// - On Linux, URLSession waits for such a body on the one queue that all sessions of the process share. A body of more than
///   256 KiB whose source pauses for longer than `uploadTimeout` fails with `TransportError.Code.timeout`, as may a body
///   that is made from the response of another session. Use `CurlTransport` or `AsyncHTTPClientTransport` for slow bodies
///   there.
/// - A response that arrives faster than it is read is buffered, up to `bufferLength`. Beyond that, Apple's systems make the
///   server wait. URLSession on Linux cannot: the call fails with `TransportError.Code.bodyTooLarge`. Use `CurlTransport` or
///   `AsyncHTTPClientTransport` there for bodies that exceed memory or are read with long pauses.
/// - On Linux with Swift 6.3, Foundation ends the process when a server closes a connection inside the head of a response.
///   The other two transports do not.
/// - On Linux, an immediate response with a status of 300 or more closes its connection: libcurl does not know yet that the
///   request's body has ended.
/// - On Linux, a redirect without a `Location` is an empty response, and most TLS failures are recognizable only by the text
///   of the error.
///
/// The session ends with ``shutDown()``, or when the transport and all its calls are released.
public struct URLSessionTransport: Transport {
    private let driver: SessionDriver
    private let bufferLength: Int
    private let uploadTimeout: Duration

    /// A configuration without cache, cookies and credentials, with a timeout of 600 seconds between bytes and up to 64
    /// connections per host.
    public static var defaultConfiguration: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.timeoutIntervalForRequest = 600
        configuration.httpMaximumConnectionsPerHost = 64
        return configuration
    }

    /// Creates a transport without opening a connection.
    ///
    /// - Parameters:
    ///   - configuration: The configuration of the session.
    ///   - bufferLength: The maximum number of unread bytes of a response; 64 MiB by default.
    ///   - uploadTimeout: The longest wait for the next piece of a request's body that streams; 5 seconds by default. On
    ///     Linux, all sessions of the process are blocked during that wait.
    public init(
        _ configuration: URLSessionConfiguration = defaultConfiguration,
        bufferLength: Int = 64 << 20,
        uploadTimeout: Duration = .seconds(5)
    ) {
        driver = SessionDriver(configuration)
        self.bufferLength = bufferLength
        self.uploadTimeout = uploadTimeout
    }

    /// Sends a request and returns when the response's head has arrived.
    ///
    /// Cancelling the task, releasing the response or releasing the iterator of its body ends the call at once.
    ///
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        if Task.isCancelled {
            throw TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        }
        let length = try request.bodyLength()
        let hasBody = request.body.map { $0.length != 0 } ?? false
        let head = try URLRequest(request.head, hasBody: hasBody)
        let upload = try await Upload(request.body, length: length, patience: uploadTimeout)
        let call = try SessionCall(head, upload.content, followsRedirects: false, limit: bufferLength, driver: driver)
        let response: HTTPResponse
        do {
            response = HTTPResponse(
                try await upload.sending { isolation in
                    do {
                        return .success(try await call.head(isolation: isolation))
                    } catch {
                        return .failure(error)
                    }
                }
            )
        } catch {
            throw TransportError(error, isHeadReceived: false)
        }
        return Response(
            head: response,
            body: Body(
                SessionBody(call: call) { TransportError($0, isHeadReceived: true) },
                length: response.bodyLength(of: request.head.method)
            )
        )
    }

    /// Ends all calls, and fails later ones, with `TransportError.Code.shutDown`.
    ///
    /// Bytes of their responses that have arrived can still be read.
    public func shutDown() { driver.shutDown() }

    /// The session and its delegate, for tests of their lifetime.
    var parts: [any AnyObject & Sendable] { driver.parts }
}
