import AsyncHTTPClient
import NIOCore
import OpenAIUsage

/// A response's body that is metered while it is read; it preserves backpressure and returns the client's buffers unchanged.
struct MeteredBuffers: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let base: HTTPClientResponse.Body
    let exchange: Exchange

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), lease: ExchangeBodyObserver(exchange))
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: HTTPClientResponse.Body.AsyncIterator
        private let lease: ExchangeBodyObserver

        init(base: HTTPClientResponse.Body.AsyncIterator, lease: ExchangeBodyObserver) {
            self.base = base
            self.lease = lease
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ByteBuffer? {
            do {
                guard let buffer = try await base.next(isolation: actor) else {
                    lease.exchange.finish(Task.isCancelled ? .abandoned : .completed)
                    return nil
                }
                lease.exchange.receive(body: buffer.readableBytesSpan)
                return buffer
            } catch {
                lease.exchange.finish(TransportEnd(TransportError(error, isHeadReceived: true), isHeadReceived: true))
                throw error
            }
        }

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension MeteredBuffers.AsyncIterator: Sendable {}
