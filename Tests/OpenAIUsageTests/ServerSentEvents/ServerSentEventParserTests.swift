import OpenAIUsage
import Testing

/// Streams of section 9.2 of the HTML standard, in any pieces.
struct ServerSentEventParserTests {
    typealias Event = EventStreamReading.Event

    struct Case: CustomTestStringConvertible {
        var name: String
        var stream: String
        var events: [Event]
        var testDescription: String { name }

        init(_ name: String, _ stream: String, _ events: [(name: String, data: String)]) {
            self.name = name
            self.stream = stream
            self.events = events.map { Event(name: $0.name, data: $0.data) }
        }

        init(_ name: String, _ stream: String, data: String...) {
            self.init(name, stream, data.map { ("", $0) })
        }
    }

    static let cases = [
        // Where the stream begins.
        Case("one event", "data: 1\n\n", data: "1"),
        Case("mark", "\u{feff}data: 1\n\ndata: 2\n\n", data: "1", "2"),
        Case("two marks", "\u{feff}\u{feff}data: 1\n\ndata: 2\n\n", data: "2"),
        Case("mark after a line", "data: 1\n\n\u{feff}data: 2\n\ndata: 3\n\n", data: "1", "3"),
        Case("mark before a comment", "\u{feff}: x\ndata: 1\n\n", data: "1"),
        Case("mark before a blank line", "\u{feff}\ndata: 1\n\n", data: "1"),
        Case("mark alone", "\u{feff}"),
        Case("nothing", ""),
        Case("blank lines only", "\n\r\r\n\n"),
        Case("leading blank lines", "\n\n\r\ndata: 1\n\n", data: "1"),
        // Fields.
        Case("no colon", "data\n\ndata\ndata\n\ndata:test\n\n", data: "", "\n", "test"),
        Case("no space", "data:1\n\n", data: "1"),
        Case("one leading space goes", "data: 1\n\n", data: "1"),
        Case("two leading spaces", "data:  1\n\n", data: " 1"),
        Case("leading tab stays", "data:\t1\n\n", data: "\t1"),
        Case("space and tab", "data: \t1\n\n", data: "\t1"),
        Case("trailing space stays", "data: 1 \n\n", data: "1 "),
        Case("only a space", "data: \n\n", data: ""),
        Case("only a colon", "data:\n\n", data: ""),
        Case("two empty lines of data", "data:\ndata:\n\n", data: "\n"),
        Case("three lines of data", "data: 1\ndata:2\ndata\n\n", data: "1\n2\n"),
        Case("colons in the value", "data: a:b: c\n\n", data: "a:b: c"),
        Case("colon first in the value", "data::1\n\n", data: ":1"),
        Case("braces over lines", "data: {\ndata: \"a\": 1\ndata: }\n\n", data: "{\n\"a\": 1\n}"),
        Case("longer name", "datax: 1\ndata1:1\ndatadata: 2\n\ndata: 3\n\n", data: "3"),
        Case("shorter name", "dat: 1\ndat\nd: 2\nd\n\ndata: 3\n\n", data: "3"),
        Case("space before the name", " data: 1\n\ndata: 2\n\n", data: "2"),
        Case("space behind the name", "data : 1\n\ndata: 2\n\n", data: "2"),
        Case("other case", "DATA: 1\nData: 1\ndatA: 1\n\ndata: 2\n\n", data: "2"),
        Case("names that share letters", "date: 1\nevend: 1\neven: 1\nevents: 1\nevenata: 1\n\ndata: 2\n\n", data: "2"),
        Case("unknown fields", "data: 1\nfoo: 2\njustsome\nretry\nid\n:\n\n", data: "1"),
        Case("retry and id", "id: 7\nretry: 1000\ndata: 1\nid\nretry: x\n\nid: 8\n\n", data: "1"),
        Case("id with a NUL", "id: a\0b\ndata: 1\n\n", data: "1"),
        Case("value of a NUL", "data:\0\n\n", data: "\0"),
        Case("NUL in the value", "data: a\0b\n\n", data: "a\0b"),
        Case("NUL in the name", "da\0ta: 1\ndata\0: 1\n\0data: 1\n\ndata: 2\n\n", data: "2"),
        Case("fullwidth colon", "data\u{ff1a} 1\n\ndata: 2\n\n", data: "2"),
        Case("beyond ASCII", "data: \u{e9}\u{20ac}\u{1f600}\n\n", data: "\u{e9}\u{20ac}\u{1f600}"),
        Case(
            "line separators of Unicode",
            "data: a\u{2028}b\u{85}c\u{b}d\u{c}e\n\n",
            data: "a\u{2028}b\u{85}c\u{b}d\u{c}e"
        ),
        // Comments.
        Case("comment", ": comment\ndata: 1\n\n", data: "1"),
        Case("empty comment", ":\n\ndata: 1\n:\ndata: 2\n\n", data: "1\n2"),
        Case("comment that looks like data", ":data: 1\n: data: 2\ndata: 3\n\n", data: "3"),
        Case("comments between events", "data: 1\n\n: PROCESSING\n\n:\n\ndata: 2\n\n", data: "1", "2"),
        Case("long comment", ":\(String(repeating: "x", count: 4_000))\ndata: 1\n\n", data: "1"),
        Case("NUL in a comment", ":\0\0\ndata: 1\n:\0\n\n", data: "1"),
        // Ends of lines.
        Case("carriage returns", "data: 1\rdata: 2\r\rdata: 3\r\r", data: "1\n2", "3"),
        Case("both", "data: 1\r\ndata: 2\r\n\r\ndata: 3\r\n\r\n", data: "1\n2", "3"),
        Case(
            "mixed",
            "data: 1\rdata: 2\ndata: 3\r\n\ndata: 4\n\r\ndata: 5\r\r\ndata: 6\r\n\r",
            data: "1\n2\n3",
            "4",
            "5",
            "6"
        ),
        Case("line feed then return", "data: 1\n\rdata: 2\n\r", data: "1", "2"),
        Case("return, feed, return", "data: 1\r\n\rdata: 2\r\n\r", data: "1", "2"),
        Case("two returns and a feed", "data: 1\r\r\ndata: 2\r\r\n", data: "1", "2"),
        Case("return and two feeds", "data: 1\r\n\ndata: 2\r\n\n", data: "1", "2"),
        Case("mark and both", "\u{feff}data: 1\r\n\r\n", data: "1"),
        Case("return at once behind the name", "data\r\revent\rdata\r\r", [("", ""), ("", "")]),
        // The event's name.
        Case("name", "event: x\ndata: 1\n\n", [("x", "1")]),
        Case("name behind the data", "data: 1\nevent: x\n\n", [("x", "1")]),
        Case("name is not kept", "event: x\ndata: 1\n\ndata: 2\n\n", [("x", "1"), ("", "2")]),
        Case("name without data", "event: x\n\ndata: 1\n\n", [("", "1")]),
        Case("the last name counts", "event: x\nevent: y\ndata: 1\n\n", [("y", "1")]),
        Case("name taken back", "event: x\nevent\ndata: 1\n\nevent: x\nevent:\ndata: 2\n\n", [("", "1"), ("", "2")]),
        Case("name with spaces", "event:  x y \ndata: 1\n\n", [(" x y ", "1")]),
        Case(
            "longer and shorter names",
            "eventx: x\neven: x\n event: x\nevent : x\nEvent: x\ndata: 1\n\n",
            [("", "1")]
        ),
        // Where the stream ends.
        Case("no blank line", "data: 1\n\ndata: 2\n", data: "1"),
        Case("no end of line", "data: 1\n\ndata: 2", data: "1"),
        Case("name only at the end", "data: 1\n\ndata", data: "1"),
        Case("colon at the end", "data: 1\n\ndata:", data: "1"),
        Case("space at the end", "data: 1\n\ndata: ", data: "1"),
        Case("return at the end", "data: 1\n\r", data: "1"),
        Case("comment at the end", "data: 1\n\n: x", data: "1"),
    ]

    @Test(arguments: cases)
    func `A stream gives its events wherever it is cut`(test: Case) {
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
