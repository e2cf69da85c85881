public import Foundation
import HTTPTypes
public import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
public import FoundationNetworking
#endif

/// A middleware with the three methods of MacPaw's `OpenAIMiddleware`.
///
/// This package does not depend on that client, so the program declares the conformance:
///
/// ```swift
/// extension UsageMiddleware: @retroactive OpenAIMiddleware {}
/// let client = OpenAI(configuration: configuration, middlewares: [UsageMiddleware(meter)])
/// ```
///
/// The client does not report everything, which limits the metering:
///
/// - The field ``idField``, which is sent over the wire, matches a response with its request.
/// - Neither the head nor the end of a stream is reported. A stream counts as one of events with the status 200, or as a JSON
///   document if it begins with a brace, and ends with its terminal event. A stream without one, and a call that fails without
///   a response, is recorded as abandoned when it exceeds the idle limit and another call is active, or by ``flush()``.
/// - A stream that the API rejects with a status of 400 or more is not reported on Apple's systems; on Linux, only its body
///   is.
/// - Chunks that arrive after the idle limit are not metered.
/// - At most 4,096 calls are tracked. Beyond that, the one with the oldest activity is recorded as abandoned.
public struct UsageMiddleware: Sendable {
    /// The field with the identity of an attempt.
    public static let idField = "OpenAI-Usage-Call"
    private static let maximumOpenCalls = 4_096

    private let meter: UsageMeter
    private let calls: Calls

    private final class Calls: Sendable {
        let open: Mutex<TrackedCalls>

        init(_ open: consuming TrackedCalls) { self.open = Mutex(open) }
    }

    /// Creates a middleware, whose copies share its state.
    ///
    /// - Parameters:
    ///   - meter: The meter that records the calls, and whose clock measures their idle time.
    ///   - idleLimit: The time without activity after which a call counts as ended; 600 seconds by default.
    public init(_ meter: UsageMeter, idleLimit: Duration = .seconds(600)) {
        self.meter = meter
        let nanoseconds = idleLimit.components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let limit = nanoseconds.overflow ? Int64.max / 2 : nanoseconds.partialValue
        calls = Calls(
            TrackedCalls(
                idleLimit: limit + idleLimit.components.attoseconds / 1_000_000_000,
                maximumCount: Self.maximumOpenCalls
            )
        )
    }

    /// Starts metering an attempt, and adds its identity to the request.
    public func intercept(request: URLRequest) -> URLRequest {
        let exchange = meter.exchange(for: HTTPRequest(request))
        if let body = request.httpBody { exchange.receive(requestBody: body.bytes) }
        var request = request
        request.setValue(nil, forHTTPHeaderField: AdditionalHeaders.tags)
        request.setValue(exchange.id.description, forHTTPHeaderField: Self.idField)
        let now = now
        let (displaced, idle) = calls.open.withLock { ($0.add(exchange, at: now), $0.sweep(at: now)) }
        displaced?.finish(.abandoned)
        for exchange in idle { exchange.finish(.abandoned) }
        return request
    }

    /// Observes a piece of a stream and returns it unchanged.
    public func interceptStreamingData(request: URLRequest?, _ data: Data) -> Data {
        sweep()
        let now = now
        guard let id = request?.value(forHTTPHeaderField: Self.idField),
            let (exchange, isFirst) = calls.open.withLock({ $0.hear(id, at: now) })
        else { return data }
        if isFirst { exchange.receive(head: Self.head(ofStreamThatBeginsWith: data)) }
        exchange.receive(body: data.bytes)
        if exchange.isTerminated {
            exchange.finish(.completed)
            _ = calls.open.withLock { $0.remove(id) }
        }
        return data
    }

    /// Observes a complete response and returns it unchanged.
    public func intercept(
        response: URLResponse?,
        request: URLRequest,
        data: Data?
    ) -> (response: URLResponse?, data: Data?) {
        if let id = request.value(forHTTPHeaderField: Self.idField),
            let exchange = calls.open.withLock({ $0.remove(id) })
        {
            if let response {
                exchange.receive(head: HTTPResponse(response))
                if let data { exchange.receive(body: data.bytes) }
            }
            // The client does not report how far a call without a response has come.
            exchange.finish(response == nil ? .unanswered : .completed)
        }
        sweep()
        return (response, data)
    }

    /// The number of calls in flight.
    public var openCalls: Int { calls.open.withLock { $0.count } }

    /// Records all calls in flight as abandoned, and waits until the records are stored.
    ///
    /// Call it before the program ends.
    public func flush() async {
        for exchange in calls.open.withLock({ $0.removeAll() }) { exchange.finish(.abandoned) }
        await meter.flush()
    }

    private var now: Int64 { meter.configuration.clock.monotonicNanoseconds }

    private func sweep() {
        let now = now
        for exchange in calls.open.withLock({ $0.sweep(at: now) }) { exchange.finish(.abandoned) }
    }

    /// Returns the assumed head of a stream, since the client does not report it.
    private static func head(ofStreamThatBeginsWith data: Data) -> HTTPResponse {
        let first = data.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let type = first == UInt8(ascii: "{") ? "application/json" : "text/event-stream"
        return HTTPResponse(status: .ok, headerFields: [.contentType: type])
    }
}
