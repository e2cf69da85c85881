import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What is told the events of one task, in their order and one at a time.
protocol TaskObserver: AnyObject, Sendable {
    /// Whether the response that a redirect leads to is the one that is wanted.
    var followsRedirects: Bool { get }

    /// Takes the response's head.
    func receive(_ response: URLResponse)
    /// Takes a piece of the response's body, decoded.
    func receive(_ data: Data, of task: URLSessionTask)
    /// Takes the end, and the response in case it was not told before.
    func complete(_ error: (any Error)?, _ response: URLResponse?)
    /// The request's body once more, from its beginning; `nil` if it was not sent as a stream.
    func repeatedBody() -> InputStream?
}

extension TaskObserver {
    func repeatedBody() -> InputStream? { nil }
}
