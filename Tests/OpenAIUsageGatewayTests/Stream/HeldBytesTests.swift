import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// What is held of a body takes the memory that it is counted with, however small its pieces are.
struct HeldBytesTests {
    private func bytes(_ held: [ByteBuffer]) -> [UInt8] { held.flatMap { Array($0.readableBytesView) } }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func piecesComeOutAsTheyCameIn(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var held = HeldBytes()
        var other = HeldBytes()
        var expected: [UInt8] = []
        // Whoever else has a piece keeps it as it was.
        var pieces: [(ByteBuffer, [UInt8])] = []
        let whole = ByteBuffer(bytes: Pattern.bytes(60_000))
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let limit = [3, 100, 4_100, 9_000].randomElement(using: &random) ?? 1
            let length = Int.random(in: 0...limit, using: &random)
            let start = Int.random(in: 0...(60_000 - length), using: &random)
            guard let piece = whole.getSlice(at: start, length: length) else { continue }
            pieces.append((piece, Array(piece.readableBytesView)))
            if Bool.random(using: &random) {
                held.append(piece)
            } else {
                other = HeldBytes()
                other.append(piece)
                other.append(piece)
                held.append(other)
                expected += pieces[pieces.count - 1].1
            }
            expected += pieces[pieces.count - 1].1
        }
        #expect(held.count == expected.count && held.isEmpty == expected.isEmpty)
        #expect(pieces.allSatisfy { Array($0.0.readableBytesView) == $0.1 })
        #expect(held.buffers.allSatisfy { $0.readableBytes > 0 })
        let buffers = held.take().buffers
        #expect(bytes(buffers) == expected && held.isEmpty && held.count == 0)
    }

    @Test func aBodyThatComesAByteAtATimeIsHeldInFewBuffers() {
        var held = HeldBytes()
        for byte in Pattern.bytes(64 << 10) { held.append(ByteBuffer(bytes: [byte])) }
        #expect(held.buffers.count <= 17 && held.buffers.reduce(0) { $0 + $1.capacity } <= 160 << 10)
        #expect(bytes(held.buffers) == Pattern.bytes(64 << 10))
    }

    /// The same for a whole request: collected, waiting for a connection, and sent but held to be sent once more.
    @Test(arguments: ["/v1/chat/completions", "/v1/embeddings"], [true, false])
    func aRequestThatComesAByteAtATime(_ path: String, _ isTakenAtOnce: Bool) throws {
        let body = #"{"model":"m","stream":true,"input":""# + String(repeating: "x", count: 20_000) + #""}"#
        let head = try Heads.request(
            [("Content-Type", "application/json"), ("Content-Length", "\(body.utf8.count)")],
            method: "POST",
            path: path
        )
        var transformer = RequestTransformer(
            request: head,
            path: path,
            endpoint: Endpoint(method: "POST", path: path),
            includesUsage: true,
            requests: UsageRequests(upstream: "api.openai.com", bound: 1 << 20, clock: ManualClock())
        )
        for byte in body.utf8 {
            transformer.receive(content: ByteBuffer(bytes: [byte]))
            transformer.receive(ByteBuffer(bytes: [byte]))
            if isTakenAtOnce { _ = transformer.take() }
        }
        transformer.end(trailers: nil)
        if isTakenAtOnce { _ = transformer.take() }
        let isHeld = transformer.rewind()
        #expect(isHeld)
        let taken = transformer.take()
        #expect(taken.count < 20)
        #expect(taken.reduce(0) { $0 + $1.readableBytes } >= body.utf8.count)
    }
}
