import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// The frames of WebSockets, however they are cut.
struct WebSocketFrameReaderTests {
    struct Reading: Equatable {
        /// Whole text messages.
        var messages: [[UInt8]] = []
        /// The text of a message that is not whole.
        var open: [UInt8]?
        var close: [UInt8] = []
        var closeCode: Int?
        var isClosed = false
        var error: String?
        var count = 0
    }

    private func read(
        _ bytes: [UInt8],
        from sender: WebSocketFrameReader.Sender = .server,
        cuts: [Int] = []
    ) -> Reading {
        var reader = WebSocketFrameReader(from: sender)
        var reading = Reading()
        var start = 0
        for cut in cuts + [bytes.count] where cut > start {
            let piece = Array(bytes[start..<cut])
            var index = 0
            piece.withUnsafeBytes { buffer in
                loop: while true {
                    let before = index
                    switch reader.next(buffer, from: &index) {
                    case .text(let range, let isFirst, let isLast):
                        #expect(isFirst == (reading.open == nil))
                        let text = (reading.open ?? []) + buffer[range]
                        reading.open = isLast ? nil : text
                        if isLast { reading.messages.append(text) }
                        #expect(range.upperBound == index)
                    case .other(let range):
                        #expect(range == before..<index && !range.isEmpty)
                    case .close(let range, _):
                        reading.close += buffer[range]
                    case .needsMore:
                        #expect(index == buffer.count)
                        break loop
                    case .failed(let error):
                        #expect(error.code == "bad_websocket_frame")
                        reading.error = error.message
                        break loop
                    }
                }
            }
            reading.count += reading.error == nil ? index : 0
            if reading.error != nil { break }
            start = cut
        }
        reading.closeCode = reader.closeCode
        reading.isClosed = reader.isClosed
        if reading.error != nil { reading.count = 0 }
        return reading
    }

