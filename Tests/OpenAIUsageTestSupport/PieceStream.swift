import Synchronization

/// A stream of pieces that may end in an error, and tells how far it was pulled and whether it was let go.
package final class PieceStream: AsyncSequence, Sendable {
    package typealias Element = ArraySlice<UInt8>
    package typealias Failure = any Error

    private let pieces: [[UInt8]]
    private let failure: (any Error)?
    private let state = Mutex((pulled: 0, iterations: 0, isReleased: false))

    package init(_ pieces: [String], failure: (any Error)? = nil) {
        self.pieces = pieces.map { Array($0.utf8) }
        self.failure = failure
    }

    package var pulled: Int { state.withLock { $0.pulled } }
    package var iterations: Int { state.withLock { $0.iterations } }
    package var isReleased: Bool { state.withLock { $0.isReleased } }

    private final class Handle: Sendable {
        let stream: PieceStream
        init(_ stream: PieceStream) { self.stream = stream }
        deinit { stream.state.withLock { $0.isReleased = true } }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let handle: Handle
        private var index = 0

        fileprivate init(_ stream: PieceStream) { handle = Handle(stream) }

        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> ArraySlice<UInt8>? {
            let stream = handle.stream
            guard index < stream.pieces.count else {
                if let failure = stream.failure { throw failure }
                return nil
            }
            defer { index += 1 }
            stream.state.withLock { $0.pulled += 1 }
            return stream.pieces[index][...]
        }

        package mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        state.withLock { $0.iterations += 1 }
        return AsyncIterator(self)
    }
}
