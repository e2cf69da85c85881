public import Foundation
import HTTPTypes
public import OpenAIUsage

#if canImport(FoundationNetworking)
public import FoundationNetworking
#endif

/// A session whose calls are metered: one record per call, however it ends.
///
/// ```swift
/// let session = URLSession.shared.metered(by: meter)
/// let (data, response) = try await session.data(for: request)
/// ```
///
/// It behaves as URLSession does, including redirects and errors, over a session of its own with the same configuration. The
/// delegate of the original session is not asked. Tags are those of the surrounding `withUsageTags(_:operation:)` and of the
/// field `OpenAI-Usage-Tags`, which is removed before sending. A body that is a stream is read once, while it is sent: a
/// request that would have to be sent again fails.
///
/// ``bytes(for:)`` is available on Linux too. Unread bytes are buffered, up to 64 MiB. Beyond that, Apple's systems make the
/// server wait; on Linux, the call fails with `TransportError.Code.bodyTooLarge`.
public struct MeteredURLSession: Sendable {
    private static let bufferLength = 64 << 20

    private let driver: SessionDriver
    private let meter: UsageMeter
    private let additions: AdditionalHeaders

    init(_ configuration: URLSessionConfiguration, _ meter: UsageMeter) {
        // On Linux, a session returns its own configuration instead of a copy.
        let configuration = configuration.copy() as? URLSessionConfiguration ?? configuration
        additions = AdditionalHeaders(takenFrom: configuration)
        driver = SessionDriver(configuration)
        self.meter = meter
    }

    /// Fetches a complete response.
    ///
    /// - Parameter request: The request.
    /// - Returns: The body and the head.
    /// - Throws: `URLError`, with the code `cancelled` if the task is cancelled.
    public func data(for request: URLRequest) async throws -> (Data, URLResponse) {
        try await collect(begin(request, .none, limit: .max))
    }

    /// Sends a body and fetches the complete response.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - body: The request's body.
    /// - Returns: The response's body and head.
    /// - Throws: `URLError`, with the code `cancelled` if the task is cancelled.
    public func upload(for request: URLRequest, from body: Data) async throws -> (Data, URLResponse) {
        try await collect(begin(request, .kept(body), limit: .max))
    }

    /// Fetches a response as a stream.
    ///
    /// Releasing the body, or the iterator that reads it, ends the call. A response without a body ends with its head.
    ///
    /// - Parameter request: The request.
    /// - Returns: The body, which arrives while it is read, and the head.
    /// - Throws: `URLError`, with the code `cancelled` if the task is cancelled.
    public func bytes(for request: URLRequest) async throws -> (Body, HTTPURLResponse) {
        let attempt = try begin(request, .none, limit: Self.bufferLength)
        let head = try await attempt.head()
        guard let response = head as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        if HTTPResponse(response).bodyLength(of: .init(request.httpMethod ?? "GET") ?? .get) == 0 {
            attempt.exchange.finish(.completed)
        }
        return (Body(attempt.body), response)
    }

    /// The session and its delegate, for tests of their lifetime.
    var parts: [any AnyObject & Sendable] { driver.parts }

    private struct Attempt {
        let call: SessionCall
        let exchange: Exchange

        var body: SessionBody { SessionBody(call: call, exchange: exchange) { $0 } }

        func head() async throws -> URLResponse {
            do {
                let response = try await call.head()
                exchange.receive(head: HTTPResponse(response))
                return response
            } catch {
                exchange.finish(TransportEnd(TransportError(error, isHeadReceived: false), isHeadReceived: false))
                throw error
            }
        }
    }

    private func begin(_ request: URLRequest, _ content: RequestContent, limit: Int) throws -> Attempt {
        var request = request
        let exchange = meter.exchange(for: HTTPRequest(request, adding: additions.fields))
        var content = content
        request.setValue(nil, forHTTPHeaderField: AdditionalHeaders.tags)
        if case .kept(let data) = content {
            exchange.receive(requestBody: data.bytes)
        } else if let data = request.httpBody {
            exchange.receive(requestBody: data.bytes)
        } else if let stream = request.httpBodyStream {
            request.httpBodyStream = stream.observed(by: exchange)
            content = .single
        }
        if Task.isCancelled {
            exchange.finish(.abandoned)
            throw URLError(.cancelled)
        }
        let call = try SessionCall(request, content, followsRedirects: true, limit: limit, driver: driver)
        return Attempt(call: call, exchange: exchange)
    }

    private func collect(_ attempt: Attempt) async throws -> (Data, URLResponse) {
        let response = try await attempt.head()
        var data = Data()
        for try await piece in attempt.body { data.append(contentsOf: piece) }
        return (data, response)
    }
}

extension URLSession {
    /// Creates a session with this one's configuration whose calls are metered.
    ///
    /// Create it once and keep it, as the session itself: it holds connections.
    public func metered(by meter: UsageMeter) -> MeteredURLSession {
        MeteredURLSession(configuration, meter)
    }
}
