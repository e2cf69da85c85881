import NIOCore
import NIOHTTP1
import OpenAIUsage
import Testing

@testable import OpenAIUsageGateway

struct ResponseDownloadTests {
    private func response(_ fields: [(String, String)], status: Int = 200) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(fields))
    }

    private func request(_ method: HTTPMethod = .POST) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: method, uri: "/v1/chat/completions")
    }

    private static let events = [("Content-Type", "text/event-stream; charset=utf-8")]

    @Test func theLastBytesOfAKnownLengthAreRecognised() {
        var download = ResponseDownload()
        download.begin(response([("Content-Length", "10")]), request: request(), strips: false)
        let first = download.count(4)
        let second = download.count(5)
        let third = download.count(1)
        #expect([first, second, third] == [false, false, true])
    }

    @Test(arguments: [
        (HTTPMethod.HEAD, 200, [("Content-Length", "10")]), (.POST, 204, [("Content-Length", "10")]),
        (.GET, 304, [("Content-Length", "10")]), (.POST, 200, []), (.POST, 200, [("Content-Length", "ten")]),
    ])
    func withoutAKnownLengthNoBytesAreTheLast(_ method: HTTPMethod, _ status: Int, _ fields: [(String, String)]) {
        var download = ResponseDownload()
        download.begin(response(fields, status: status), request: request(method), strips: false)
        let isLast = download.count(10)
        #expect(!isLast)
    }

    @Test(arguments: [
        (Self.events, 200, false), (Self.events, 500, true), (Self.events, 302, true),
        (Self.events + [("Content-Encoding", "br")], 200, true),
        (Self.events + [("Content-Encoding", "zstd")], 200, true), ([("Content-Type", "image/png")], 200, true),
    ])
    func whatIsNotToBeChangedPassesAsItIs(_ fields: [(String, String)], _ status: Int, _ strips: Bool) throws {
        var download = ResponseDownload()
        download.begin(response(fields, status: status), request: request(), strips: strips)
        #expect(!download.isRewritten && !download.isInspecting)
        let body = ByteBuffer(string: #"data: {"choices":[],"usage":{"prompt_tokens":1}}"# + "\n\n")
        let passed = download.rewrite(body)
        #expect(passed == body)
        let rest = download.finish()
        #expect(rest == nil)
    }

    /// Everything that a stream's changed body comes to.
    private func rewritten(_ bytes: [UInt8], _ fields: [(String, String)], sizes: [Int]) -> [UInt8] {
        var download = ResponseDownload()
        download.begin(response(fields), request: request(), strips: true)
        #expect(download.isInspecting)
        var output: [UInt8] = []
        var position = 0
        var turn = 0
        while position < bytes.count {
            let end = min(bytes.count, position + sizes[turn % sizes.count])
            let body = ByteBuffer(bytes: bytes[position..<end])
            if download.isInspecting {
                download.inspect(body)
                if let piece = download.takeOutput() { output += Array(buffer: piece) }
            } else if let piece = download.rewrite(body) {
                #expect(piece.readableBytes > 0)
                output += Array(buffer: piece)
            }
            position = end
            turn += 1
        }
        if download.isInspecting {
            download.finishInspection()
            if let piece = download.takeOutput() { output += Array(buffer: piece) }
        }
        // One fixture is empty, and passes as it is.
        #expect(bytes.isEmpty || (download.isRewritten && download.isEventStream))
        if let rest = download.finish() { output += Array(buffer: rest) }
        #expect(!download.isBroken)
        return output
    }

    @Test(arguments: [[1], [7, 1, 64], [100_000]])
    func whatTheGatewayAskedForIsTakenOut(_ sizes: [Int]) throws {
        for fixture in try Fixture.eventStreams {
            #expect(
                rewritten(fixture.body, Self.events, sizes: sizes) == fixture.stripped,
                "\(fixture.name)"
            )
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
        let output = rewritten(fixture.body, Self.events + [("Content-Encoding", coding)], sizes: sizes)
        #expect(output == expected)
    }
}
