import AsyncHTTPClient
import NIOCore
import OpenAIUsage

/// A request's body that passes its pieces to an exchange while it is sent.
struct ObservedBuffers: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let base: HTTPClientRequest.Body
    let exchange: Exchange

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator(), exchange: exchange) }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: HTTPClientRequest.Body.AsyncIterator
        private let exchange: Exchange

        init(base: HTTPClientRequest.Body.AsyncIterator, exchange: Exchange) {
            self.base = base
            self.exchange = exchange
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ByteBuffer? {
            let buffer = try await base.next(isolation: actor)
            if let buffer { exchange.receive(requestBody: buffer.readableBytesSpan) }
            return buffer
        }

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension ObservedBuffers.AsyncIterator: Sendable {}
