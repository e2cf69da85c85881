import Dispatch
import Foundation
import HTTPTypes
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A call of a metered session, made over an inner session.
///
/// The response is forwarded piece by piece. On Linux, it is collected first if the task has a completion handler.
///
/// SAFETY: one of the two locks protects all mutable state. The outer lock is recursive, since the client that is called
/// under it may come back. On Linux, the client may be called only on the queue of its session, where the inner session's
/// events are delivered too.
final class InterposedCall: TaskObserver, @unchecked Sendable {
    private struct Inner {
        var task: URLSessionTask?
        var isStopped = false
        var isComplete = false
    }

    /// Creates the inner tasks, since a session's queue must not wait for another session's queue.
    private static let starter = DispatchQueue(label: "oai-usage.interposed")

    let followsRedirects = true
    private let exchange: Exchange
    private let request: URLRequest
    private let hasStream: Bool
    private let driver: SessionDriver
    private let inner = Mutex(Inner())
    private let outer = NSRecursiveLock()
    private var urlProtocol: URLProtocol?
    private var isStreaming = false
    private var collected = Data()
    private var isHeadReceived = false

    init(_ urlProtocol: URLProtocol, _ entry: MeteredConfigurations.Entry) {
        self.urlProtocol = urlProtocol
        driver = entry.driver
        var request = urlProtocol.request
        exchange = entry.meter.exchange(for: HTTPRequest(request, adding: entry.additions.fields))
        request.setValue(nil, forHTTPHeaderField: AdditionalHeaders.tags)
        if let body = request.httpBody {
            exchange.receive(requestBody: body.bytes)
        } else if let stream = request.httpBodyStream {
            // The stream is read while it is sent, where and when URLSession would read it.
            request.httpBodyStream = stream.observed(by: exchange)
        }
        hasStream = request.httpBody == nil && request.httpBodyStream != nil
        self.request = request
    }

    // MARK: - The outer session

    func start() {
        Self.starter.async { [self] in
            do throws(TransportError) {
                let task = try driver.start(request, .none, observer: self)
                let (isStopped, isComplete) = inner.withLock { inner in
                    inner.task = inner.isComplete ? nil : task
                    return (inner.isStopped, inner.isComplete)
                }
                // A task may end before its start has returned.
                if isComplete { driver.forget(task) } else if isStopped { task.cancel() }
            } catch {
                // A task of a session expects a URLError.
                exchange.finish(.unreachable)
                let told = URLError(.resourceUnavailable, userInfo: [NSLocalizedDescriptionKey: error.message])
                driver.onQueue { [self] in complete(told, nil) }
            }
        }
    }

    /// Ends the call, records it as abandoned and forwards nothing more.
    func stop() {
        outer.withLock { urlProtocol = nil }
        exchange.finish(.abandoned)
        let task = inner.withLock { inner in
            inner.isStopped = true
            return inner.task
        }
        Self.starter.async { task?.cancel() }
    }

    // MARK: - The inner session

    func receive(_ response: URLResponse) {
        let head = HTTPResponse(response)
        exchange.receive(head: head)
        outer.withLock {
            isHeadReceived = true
            guard let urlProtocol else { return }
            #if canImport(FoundationNetworking)
            isStreaming = urlProtocol.task.map { TaskObservers(of: $0) == .delegate } ?? false
            #else
            isStreaming = true
            #endif
            urlProtocol.client?.urlProtocol(urlProtocol, didReceive: response, cacheStoragePolicy: .notAllowed)
        }
    }

    func receive(_ data: Data, of task: URLSessionTask) {
        outer.withLock {
            guard let urlProtocol else { return }
            exchange.receive(body: data.bytes)
            if isStreaming {
                urlProtocol.client?.urlProtocol(urlProtocol, didLoad: data)
            } else {
                collected.append(data)
            }
        }
    }

    func complete(_ error: (any Error)?, _ response: URLResponse?) {
        let task = inner.withLock { inner in
            inner.isComplete = true
            return inner.task.take()
        }
        if let task { driver.forget(task) }
        outer.withLock {
            guard let urlProtocol else { return }
            self.urlProtocol = nil
            if let error { fail(urlProtocol, error) } else { finish(urlProtocol, response) }
        }
    }

    /// Returns a failing stream if the body can be read only once, since Foundation would repeat the request without it.
    func repeatedBody() -> InputStream? { hasStream ? .broken : nil }

    private func fail(_ urlProtocol: URLProtocol, _ error: any Error) {
        exchange.finish(
            TransportEnd(TransportError(error, isHeadReceived: isHeadReceived), isHeadReceived: isHeadReceived)
        )
        urlProtocol.client?.urlProtocol(urlProtocol, didFailWithError: error)
    }

    private func finish(_ urlProtocol: URLProtocol, _ response: URLResponse?) {
        if !isHeadReceived, let response {
            exchange.receive(head: HTTPResponse(response))
            urlProtocol.client?.urlProtocol(urlProtocol, didReceive: response, cacheStoragePolicy: .notAllowed)
        }
        exchange.finish(.completed)
        if !collected.isEmpty { urlProtocol.client?.urlProtocol(urlProtocol, didLoad: collected) }
        urlProtocol.client?.urlProtocolDidFinishLoading(urlProtocol)
    }
}
