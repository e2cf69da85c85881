import Foundation
import OpenAIUsage

/// A response's body, received from a session.
struct SessionBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let call: SessionCall
    /// The exchange that observes the body; `nil` if there is none.
    var exchange: Exchange?
    /// Converts an error for the reader.
    let translate: @Sendable (any Error) -> any Error

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self, lease: Lease(call, exchange)) }

    /// Ends the call when the iterator is released.
    fileprivate final class Lease: Sendable {
        private let call: SessionCall
        private let exchange: Exchange?

        init(_ call: SessionCall, _ exchange: Exchange?) {
            self.call = call
            self.exchange = exchange
        }

        deinit {
            exchange?.finish(.abandoned)
            call.abandon()
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private let body: SessionBody
        private let lease: Lease

        fileprivate init(body: SessionBody, lease: Lease) {
            self.body = body
            self.lease = lease
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            do {
                guard let data = try await body.call.bytes(isolation: actor) else {
                    body.exchange?.finish(.completed)
                    return nil
                }
                body.exchange?.receive(body: data.bytes)
                return Array(data)[...]
            } catch {
                body.exchange?.finish(TransportEnd(TransportError(error, isHeadReceived: true), isHeadReceived: true))
                throw body.translate(error)
            }
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension SessionBody.AsyncIterator: Sendable {}
