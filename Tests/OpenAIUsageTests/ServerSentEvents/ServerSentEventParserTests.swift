import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

/// Streams of section 9.2 of the HTML standard, in any pieces.
struct ServerSentEventParserTests {
    typealias Event = EventStreamReading.Event

    @Test(arguments: ServerSentEventCases.all)
    func `A stream gives its events wherever it is cut`(test: ServerSentEventCases.Case) {
        let bytes = Array(test.stream.utf8)
        let whole = EventStreamReading(parsing: bytes)
        #expect(whole.events == test.events)
        #expect(EventStreamReading(splitting: bytes).events == test.events, "the plain reader")
        #expect(EventStreamReading(parsing: bytes, cuts: Array(0..<bytes.count)) == whole)
        for cut in 1..<max(2, min(bytes.count, 200)) {
            #expect(EventStreamReading(parsing: bytes, cuts: [cut]) == whole, "cut at \(cut)")
            #expect(EventStreamReading(parsing: bytes, cuts: [cut, cut + 1]) == whole, "cut at \(cut) and behind")
        }
    }

    static let partialMarks: [(bytes: [UInt8], data: [String])] = [
        ([0xef] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
        ([0xef, 0xbb] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
        ([0xef, 0xbb, 0xbe] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
        ([0xef, 0xef, 0xbb, 0xbf] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
        ([0xef, 0x0a] + Array("data: 1\n\n".utf8), ["1"]),
        ([0xef, 0xbb, 0x0d, 0x0a] + Array("data: 1\n\n".utf8), ["1"]),
        ([0xef, 0xbb, 0x3a, 0x0a] + Array("data: 1\n\n".utf8), ["1"]),
        ([0xbb, 0xbf] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
        ([0xfe, 0xff] + Array("data: 1\n\ndata: 2\n\n".utf8), ["2"]),
    ]

    // Bytes that are no UTF-8 are handed on as they are.
    static let foreignBytes: [(bytes: [UInt8], data: [UInt8])] = [
        ([0xff], [0xff]), ([0xe2, 0x82], [0xe2, 0x82]), ([0xc0, 0x8a], [0xc0, 0x8a]),
        ([0xed, 0xa0, 0x8d], [0xed, 0xa0, 0x8d]),
        ([0x8a, 0x8d], [0x8a, 0x8d]), ([0xef, 0xbb, 0xbf], [0xef, 0xbb, 0xbf]),
    ]

    @Test(arguments: foreignBytes)
    func `Bytes that are no text pass as they are`(bytes: [UInt8], data: [UInt8]) {
        let stream = Array("data: ".utf8) + bytes + Array("\n\n".utf8)
        for cuts in [[], Array(0..<stream.count)] {
            var parser = ServerSentEventParser()
            var found: [UInt8] = []
            var start = 0
            for cut in cuts + [stream.count] where cut > start {
                stream[start..<cut].withUnsafeBufferPointer { buffer in
                    var position = 0
                    while true {
                        switch parser.next(in: buffer, at: &position) {
                        case .exhausted: return
                        case .data(let range): found += buffer[range]
                        default: break
                        }
                    }
                }
                start = cut
            }
            #expect(found == data)
        }
    }

    @Test(arguments: partialMarks)
    func `What only begins like a mark is a line`(bytes: [UInt8], data: [String]) {
        let whole = EventStreamReading(parsing: bytes)
        #expect(whole.events.map(\.data) == data)
        #expect(EventStreamReading(parsing: bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test
    func `Data without a blank line behind it is left over`() {
        #expect(
            EventStreamReading(parsing: Array("data: 1\n\nevent: x\ndata: 2\ndata: 3".utf8)).rest
                == Event(name: "x", data: "2\n3")
        )
        #expect(EventStreamReading(parsing: Array("data: 1\n\n".utf8)).rest == Event())
        #expect(EventStreamReading(parsing: Array("data\n".utf8)).rest == Event(data: ""))
    }

    static let places: [(stream: String, isInside: Bool)] = [
        ("", false), ("d", true), ("data", true), ("data:", true), ("data: ", true), ("data: 1", true),
        ("data: 1\n", false),
        ("data: 1\r", false), ("data: 1\r\n", false), ("data: 1\n\n", false), (":", true), (":x", true),
        (":x\n", false),
        ("event", true), ("event: x", true), ("event: x\n", false), ("foo", true), ("foo: 1\r", false),
        ("\u{feff}", false),
        ("\u{feff}d", true), ("\n", false),
    ]

    @Test(arguments: places)
    func `The parser knows whether it stands inside a line`(stream: String, isInside: Bool) {
        let bytes = Array(stream.utf8)
        #expect(EventStreamReading(parsing: bytes).isInsideLine == isInside)
        #expect(EventStreamReading(parsing: bytes, cuts: Array(0..<bytes.count)).isInsideLine == isInside)
    }

    @Test
    func `A line of any length is handed out where it stands`() {
        let text = String(repeating: "0123456789abcdef", count: 20_000)
        let bytes = Array("data: \(text)\ndata:\(text)\n\n".utf8)
        for cuts in [[], Array(stride(from: 1, to: bytes.count, by: 4_093)), [320_006, 320_007]] {
            #expect(EventStreamReading(parsing: bytes, cuts: cuts).events.map(\.data) == ["\(text)\n\(text)"])
        }
    }

    @Test
    func `Line ends are found at every place of a word`() {
        for length in 0..<40 {
            let text = String(repeating: "\u{8a}\u{8d}x", count: length).prefix(length)
            for end in ["\n", "\r", "\r\n"] {
                let bytes = Array("data: \(text)\(end)data: y\(end)\(end)".utf8)
                #expect(EventStreamReading(parsing: bytes).events.map(\.data) == ["\(text)\ny"])
            }
        }
    }

    private static let parts: [[UInt8]] =
        [
            "data", "data:", "data: ", "event", "event:", "event: ", "id: 1", "retry: 2", ":", ": x", "da", "ta",
            "even", "\n",
            "\n", "\n", "\r", "\r", "\r\n", "\r\n", "\n\n", " ", "  ", "\t", "\0", "{\"a\":1}", "[DONE]", "x", "\u{e9}",
            "\u{feff}",
            "0123456789", "DATA: 1", "datax: 1", " data: 1",
        ].map { Array($0.utf8) } + [[0xef], [0xbb], [0xbf], [0xff]]

    @Test(arguments: 0..<10)
    func `Random streams are read as the plain reader reads them`(batch: Int) {
        let seed = UInt64(0x55e_0000 + batch)
        var random = SplitMix64(seed: seed)
        for number in 0..<500 {
            var bytes: [UInt8] = Int.random(in: 0..<8, using: &random) == 0 ? [0xef, 0xbb, 0xbf] : []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                bytes += Self.parts.randomElement(using: &random) ?? []
            }
            let expected = EventStreamReading(splitting: bytes).events
            let cuts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }
            .sorted()
            let whole = EventStreamReading(parsing: bytes)
            #expect(whole.events == expected, "seed \(seed), stream \(number): \(bytes)")
            #expect(
                EventStreamReading(parsing: bytes, cuts: cuts) == whole,
                "seed \(seed), stream \(number), cuts \(cuts)"
            )
            #expect(
                EventStreamReading(parsing: bytes, cuts: Array(0..<bytes.count)) == whole,
                "seed \(seed), stream \(number), byte by byte"
            )
        }
    }
}
