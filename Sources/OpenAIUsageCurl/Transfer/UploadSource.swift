import OpenAIUsage

/// The pieces of a request's body, pulled by whoever reads the response.
///
/// SAFETY: a call pulls one piece at a time, from one task that waits for it before it goes on; the response carries the
/// call from the task that sends to the one that reads.
final class UploadSource: @unchecked Sendable {
    private var iterator: Body.AsyncIterator

    init(_ body: Body) { iterator = body.makeAsyncIterator() }

    func next() async throws -> ArraySlice<UInt8>? { try await iterator.next() }
}
