import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The receiver of a task's events, which are delivered in order and one at a time.
protocol TaskObserver: AnyObject, Sendable {
    /// True if redirects are followed, so that the final response is delivered.
    var followsRedirects: Bool { get }

    /// Called with the response's head.
    func receive(_ response: URLResponse)
    /// Called with a piece of the response's body, decoded.
    func receive(_ data: Data, of task: URLSessionTask)
    /// Called at the end, with the response in case it was not delivered before.
    func complete(_ error: (any Error)?, _ response: URLResponse?)
    /// Returns the request's body from its beginning, for a repeated request; `nil` if it was not sent as a stream.
    func repeatedBody() -> InputStream?
}

extension TaskObserver {
    func repeatedBody() -> InputStream? { nil }
}
