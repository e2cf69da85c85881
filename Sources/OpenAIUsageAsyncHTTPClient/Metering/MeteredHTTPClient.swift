public import AsyncHTTPClient
import HTTPTypes
public import Logging
public import NIOCore
import NIOHTTP1
public import OpenAIUsage

/// A client whose calls are metered: one record per call, however it ends.
///
/// ```swift
/// let response = try await client.metered(by: meter).execute(request, timeout: .seconds(60))
/// ```
///
/// It behaves as the client does, with the client's connections and backpressure. Tags are those of the surrounding
/// `withUsageTags(_:operation:)` and of the field `OpenAI-Usage-Tags`, which is removed before sending. If redirects are
/// followed, only the last response is seen. Releasing the response, its body or the iterator that reads it ends the call.
public struct MeteredHTTPClient: Sendable {
    private static let tags = "OpenAI-Usage-Tags"

    private let client: HTTPClient
    private let meter: UsageMeter
    private let isDecoding: Bool

    init(_ client: HTTPClient, _ meter: UsageMeter, isDecoding: Bool) {
        self.client = client
        self.meter = meter
        self.isDecoding = isDecoding
    }

    /// Executes a request and returns when the response's head has arrived.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - deadline: The deadline for the head.
    ///   - logger: The logger for the client.
    /// - Returns: The response, whose body streams.
    /// - Throws: The client's error, or `CancellationError` if the task is cancelled.
    public func execute(
        _ request: HTTPClientRequest,
        deadline: NIODeadline,
        logger: Logger? = nil
    ) async throws -> HTTPClientResponse {
        let exchange = meter.exchange(for: HTTPRequest(request))
        var request = request
        request.headers.remove(name: Self.tags)
        do {
            request.body = try await observed(request.body, by: exchange)
            var response = try await client.execute(request, deadline: deadline, logger: logger)
            let head = HTTPResponse(response, isDecoded: isDecoding)
            exchange.receive(head: head)
            // A response without a body is complete here, since its body may never be read.
            if head.bodyLength(of: .init(request.method.rawValue) ?? .get) == 0 { exchange.finish(.completed) }
            response.body = .stream(MeteredBuffers(base: response.body, exchange: exchange))
            return response
        } catch {
            exchange.finish(TransportEnd(TransportError(error, isHeadReceived: false), isHeadReceived: false))
            throw error
        }
    }

    /// Executes a request and returns when the response's head has arrived.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: The time limit for the head.
    ///   - logger: The logger for the client.
    /// - Returns: The response, whose body streams.
    /// - Throws: The client's error, or `CancellationError` if the task is cancelled.
    public func execute(
        _ request: HTTPClientRequest,
        timeout: TimeAmount,
        logger: Logger? = nil
    ) async throws -> HTTPClientResponse {
        try await execute(request, deadline: .now() + timeout, logger: logger)
    }

    private func observed(
        _ body: HTTPClientRequest.Body?,
        by exchange: Exchange
    ) async throws -> HTTPClientRequest.Body? {
        guard let body else { return nil }
        switch BodyKind(of: body) {
        case .bytes:
            for try await buffer in body { exchange.receive(requestBody: buffer.readableBytesSpan) }
            return body
        case .stream(let length):
            return .stream(ObservedBuffers(base: body, exchange: exchange), length: length)
        case .unknown:
            return body
        }
    }
}

extension HTTPClient {
    /// Returns this client with its calls metered.
    ///
    /// - Parameters:
    ///   - meter: The meter that records the calls.
    ///   - isDecoding: True if this client's configuration, which is not exposed, enables decoding; `nil` for the defaults, by
    ///     which only the shared client decodes.
    /// - Returns: The metered client.
    public func metered(by meter: UsageMeter, isDecoding: Bool? = nil) -> MeteredHTTPClient {
        MeteredHTTPClient(self, meter, isDecoding: isDecoding ?? (self === HTTPClient.shared))
    }
}
