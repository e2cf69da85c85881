import OpenAIUsage
import OpenAIUsageTestSupport

extension Sample {
    /// A stream before each of whose pieces half a second passes.
    struct Ticking: AsyncSequence, Sendable {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        let clock: ManualClock
        let pieces: [String]

        struct AsyncIterator: AsyncIteratorProtocol {
            let clock: ManualClock
            var pieces: ArraySlice<String>

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                clock.advance(microseconds: 500_000)
                return pieces.popFirst().map { Array($0.utf8)[...] }
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(clock: clock, pieces: pieces[...]) }
    }
}
