import NIOCore
import OpenAIUsage

/// A request's body as a sequence of `ByteBuffer`s.
struct SentBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let base: Body

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Body.AsyncIterator

        init(base: Body.AsyncIterator) { self.base = base }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ByteBuffer? {
            try await base.next(isolation: actor).map { ByteBuffer(bytes: $0) }
        }

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension SentBody.AsyncIterator: Sendable {}
