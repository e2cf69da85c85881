import AsyncHTTPClient
import NIOCore
import OpenAIUsage

/// A response's body in the element type of `Body`; it preserves backpressure.
struct ReceivedBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let base: HTTPClientResponse.Body

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: HTTPClientResponse.Body.AsyncIterator

        init(base: HTTPClientResponse.Body.AsyncIterator) { self.base = base }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            do {
                guard let buffer = try await base.next(isolation: actor) else {
                    // The producer of a cancelled body may end without an error.
                    try Task.checkCancellation()
                    return nil
                }
                return Array(buffer: buffer)[...]
            } catch {
                throw TransportError(error, isHeadReceived: true)
            }
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension ReceivedBody.AsyncIterator: Sendable {}
