import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

/// What goes on the wire, without a wire.
@Suite
struct BodyCursorTests {
    private enum Sent: Equatable {
        case bytes(String)
        case last(String)
        case pause, end, cut
    }

    private static func delivery(_ change: (inout Reply.Delivery) -> Void = { _ in }) -> Reply.Delivery {
        var delivery = Reply.Delivery()
        change(&delivery)
        return delivery
    }

    private static func events(_ texts: [String]) -> ReplyBody {
        .events(FrameList(texts.map { Frame(head: ByteBuffer(string: $0)) }, text: .empty))
    }

    private func steps(
        _ body: ReplyBody,
        _ framing: HeadEncoder.Framing,
        _ delivery: Reply.Delivery = Reply.Delivery()
    ) -> [Sent] {
        var cursor = BodyCursor(body, framing: framing, delivery: delivery)
        var sent: [Sent] = []
        while sent.count < 1000 {
            switch cursor.next() {
            case .send(let buffer, let isLast):
                let text = String(buffer: buffer)
                sent.append(isLast ? .last(text) : .bytes(text))
                if isLast { return sent }
            case .pause:
                sent.append(.pause)
            case .end:
                return sent + [.end]
            case .cut:
                return sent + [.cut]
            }
        }
        return sent
    }

    @Test
    func aPlainBody() {
        #expect(steps(.bytes(ByteBuffer(string: "hello")), .length(5)) == [.last("hello")])
        #expect(steps(.bytes(ByteBuffer()), .length(0)) == [.last("")])
        #expect(steps(.none, .length(0)) == [.end])
    }

    @Test
    func aSplitPlainBody() {
        let delivery = BodyCursorTests.delivery { $0.split = 2 }
        let sent = steps(.bytes(ByteBuffer(string: "hello")), .length(5), delivery)
        #expect(sent == [.bytes("he"), .bytes("ll"), .last("o")])
    }

    @Test
    func aSlowPlainBody() {
        let delivery = BodyCursorTests.delivery {
            $0.split = 3
            $0.chunkDelayMilliseconds = 1
        }
        let sent = steps(.bytes(ByteBuffer(string: "hello")), .length(5), delivery)
        #expect(sent == [.bytes("hel"), .pause, .last("lo")])
    }

    @Test(arguments: [(0, []), (1, ["h"]), (4, ["hell"])])
    func aCutPlainBody(count: Int, texts: [String]) {
        for isChunks in [true, false] {
            let delivery = BodyCursorTests.delivery {
                if isChunks { $0.cutAfterChunks = count } else { $0.cutAfterBytes = count }
            }
            let sent = steps(.bytes(ByteBuffer(string: "hello")), .length(5), delivery)
            #expect(sent == texts.map { .bytes($0) } + [.cut])
        }
    }

    @Test(arguments: [5, 6])
    func aCutBehindTheEnd(count: Int) {
        let delivery = BodyCursorTests.delivery { $0.cutAfterBytes = count }
        #expect(steps(.bytes(ByteBuffer(string: "hello")), .length(5), delivery) == [.last("hello")])
    }

    @Test
    func eventsAreChunks() {
        let sent = steps(BodyCursorTests.events(["abc", "0123456789abcdef"]), .chunked)
        #expect(sent == [.bytes("3\r\nabc\r\n"), .bytes("10\r\n0123456789abcdef\r\n"), .last("0\r\n\r\n")])
    }

    @Test
    func noEvents() {
        #expect(steps(BodyCursorTests.events([]), .chunked) == [.last("0\r\n\r\n")])
        #expect(steps(BodyCursorTests.events([]), .close) == [.end])
    }

    @Test
    func eventsUntilTheConnectionEnds() {
        #expect(steps(BodyCursorTests.events(["ab", "c"]), .close) == [.bytes("ab"), .bytes("c"), .end])
    }

