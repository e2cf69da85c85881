import NIOCore
import OpenAIUsage
import Testing

@testable import OpenAIUsageGateway

struct ResponseTransformerTests {
    private static let events = [("Content-Type", "text/event-stream; charset=utf-8")]

    @Test(arguments: [
        (events, 200, false), (events, 500, true), (events, 302, true),
        (events + [("Content-Encoding", "br")], 200, true),
        (events + [("Content-Encoding", "zstd")], 200, true), ([("Content-Type", "image/png")], 200, true),
    ])
    func whatIsNotToBeChangedPassesAsItIs(_ fields: [(String, String)], _ status: Int, _ strips: Bool) throws {
        var response = ResponseTransformer()
        response.begin(try Heads.response(fields, status: status), strips: strips)
        #expect(!response.isRewritten && !response.isInspecting)
        let body = ByteBuffer(string: #"data: {"choices":[],"usage":{"prompt_tokens":1}}"# + "\n\n")
        let passed = response.rewrite(body)
        #expect(passed == body)
        let rest = response.finish()
        #expect(rest == nil)
    }

    @Test(arguments: [
        ([("Content-Length", "3")], false, ResponseTransformer.Framing.asReceived),
        ([("Content-Length", "3")], true, .asReceived), ([("Transfer-Encoding", "chunked")], false, .asReceived),
        ([("Transfer-Encoding", "chunked")], true, .untilClose), ([], false, .chunked), ([], true, .untilClose),
    ])
    func theEndIsToldInAWayThatTheClientKnows(
        _ fields: [(String, String)],
        _ isHTTP10: Bool,
        _ framing: ResponseTransformer.Framing
    ) throws {
        var response = ResponseTransformer()
        response.begin(try Heads.response(fields), strips: false)
        response.decideFraming(isHTTP10: isHTTP10)
        #expect(response.framing == framing)
        var bodiless = ResponseTransformer()
        bodiless.begin(try Heads.response(fields, to: .head), strips: false)
        bodiless.decideFraming(isHTTP10: isHTTP10)
        #expect(bodiless.framing == .asReceived)
    }

    /// Everything that a stream's changed body comes to.
    private func rewritten(_ bytes: [UInt8], _ fields: [(String, String)], sizes: [Int]) throws -> [UInt8] {
        var response = ResponseTransformer()
        response.begin(try Heads.response(fields), strips: true)
        #expect(response.isInspecting)
        var output: [UInt8] = []
        var position = 0
        var turn = 0
        while position < bytes.count {
            let end = min(bytes.count, position + sizes[turn % sizes.count])
            let body = ByteBuffer(bytes: bytes[position..<end])
            if response.isInspecting {
                response.inspect(content: body)
                if let piece = response.takeOutput() { output += Array(buffer: piece) }
            } else if let piece = response.rewrite(body) {
                #expect(piece.readableBytes > 0)
                output += Array(buffer: piece)
            }
            position = end
            turn += 1
        }
        if response.isInspecting {
            response.finishInspection()
            if let piece = response.takeOutput() { output += Array(buffer: piece) }
        }
        // One fixture is empty, and passes as it is.
        #expect(bytes.isEmpty || (response.isRewritten && response.isEventStream))
        if let rest = response.finish() { output += Array(buffer: rest) }
        #expect(!response.isBroken)
        return output
    }

    @Test(arguments: [[1], [7, 1, 64], [100_000]])
    func whatTheGatewayAskedForIsTakenOut(_ sizes: [Int]) throws {
        for fixture in try Fixture.eventStreams {
            #expect(try rewritten(fixture.body, Self.events, sizes: sizes) == fixture.stripped, "\(fixture.name)")
        }
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP"], [[1], [100_000]])
    func anEncodedStreamIsDecodedToBeChanged(_ coding: String, _ sizes: [Int]) throws {
        let fixture = try Fixture("054-chat-stream-gzip.sse.gz")
        let plain = try fixture.inflated
        #expect(plain.count > 100)
        var stripper = UsageStripper()
        var expected: [UInt8] = []
        plain.withUnsafeBufferPointer { stripper.strip($0, into: &expected) }
        stripper.finish(into: &expected)
        let output = try rewritten(fixture.body, Self.events + [("Content-Encoding", coding)], sizes: sizes)
        #expect(output == expected)
    }
}
