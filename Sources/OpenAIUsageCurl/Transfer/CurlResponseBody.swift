import OpenAIUsage

/// A response's body, received from libcurl on demand.
struct CurlResponseBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let call: CurlCall

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lease: Lease(call)) }

    /// Ends the call when the iterator is released.
    fileprivate final class Lease: Sendable {
        let call: CurlCall

        init(_ call: CurlCall) { self.call = call }

        deinit { call.abandon() }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private let lease: Lease

        fileprivate init(lease: Lease) { self.lease = lease }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            try await lease.call.bytes(isolation: actor)?[...]
        }

        mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}

@available(*, unavailable)
extension CurlResponseBody.AsyncIterator: Sendable {}
