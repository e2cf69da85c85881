/// A body whose pieces are made when they are pulled, and which tells how many bytes were.
package final class PulledBody: AsyncSequence, Sendable {
    package typealias Element = ArraySlice<UInt8>
    package typealias Failure = any Error

    private let length: Int
    private let piece: Int
    private let failure: (any Error)?
    private let state = Watched(0)

    /// Creates a body of the bytes of ``Pattern``, with an error at its end if there is one.
    package init(length: Int, inPiecesOf piece: Int = 64 * 1024, failure: (any Error)? = nil) {
        self.length = length
        self.piece = piece
        self.failure = failure
    }

    /// The bytes that were pulled.
    package var pulled: Int { state.value }

    package func wait(for what: String, until isMet: @escaping @Sendable (Int) -> Bool) async throws {
        try await state.wait(for: what, until: isMet)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let body: PulledBody
        private var offset = 0

        fileprivate init(body: PulledBody) { self.body = body }

        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> ArraySlice<UInt8>? {
            let count = Swift.min(body.piece, body.length - offset)
            if count == 0 {
                if let failure = body.failure { throw failure }
                return nil
            }
            defer { offset += count }
            body.state.update { $0 += count }
            return Pattern.bytes(count, from: offset)[...]
        }

        package mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}