    @Test
    func splitEvents() {
        let delivery = BodyCursorTests.delivery { $0.split = 2 }
        let sent = steps(BodyCursorTests.events(["abc", "d"]), .chunked, delivery)
        #expect(
            sent == [.bytes("2\r\nab\r\n"), .bytes("1\r\nc\r\n"), .bytes("1\r\nd\r\n"), .last("0\r\n\r\n")]
        )
    }

    @Test
    func slowEvents() {
        let delivery = BodyCursorTests.delivery {
            $0.split = 2
            $0.chunkDelayMilliseconds = 5
        }
        let sent = steps(BodyCursorTests.events(["abc", "d"]), .chunked, delivery)
        #expect(
            sent == [.bytes("2\r\nab\r\n"), .bytes("1\r\nc\r\n"), .pause, .bytes("1\r\nd\r\n"), .last("0\r\n\r\n")]
        )
    }

    @Test
    func cutEvents() {
        let events = ["abc", "defg"]
        let afterOne = BodyCursorTests.delivery { $0.cutAfterChunks = 1 }
        #expect(steps(BodyCursorTests.events(events), .chunked, afterOne) == [.bytes("3\r\nabc\r\n"), .cut])
        let afterAll = BodyCursorTests.delivery { $0.cutAfterChunks = 2 }
        #expect(
            steps(BodyCursorTests.events(events), .chunked, afterAll)
                == [.bytes("3\r\nabc\r\n"), .bytes("4\r\ndefg\r\n"), .cut]
        )
        // The chunk promises more than comes.
        let inside = BodyCursorTests.delivery { $0.cutAfterBytes = 5 }
        #expect(
            steps(BodyCursorTests.events(events), .chunked, inside)
                == [.bytes("3\r\nabc\r\n"), .bytes("4\r\nde"), .cut]
        )
    }

    @Test
    func framesAroundText() {
        let text = AnswerText(hash: StableHash(seed: 3), byteCount: 200_000, pieces: 1)
        let frame = Frame(head: ByteBuffer(string: "<<"), text: 10..<180_000, tail: ByteBuffer(string: ">>"))
        var expected = ByteBuffer(string: "<<")
        text.write(10..<180_000, to: &expected)
        expected.writeString(">>")
        for split in [nil, 1000, 65_537] {
            let delivery = BodyCursorTests.delivery { $0.split = split }
            let body = ReplyBody.parts(FrameList([frame], text: text), length: frame.byteCount)
            var cursor = BodyCursor(body, framing: .length(frame.byteCount), delivery: delivery)
            var sent = ByteBuffer()
            var isFinished = false
            while !isFinished {
                guard case .send(let buffer, let isLast) = cursor.next() else { break }
                #expect(buffer.readableBytes <= (split ?? 65_536))
                sent.writeImmutableBuffer(buffer)
                isFinished = isLast
            }
            #expect(sent == expected)
            #expect(cursor.sentBytes == frame.byteCount)
        }
    }

    @Test
    func randomDeliveriesSendTheSameBytes() {
        let seed: UInt64 = 77
        var random = SplitMix64(seed: seed)
        for round in 0..<300 {
            let texts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                String(repeating: "x", count: Int.random(in: 1...40, using: &random))
            }
            let delivery = BodyCursorTests.delivery {
                $0.split = Bool.random(using: &random) ? Int.random(in: 1...50, using: &random) : nil
                $0.chunkDelayMilliseconds = Int.random(in: 0...1, using: &random)
            }
            let sent = steps(BodyCursorTests.events(texts), .close, delivery)
            let text = sent.map { if case .bytes(let text) = $0 { text } else { "" } }.joined()
            #expect(text == texts.joined(), "seed \(seed), round \(round)")
            #expect(sent.last == .end, "seed \(seed), round \(round)")
            let pauses = sent.count { $0 == .pause }
            #expect(pauses == (delivery.chunkDelayMilliseconds > 0 ? texts.count - 1 : 0))
        }
    }
}
