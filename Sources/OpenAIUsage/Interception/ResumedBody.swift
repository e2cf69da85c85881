/// A body whose beginning was read already: the pieces of it, and then the rest.
struct ResumedBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    /// The rest of the body, for the one iteration that continues it.
    ///
    /// SAFETY: ``Body`` allows one iteration, and only that one takes the iterator out.
    private final class Rest: @unchecked Sendable {
        private var iterator: Body.AsyncIterator?

        init(_ iterator: Body.AsyncIterator?) { self.iterator = iterator }

        func take() -> Body.AsyncIterator? {
            defer { iterator = nil }
            return iterator
        }
    }

    private let pieces: [ArraySlice<UInt8>]
    private let rest: Rest

    /// - Parameters:
    ///   - pieces: The pieces that were read.
    ///   - rest: The iterator that they were read from; `nil` if it has ended.
    init(_ pieces: [ArraySlice<UInt8>], rest: Body.AsyncIterator?) {
        self.pieces = pieces
        self.rest = Rest(rest)
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces[...], rest: rest.take()) }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var pieces: ArraySlice<ArraySlice<UInt8>>
        private var rest: Body.AsyncIterator?

        fileprivate init(pieces: ArraySlice<ArraySlice<UInt8>>, rest: Body.AsyncIterator?) {
            self.pieces = pieces
            self.rest = rest
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            if let piece = pieces.popFirst() { return piece }
            return try await rest?.next(isolation: actor)
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }
}

@available(*, unavailable)
extension ResumedBody.AsyncIterator: Sendable {}
