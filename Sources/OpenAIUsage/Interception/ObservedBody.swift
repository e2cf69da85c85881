/// A body whose pieces are passed to a closure while they are read.
struct ObservedBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let base: Body
    let receive: @Sendable (ArraySlice<UInt8>) -> Void

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), receive: receive)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Body.AsyncIterator
        let receive: @Sendable (ArraySlice<UInt8>) -> Void

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            let piece = try await base.next(isolation: actor)
            if let piece { receive(piece) }
            return piece
        }

        mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}
