/// Streams of section 9.2 of the HTML standard with the events that they give: what its text says, what its examples show,
/// and what the web platform's tests of `EventSource` ask of a parser, in texts of our own.
///
/// The identity of an event and the time until a client comes again have no use here: their fields are passed over.
enum ServerSentEventCases {
    typealias Event = EventStreamReading.Event

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var stream: String
        var events: [Event]

        init(_ name: String, _ stream: String, _ events: [(name: String, data: String)]) {
            description = name
            self.stream = stream
            self.events = events.map { Event(name: $0.name, data: $0.data) }
        }

        init(_ name: String, _ stream: String, data: String...) {
            self.init(name, stream, data.map { ("", $0) })
        }
    }

    static let all = grammar + examples + platform

    /// Every rule of the format.
    static let grammar = [
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

    /// The examples of the standard.
    static let examples = [
        Case("a quotation over three lines", "data: ACME\ndata: -3\ndata: 41\n\n", data: "ACME\n-3\n41"),
        Case(
            "a comment, identities, and an event that is not ended",
            ": a stream begins\n\ndata: the first\nid: 7\n\ndata:the second\nid\n\ndata:  the third",
            data: "the first",
            "the second"
        ),
        Case(
            "the same, ended",
            ": a stream begins\n\ndata: the first\nid: 7\n\ndata:the second\nid\n\ndata:  the third\n\n",
            data: "the first",
            "the second",
            " the third"
        ),
        Case("data without a value, and data that is not ended", "data\n\ndata\ndata\n\ndata:", data: "", "\n"),
        Case("with a space and without", "data:same\n\ndata: same\n\n", data: "same", "same"),
        Case(
            "names of events",
            "event: joined\ndata: 4711\n\nevent: left\ndata: 815\n\nevent: joined\ndata: 90210\n\n",
            [("joined", "4711"), ("left", "815"), ("joined", "90210")]
        ),
        Case(
            "a comment to keep the connection, every line of it",
            ":\n\n: still here\n\ndata: x\n\n:\n\n",
            data: "x"
        ),
        Case("lines of a document", "data: {\ndata: \"a\":\ndata:\ndata:  7 }\n\n", data: "{\n\"a\":\n\n 7 }"),
    ]

    /// What browsers are tested with.
    static let platform = [
        // The mark: one is taken at the start, another one is a character.
        Case("mark and an event, then a mark", "\u{feff}data:a\n\n\u{feff}data:b\n\ndata:c\n\n", data: "a", "c"),
        Case("two marks, then events", "\u{feff}\u{feff}data:a\n\ndata:b\n\ndata:c\n\n", data: "b", "c"),
        Case("a mark in data", "data:\u{feff}a\n\n", data: "\u{feff}a"),
        // Comments between, before and behind lines of all ends, with NUL, long ones, and ones that look like fields.
        Case(
            "comments of every kind",
            "data:a\r:\0\0\n:\r\ndata:b\n:\(String(repeating: "y", count: 2_100))\rdata:c\n:data:d\r:"
                + "\(String(repeating: "z", count: 2_100))\ndata:e\n\n",
            data: "a\nb\nc\ne"
        ),
        // The end of the stream is not an end of an event.
        Case("a last event without its blank line", "retry:900\ndata:a\n\nid:x\ndata:b", data: "a"),
        Case("a last event with half its blank line", "data:a\r\n\r\ndata:b\r\n", data: "a"),
        // Data.
        Case("data with nothing, twice, and with a value", "data:\n\ndata\ndata\n\ndata:a\n\n", data: "", "\n", "a"),
        Case("two lines, none, and one", "data:a\ndata: a\n\n:\ndata\n\nid\ndata:z\n\n", data: "a\na", "", "z"),
        // Names of events.
        Case("an event's name", "event:named\ndata:a\n\ndata:b\n\n", [("named", "a"), ("", "b")]),
        Case("an empty name", "event: \ndata:a\n\n", data: "a"),
        Case("a name without a colon", "event\ndata:a\n\n", data: "a"),
        Case("the name `message`", "event:message\ndata:a\n\n", [("message", "a")]),
        Case("a name of an error", "event: error\ndata: {\"a\":7}\n\n", [("error", #"{"a":7}"#)]),
        // Identities, which change nothing: set, kept, reset, with NUL, beyond ASCII.
        Case("identities", "id:a\ndata:1\n\ndata:2\n\nid\ndata:3\n\nid:\u{2026}\ndata:4\n\n", data: "1", "2", "3", "4"),
        Case("an identity with NUL", "data:1\nid:\0\0\n\ndata:2\nid:a\0\n\n", data: "1", "2"),
        Case("an identity without data", "id:a\n\nid:b\n\ndata:1\n\n", data: "1"),
        // Fields whose names are nearly right.
        Case(
            "near names between right ones",
            "data:\0\ndata:  b\rData:c\ndata\0:d\ndata:e\r\0data:f\nda-ta:g\rdata_h\ndata:i\rdata:\r\n data:j\ndata:k\n\n",
            data: "\0\n b\ne\ni\n\nk"
        ),
        Case("a byte before the name", "xdata:a\n\u{e9}data:b\n:data:c\ndata:d\n\n", data: "d"),
        Case(
            "unknown fields and lines that are none",
            "data:a\n data\ndata\nfield:value\njust words\n:a comment\ndata:b\n\n",
            data: "a\n\nb"
        ),
        // Times to wait, right and wrong.
        Case("times to wait", "retry:3000\ndata:a\n\nretry:3 000x\ndata:b\n\nretry\ndata:c\n\n", data: "a", "b", "c"),
        // Leading blanks: one space goes, nothing else does.
        Case("a tab and lines of blanks", "data:\ta\rdata: \ndata:b\n\n", data: "\ta\n\nb"),
        Case("a hard blank stays", "data:\u{a0}a\n\n", data: "\u{a0}a"),
        // Ends of lines.
        Case("all ends of lines", "data:a\r\ndata\ndata:b\r\n\r", data: "a\n\nb"),
        Case("ends of lines that look like more", "data:a\n\r\ndata:b\r\r\ndata:c\r\n\n", data: "a", "b", "c"),
        Case("blank lines between", "data:a\r\r\r\n\n\r\ndata:b\n\n\n\n", data: "a", "b"),
        // NUL and UTF-8.
        Case("NUL as data", "data:\0\n\n\n\n", data: "\0"),
        Case("beyond ASCII, whatever the type says of it", "data:done\u{2026}\n\n", data: "done\u{2026}"),
    ]
}
