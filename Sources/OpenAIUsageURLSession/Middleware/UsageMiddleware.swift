public import Foundation
import HTTPTypes
public import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
public import FoundationNetworking
#endif

/// A middleware with the three methods that MacPaw's OpenAI client calls.
///
/// That client is no dependency of this package; a program says that the two fit:
///
/// ```swift
/// extension UsageMiddleware: @retroactive OpenAIMiddleware {}
/// let client = OpenAI(configuration: configuration, middlewares: [UsageMiddleware(meter)])
/// ```
///
/// What such a client does not tell cannot be metered:
///
/// - Request and response are told apart by the field ``idField``, which goes over the wire.
/// - A stream tells neither its head nor its end. It is taken for one of events with the status 200, or for a document if it
///   begins with a brace, and ends with its terminal event. A stream without one, and a call that fails without a response,
///   ends when nothing was heard of it for the idle limit and another call passes by, or with ``flush()``, as abandoned.
/// - The client reports a stream that is refused with a status of 400 or more to nobody on Apple's systems, and only its
///   body on Linux.
/// - Chunks of a call that was ended for its idleness pass by unseen.
public struct UsageMiddleware: Sendable {
    /// The field that bears the identity of an attempt.
    public static let idField = "OpenAI-Usage-Call"
    private static let maximumOpenCalls = 4_096

    private let meter: UsageMeter
    private let calls: Calls

    private final class Calls: Sendable {
        let open: Mutex<OpenCalls>

        init(_ open: consuming OpenCalls) { self.open = Mutex(open) }
    }

    /// Creates a middleware; its copies share what they know.
    ///
    /// - Parameters:
    ///   - meter: Who meters, and whose clock tells how long nothing was heard.
    ///   - idleLimit: How long a call may say nothing before it has ended.
    public init(_ meter: UsageMeter, idleLimit: Duration = .seconds(600)) {
        self.meter = meter
        let nanoseconds = idleLimit.components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let limit = nanoseconds.overflow ? Int64.max / 2 : nanoseconds.partialValue
        calls = Calls(
            OpenCalls(
                idleLimit: limit + idleLimit.components.attoseconds / 1_000_000_000,
                maximumCount: Self.maximumOpenCalls
            )
        )
    }

    /// Begins an attempt, and gives its request an identity.
    public func intercept(request: URLRequest) -> URLRequest {
        let exchange = meter.exchange(for: HTTPRequest(request))
        if let body = request.httpBody { exchange.receive(requestBody: body.bytes) }
        var request = request
        request.setValue(nil, forHTTPHeaderField: HeaderAdditions.tags)
        request.setValue(exchange.id.description, forHTTPHeaderField: Self.idField)
        let now = now
        let (displaced, idle) = calls.open.withLock { ($0.add(exchange, at: now), $0.sweep(at: now)) }
        displaced?.finish(.abandoned)
        for exchange in idle { exchange.finish(.abandoned) }
        return request
    }

    /// Observes a piece of a stream, and returns it as it is.
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

    /// Observes a response that is whole, and returns it as it is.
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
            // The client does not tell how far a call without a response has come.
            exchange.finish(response == nil ? .unanswered : .completed)
        }
        sweep()
        return (response, data)
    }

    /// How many calls are open.
    public var openCalls: Int { calls.open.withLock { $0.count } }

    /// Ends every call that is open, and waits until the records are kept; for the end of the program.
    public func flush() async {
        for exchange in calls.open.withLock({ $0.removeAll() }) { exchange.finish(.abandoned) }
        await meter.flush()
    }

    private var now: Int64 { meter.configuration.clock.monotonicNanoseconds }

    private func sweep() {
        let now = now
        for exchange in calls.open.withLock({ $0.sweep(at: now) }) { exchange.finish(.abandoned) }
    }

    /// The head that is supposed, since the client shows none.
    private static func head(ofStreamThatBeginsWith data: Data) -> HTTPResponse {
        let first = data.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let type = first == UInt8(ascii: "{") ? "application/json" : "text/event-stream"
        return HTTPResponse(status: .ok, headerFields: [.contentType: type])
    }
}
