/// A body of one piece, and of what is done behind it.
///
/// Like every transport's it throws when its reader is cancelled.
struct MemoryBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let bytes: [UInt8]
    /// Returns at the end of a body that is whole.
    let end: @Sendable () async throws -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: MemoryBody
        private var isRead = false

        fileprivate init(_ body: MemoryBody) {
            self.body = body
            isRead = body.bytes.isEmpty
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            try Task.checkCancellation()
            guard isRead else {
                isRead = true
                return body.bytes[...]
            }
            try await body.end()
            return nil
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
