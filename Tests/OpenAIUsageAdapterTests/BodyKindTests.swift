import AsyncHTTPClient
import NIOCore
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageAsyncHTTPClient

/// What is read by reflection from AsyncHTTPClient's bodies, which has no public name there.
///
/// If this fails, AsyncHTTPClient has changed: requests are sent unseen, and their rows lack all that the body tells.
struct BodyKindTests {
    private enum Kind: Equatable {
        case bytes
        case stream(Int64?)
        case unknown
    }

    private func kind(_ body: HTTPClientRequest.Body) -> Kind {
        switch BodyKind(of: body) {
        case .bytes: return .bytes
        case .stream(let length):
            // The client does not compare lengths; its own of the same count has the same description.
            func isLike(_ other: HTTPClientRequest.Body.Length) -> Bool { "\(length)" == "\(other)" }
            if isLike(.unknown) { return .stream(nil) }
            for count in [0, 5, Int64.max] where isLike(.known(count)) { return .stream(count) }
            return .unknown
        case .unknown: return .unknown
        }
    }

    @Test
    func `Every kind of body is known, and its length`() {
        let failure: Comment = "AsyncHTTPClient keeps its bodies otherwise: mend BodyKind."
        let pieces = AsyncStream<ByteBuffer> { $0.finish() }
        let repeated = repeatElement(UInt8(0), count: 5)
        #expect(kind(.bytes(ByteBuffer(string: "hello"))) == .bytes, failure)
        #expect(kind(.bytes(Array("hello".utf8))) == .bytes, failure)
        #expect(kind(.bytes(repeated, length: .known(Int64(5)))) == .bytes, failure)
        #expect(kind(.bytes(repeated, length: .unknown)) == .bytes, failure)
        #expect(kind(.stream(pieces, length: .known(Int64(0)))) == .stream(0), failure)
        #expect(kind(.stream(pieces, length: .known(Int64(5)))) == .stream(5), failure)
        #expect(kind(.stream(pieces, length: .known(Int64.max))) == .stream(.max), failure)
        #expect(kind(.stream(pieces, length: .unknown)) == .stream(nil), failure)
        #expect(kind(.stream(PieceBytes(), length: .known(Int64(5)))) == .stream(5), failure)
    }

    /// A sequence of single bytes.
    private struct PieceBytes: AsyncSequence, Sendable {
        typealias Element = UInt8

        struct AsyncIterator: AsyncIteratorProtocol {
            mutating func next() async -> UInt8? { nil }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
    }
}
