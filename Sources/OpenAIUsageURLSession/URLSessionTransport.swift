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
/// - The response's body streams, decoded: fields that tell a content coding, and the length with it, are left out.
/// - Redirects are not followed, interim responses and trailers are passed over. Fields that concern one connection only are
///   left out; several of one name become one, joined by commas. URLSession adds fields of its own, such as `User-Agent`.
/// - A request's body that is a stream is pulled while it is sent; nothing of it is gathered beyond 256 KiB, and nothing is
///   kept in files. The response is returned when all of the body was pulled, or the server has refused it. GET and HEAD have
///   no body.
/// - On Linux URLSession waits for such a body on the one queue on which all sessions of the process work. A body of more than
///   256 KiB whose source pauses for longer than `uploadPatience` fails with `TransportError.Code.timeout`; one that is made
///   of the response of another session may. Bodies that come slowly need `CurlTransport` or `AsyncHTTPClientTransport`
///   there.
/// - A response that is read slower than it comes is kept, up to `bufferLength`. Beyond that Apple's systems make the server
///   wait. On Linux URLSession cannot: the call fails with `TransportError.Code.bodyTooLarge`. Bodies that are longer than
///   memory, or read with long pauses, need `CurlTransport` or `AsyncHTTPClientTransport` there.
/// - On Linux, with Swift 6.3, Foundation ends the process when a server closes a connection inside the head of a response.
///   The two other transports do not.
/// - On Linux a response of 300 or more that comes at once costs its connection: libcurl has not been told by then that the
///   request's body is at its end.
/// - On Linux a redirect without an address is an empty response, and URLSession tells most failures of TLS apart from
///   others only by their text.
///
/// The session ends with ``shutDown()``, or when the transport and all its calls are gone.
public struct URLSessionTransport: Transport {
    private let driver: SessionDriver
    private let bufferLength: Int
    private let uploadPatience: Duration

    /// A configuration that keeps nothing, waits up to 600 seconds for the next byte, and opens up to 64 connections to a host.
    public static var usualConfiguration: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.timeoutIntervalForRequest = 600
        configuration.httpMaximumConnectionsPerHost = 64
        return configuration
    }

    /// Creates a transport, which connects to nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: How its session connects, and how long it waits.
    ///   - bufferLength: How many bytes of a response may wait for their reader.
    ///   - uploadPatience: The longest that a session waits for the next piece of a request's body that streams. On Linux
    ///     nothing else happens in any session of the process meanwhile.
    public init(
        _ configuration: URLSessionConfiguration = usualConfiguration,
        bufferLength: Int = 64 << 20,
        uploadPatience: Duration = .seconds(5)
    ) {
        driver = SessionDriver(configuration)
        self.bufferLength = bufferLength
        self.uploadPatience = uploadPatience
    }

    /// Sends a request and returns at the response's head.
    ///
    /// Cancelling the task ends the call at once, and so does letting go of the response, or of the iterator of its body.
    ///
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        if Task.isCancelled {
            throw TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        }
        let hasBody = request.body.map { $0.length != 0 } ?? false
        let head = try URLRequest(request.head, hasBody: hasBody)
        let upload = try await Upload(request.body, patience: uploadPatience)
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

    /// Ends all calls with `TransportError.Code.shutDown` and refuses later ones.
    ///
    /// What has come of their responses can still be read.
    public func shutDown() { driver.shutDown() }

    /// The session and its delegate.
    var parts: [any AnyObject & Sendable] { driver.parts }
}