    private func everywhere(
        _ bytes: [UInt8],
        from sender: WebSocketFrameReader.Sender = .server
    ) -> Reading {
        let whole = read(bytes, from: sender)
        for cut in 1..<max(2, min(bytes.count, 400)) {
            #expect(read(bytes, from: sender, cuts: [cut]) == whole, "cut at \(cut)")
        }
        if bytes.count < 2_000 { #expect(read(bytes, from: sender, cuts: Array(0..<bytes.count)) == whole) }
        return whole
    }

    static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8]? = nil, extended: Int? = nil) -> [UInt8] {
        var bytes = [first]
        let flag: UInt8 = mask == nil ? 0 : 0x80
        let count = payload.count
        switch extended ?? (count < 126 ? 0 : count < 65_536 ? 2 : 8) {
        case 0: bytes.append(flag | UInt8(count))
        case 2: bytes += [flag | 126, UInt8(count >> 8), UInt8(count & 255)]
        default: bytes += [flag | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func textMessagesAreRead() {
        let bytes = Self.frame(0x81, text("one")) + Self.frame(0x82, [0, 1, 2]) + Self.frame(0x81, text("two"))
        #expect(everywhere(bytes) == Reading(messages: [text("one"), text("two")], count: bytes.count))
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
    func lengthsOfAllSizes(_ count: Int) {
        let payload = [UInt8](repeating: 0x78, count: count)
        let bytes = Self.frame(0x81, payload) + Self.frame(0x81, text("next"))
        #expect(everywhere(bytes) == Reading(messages: [payload, text("next")], count: bytes.count))
    }

    @Test func aFragmentedMessageIsOne() {
        let bytes =
            Self.frame(0x01, text("one ")) + Self.frame(0x00, []) + Self.frame(0x00, text("two "))
            + Self.frame(0x80, text("three"))
        #expect(everywhere(bytes) == Reading(messages: [text("one two three")], count: bytes.count))
        let empty = Self.frame(0x01, []) + Self.frame(0x00, []) + Self.frame(0x80, [])
        #expect(everywhere(empty) == Reading(messages: [[]], count: empty.count))
        let late = Self.frame(0x01, []) + Self.frame(0x80, text("late"))
        #expect(everywhere(late) == Reading(messages: [text("late")], count: late.count))
    }

    @Test func controlFramesStandBetweenFragments() {
        let bytes =
            Self.frame(0x01, text("one")) + Self.frame(0x89, text("ping")) + Self.frame(0x8a, [])
            + Self.frame(0x80, text("two")) + Self.frame(0x88, [0x03, 0xe8] + text("bye"))
        #expect(
            everywhere(bytes)
                == Reading(
                    messages: [text("onetwo")],
                    close: [0x03, 0xe8] + text("bye"),
                    closeCode: 1_000,
                    isClosed: true,
                    count: bytes.count
                )
        )
    }

    @Test func aFragmentedBinaryMessageIsNoText() {
        let bytes = Self.frame(0x02, text("a")) + Self.frame(0x80, text("b")) + Self.frame(0x81, text("c"))
        #expect(everywhere(bytes) == Reading(messages: [text("c")], count: bytes.count))
    }

    @Test func closeMayBeEmptyAndWithinAMessage() {
        let bytes = Self.frame(0x01, text("on")) + Self.frame(0x88, []) + text("more")
        #expect(everywhere(bytes) == Reading(open: text("on"), isClosed: true, count: bytes.count))
    }

    @Test func aClientsCloseIsFound() {
        let mask: [UInt8] = [1, 2, 3, 250]
        let bytes =
            Self.frame(0x81, text("secret"), mask: mask) + Self.frame(0x89, [], mask: mask)
            + Self.frame(0x82, [UInt8](repeating: 7, count: 300), mask: mask)
            + Self.frame(0x88, [0x03, 0xe9], mask: [0xff, 0xee, 0xdd, 0xcc])
        let reading = everywhere(bytes, from: .client)
        #expect(reading.messages.isEmpty)
        #expect(reading.closeCode == 1_001)
        #expect(reading.isClosed)
        #expect(reading.count == bytes.count)
    }

    @Test(
        arguments: [
            ("a reserved bit", [0xc1, 0x00]), ("another reserved bit", [0xa1, 0x00]),
            ("the third reserved bit", [0x91, 0x00]),
            ("opcode 3", [0x83, 0x00]), ("opcode 7", [0x87, 0x00]), ("opcode 11", [0x8b, 0x00]),
            ("opcode 15", [0x8f, 0x00]),
            ("a masked frame", [0x81, 0x80]), ("a fragmented ping", [0x09, 0x00]),
            ("a fragmented close", [0x08, 0x00]),
            ("a long ping", [0x89, 126, 0, 126]), ("a longer ping", [0x89, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            ("a continuation of nothing", [0x80, 0x00]), ("a message within another", [0x01, 0x00, 0x81, 0x00]),
            ("a length beyond 63 bits", [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("a length in too many bytes", [0x81, 126, 0, 125]),
            ("a length in far too many bytes", [0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff]),
            ("half a status", [0x88, 0x01, 0x03]),
        ] as [(String, [UInt8])]
    )
    func malformedFramesAreRefused(_ name: String, _ bytes: [UInt8]) {
        #expect(everywhere(bytes + [0]).error != nil)
        let before = Self.frame(0x81, text("fine"))
        #expect(everywhere(before + bytes + [0]).messages == [text("fine")])
    }

    @Test func aClientsFramesMustBeMasked() {
        #expect(everywhere(Self.frame(0x81, text("x")), from: .client).error != nil)
    }

    @Test func theLargestLengthIsRead() {
        let bytes: [UInt8] = [0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255] + text("abc")
        #expect(everywhere(bytes) == Reading(open: text("abc"), count: bytes.count))
    }

    @Test func aReaderKnowsWhereAConnectionMayEnd() {
        var reader = WebSocketFrameReader()
        #expect(reader.isBetweenFrames)
        let bytes = Self.frame(0x01, text("a")) + Self.frame(0x80, text("b"))
        for (index, byte) in bytes.enumerated() {
            var start = 0
            [byte].withUnsafeBytes { while reader.next($0, from: &start) != .needsMore {} }
            #expect(reader.isBetweenFrames == (index == bytes.count - 1))
        }
    }

    /// Streams of frames made at random are read back, cut at random.
    @Test(arguments: 0..<16)
    func randomFramesAreReadBack(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            var expected = Reading()
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let isText = Bool.random(using: &random)
                let pieces = Int.random(in: 1...4, using: &random)
                var message: [UInt8] = []
                for piece in 0..<pieces {
                    let sizes = [0, 1, 5, 125, 126, 200]
                    let count = sizes.randomElement(using: &random) ?? 0
                    let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    message += payload
                    let opcode: UInt8 = piece > 0 ? 0 : isText ? 1 : 2
                    bytes += Self.frame(opcode | (piece == pieces - 1 ? 0x80 : 0), payload)
                    if Bool.random(using: &random) { bytes += Self.frame(0x89, [1, 2]) }
                }
                if isText { expected.messages.append(message) }
            }
            expected.count = bytes.count
            let cuts = Set((0..<8).map { _ in Int.random(in: 0...bytes.count, using: &random) }).sorted()
            #expect(read(bytes, cuts: cuts) == expected, "seed \(seed)")
        }
    }
}
