import OpenAIUsage
import Testing

/// What a scan reports of what it meets.
struct JSONScannerTests {
    private typealias Node = JSONSelection.Node

    /// `value` is field 1, `list` 2 with elements 3, `object` 4 with its member `value` 5, `secret` 6 presence-only.
    static let selection = JSONSelection(
        .init(members: [
            ("value", .init(field: 1)),
            ("list", .init(field: 2, elements: .init(field: 3))),
            ("object", .init(field: 4, members: [("value", .init(field: 5))], isVerbatim: true)),
            ("secret", .init(field: 6, isPresenceOnly: true)),
            ("usage", .init(field: 7)),
        ])
    )

    private func reading(_ text: String) throws -> JSONReading {
        try #require(JSONReading.atEveryCut(Array(text.utf8), selection: Self.selection), "differs by cut: \(text)")
    }

    static let strings: [(text: String, value: String)] = [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/""#, #""\/"#), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"),
        (#""\u0041\u00e9\u20ac""#, "A\u{e9}\u{20ac}"), (#""\u00E9""#, "\u{e9}"),
        ("\"\u{e9}\u{1f600}\"", "\u{e9}\u{1f600}"),
        (#""\ud83d\ude00""#, "\u{1f600}"), (#""\uD83D\uDE00x""#, "\u{1f600}x"), (#""a\uDBFF\uDFFFb""#, "a\u{10ffff}b"),
        (#""\ud800\udc00""#, "\u{10000}"), (#""\ud83d\ude00\ud83d\ude01""#, "\u{1f600}\u{1f601}"), (#""\u0000""#, "\0"),
        // Halves of a pair without the other half.
        (#""\ud83d""#, "\u{fffd}"), (#""\ude00""#, "\u{fffd}"), (#""\ud83dx\ude00""#, "\u{fffd}x\u{fffd}"),
        (#""\ud83d\n\ude00""#, "\u{fffd}\n\u{fffd}"), (#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        (#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"), (#""\ud83d\u0041""#, "\u{fffd}A"),
        (#""\ud83d\ude00\ude00""#, "\u{1f600}\u{fffd}"), (#""\\ud83d\ude00""#, #"\ud83d"# + "\u{fffd}"),
    ]

    @Test(arguments: strings)
    func `A string is decoded wherever it is cut`(text: String, value: String) throws {
        let member = try reading("{\"value\":\(text)}")
        #expect(member.texts(1) == [value])
        let element = try reading("{\"list\":[\(text) , \(text)]}")
        #expect(element.texts(3) == [value, value])
        // What is not selected, or of which only the presence counts, is read over by the same rules.
        let skipped = try reading("{\"other\":\(text),\"value\":\(text)}")
        #expect(skipped.items.count == 1)
    }

    @Test(arguments: strings)
    func `Of a presence-only string nothing but its emptiness is told`(text: String, value: String) throws {
        let bytes = Array("{\"value\":\"before\",\"secret\":\(text)}".utf8)
        let reading = try #require(JSONReading.atEveryCut(bytes, selection: Self.selection))
        #expect(reading.isValid)
        #expect(reading.texts(6) == [""])
        var scanner = JSONScanner(Self.selection)
        _ = JSONReading(bytes, scanner: &scanner)
        #expect(scanner.field == 6)
        #expect(scanner.isNonEmpty == !value.isEmpty)
        #expect(scanner.heldBytes.isEmpty)
        #expect(!scanner.isValueTruncated)
    }

    @Test
    func `A presence-only string is not even held while it is read`() {
        let start = #"{"value":"before","secret":"#
        let text = #""confidential \u0063\ud83d\ude00\n""#
        for length in 1...text.utf8.count {
            for cuts in [[], Array(0..<start.utf8.count + length)] {
                var scanner = JSONScanner(Self.selection)
                _ = JSONReading(Array((start + text.prefix(length)).utf8), cuts: cuts, scanner: &scanner)
                #expect(scanner.heldBytes.isEmpty)
            }
        }
    }

    static let numbers = [
        "0", "-0", "7", "-12", "3.25", "1e5", "-2.5E-3", "123456789012345678901234567890", "0.000", "1E+2",
    ]

    @Test(arguments: numbers)
    func `A number is reported as it is spelled`(text: String) throws {
        #expect(try reading("{\"value\":\(text)}").texts(1) == [text])
        #expect(try reading("{\"value\":\(text) ,\"usage\":1}").texts(1) == [text])
        #expect(try reading("{\"list\":[\(text),\n\(text)\t]}").texts(3) == [text, text])
        #expect(try reading("{\"other\":\(text),\"value\":1}").texts(1) == ["1"])
    }

    @Test
    func `Literals and containers are reported as what they are`() throws {
        let items = try reading(
            #"{"value":true,"list":[false,null,{},[],"x",[[1]],{"value":1}],"object":{"value":null}}"#
        )
        .items.map { [UInt16($0.event.rawValue), $0.field] }
        func item(_ event: JSONScanner.Event, _ field: UInt16) -> [UInt16] { [UInt16(event.rawValue), field] }
        let expected: [[UInt16]] = [
            item(.true, 1), item(.arrayStart, 2), item(.false, 3), item(.null, 3), item(.objectStart, 3),
            item(.objectEnd, 3), item(.arrayStart, 3), item(.arrayEnd, 3), item(.string, 3), item(.arrayStart, 3),
            item(.arrayEnd, 3), item(.objectStart, 3), item(.objectEnd, 3), item(.arrayEnd, 2), item(.objectStart, 4),
            item(.null, 5), item(.objectEnd, 4),
        ]
        #expect(items == expected)
    }

    @Test
    func `A selected name counts in its own object only`() throws {
        let text =
            #"{"other":{"value":1,"object":{"value":2}},"list":[{"value":3}],"#
            + #""object":{"object":{"value":4},"value":5}}"#
        let reading = try reading(text)
        #expect(reading.texts(1).isEmpty)
        #expect(reading.texts(5) == ["5"])
        #expect(try self.reading(#"[{"value":1}]"#).items.isEmpty)
        #expect(try self.reading(#"{"value":{"value":1}}"#).texts(1).isEmpty)
        #expect(try self.reading(#"{"a":"value","b":"\"value\":1"}"#).items.isEmpty)
    }

    @Test
    func `Equal names are reported one after the other, so that the last wins`() throws {
        #expect(try reading(#"{"value":1,"value":"2","value":3}"#).texts(1) == ["1", "2", "3"])
        #expect(try reading(#"{"object":{"value":1},"object":{"value":2}}"#).texts(5) == ["1", "2"])
        let last = try reading(#"{"object":{"value":1},"object":{"value": 2 }}"#).items.last
        #expect(last?.verbatim == #"{"value": 2 }"#)
    }

    static let names: [(name: String, matches: Bool)] = [
        (#"us\u0061ge"#, true), (#"\u0075\u0073\u0061\u0067\u0065"#, true), (#"\u0055sage"#, false),
        (#"usage\u0000"#, false),
        (#"usag\u0065"#, true), (#"us\age"#, false), (#"usag"#, false), ("usages", false), ("Usage", false),
        (" usage", false),
        (#"\/usage"#, false), (#"us\ud83d\ude00age"#, false), ("", false),
    ]

    @Test(arguments: names)
    func `A name may be spelled with escapes`(name: String, matches: Bool) throws {
        guard name != #"us\age"# else {
            #expect(JSONReading(Array("{\"\(name)\":5}".utf8), selection: Self.selection).isInvalid)
            return
        }
        let reading = try reading("{\"\(name)\":5}")
        #expect(reading.isValid)
        #expect(reading.texts(7) == (matches ? ["5"] : []))
    }

    @Test
    func `A name longer than any selected one matches nothing`() throws {
        for length in [63, 64, 65, 66, 200, 511, 512, 513, 2_000] {
            let name = String(repeating: "n", count: length)
            let selection = JSONSelection(.init(members: [(name, .init(field: 1)), ("nn", .init(field: 2))]))
            let document = Array("{\"\(name)\":1,\"\\u006e\(name.dropFirst())\":2,\"nn\":3}".utf8)
            let cuts = [[], [5], Array(0..<document.count), [length + 1], [length + 2], [length + 3]]
            for cut in cuts {
                let reading = JSONReading(document, cuts: cut, selection: selection)
                #expect(reading.isValid)
                #expect(reading.texts(2) == ["3"])
                // A name within the bound matches however it is spelled and cut.
                if length <= 64 { #expect(reading.texts(1) == ["1", "2"]) }
            }
        }
    }

    static let longLengths = [500, 510, 511, 512, 513, 514, 515, 516, 600, 1_024, 5_000]

    @Test(arguments: longLengths)
    func `A long string is cut at the same byte in whatever pieces it comes`(length: Int) {
        let text = String((0..<length).map { Character(Unicode.Scalar(UInt8(0x61 + $0 % 26))) })
        let spellings = [
            text, text.replacing("a", with: #"\u0061"#),
            text.replacing("b", with: #"\u0062"#).replacing("z", with: #"\u007a"#),
        ]
        for spelling in spellings {
            let bytes = Array("{\"value\":\"\(spelling)\"}".utf8)
            let whole = JSONReading(bytes, selection: Self.selection)
            #expect(whole.isValid)
            #expect(whole.items.first?.isTruncated == (length > JSONScanner.maximumValueLength))
            #expect(whole.items.first?.text == String(text.prefix(JSONScanner.maximumValueLength)))
            #expect(JSONReading(bytes, cuts: Array(0..<bytes.count), selection: Self.selection) == whole)
            for cut in stride(from: 1, to: bytes.count, by: 7) {
                #expect(JSONReading(bytes, cuts: [cut], selection: Self.selection) == whole)
            }
        }
    }

    @Test(arguments: 500...520)
    func `A pair of surrogates at the bound is cut like any other text`(length: Int) {
        let padding = String(repeating: "x", count: length)
        for escape in [#"\ud83d\ude00"#, #"\ud83d"#, #"\ud83d\ud83d\ude00"#, "\u{1f600}", #"\u20ac"#] {
            let bytes = Array("{\"value\":\"\(padding)\(escape)yy\",\"usage\":\"z\"}".utf8)
            let whole = JSONReading(bytes, selection: Self.selection)
            #expect(JSONReading(bytes, cuts: Array(0..<bytes.count), selection: Self.selection) == whole)
            #expect(whole.isValid)
            #expect(whole.texts(1).first?.hasPrefix(String(padding.prefix(500))) == true)
            #expect(whole.texts(7) == ["z"])
            var scanner = JSONScanner(Self.selection)
            _ = JSONReading(Array(bytes.prefix { $0 != UInt8(ascii: ",") }), scanner: &scanner)
            #expect(scanner.heldBytes.count <= JSONScanner.maximumValueLength)
        }
    }

    @Test(arguments: [511, 512, 513, 2_000])
    func `A long number says that it was cut`(length: Int) {
        let text = "1" + String(repeating: "0", count: length - 1)
        for cuts in [[], [3], Array(0..<length + 12)] {
            let item = JSONReading(Array("{\"value\":\(text)}".utf8), cuts: cuts, selection: Self.selection).items.first
            #expect(item?.event == .number)
            #expect(item?.isTruncated == (length > JSONScanner.maximumValueLength))
            #expect(item?.text == String(text.prefix(JSONScanner.maximumValueLength)))
        }
    }

    static let verbatims = [
        "{}", "{ }", #"{"value":1}"#, "{\n  \"value\" : 1.50 ,\n\t\"x\":[1, 2,{\"y\":\"}\"}]\r\n}",
        #"{"a":"\"}\\","value":"\u00e9"}"#,
        #"{"object":{"value":2},"value":null}"#, "{\"\u{e9}\":\"\u{1f600}\"}",
        #"{"list":[[],{},[{}]],"t":true,"f":false}"#,
    ]

    @Test(arguments: verbatims)
    func `Verbatim text is what stood there, wherever it is cut`(text: String) throws {
        for document in [
            "{\"object\":\(text)}", "{\"value\":\"{\", \"object\" :  \(text)  ,\"list\":[{}]}",
            "{\"object\":{\"value\":0},\"object\":\(text)}",
        ] {
            let ends = try reading(document).items.filter { $0.event == .objectEnd && $0.field == 4 }
            #expect(ends.last?.verbatim == text)
        }
    }

    @Test(arguments: [-1, 0, 1, 2, 5_000])
    func `Verbatim text beyond its bound is dropped, and the next one is not`(excess: Int) {
        let length = JSONScanner.maximumVerbatimLength + excess
        let text = #"{"x":""# + String(repeating: "y", count: length - 8) + #""}"#
        #expect(text.utf8.count == length)
        let bytes = Array("{\"object\":\(text),\"object\":{\"value\":1}}".utf8)
        for cuts in [
            [], [8_000], Array(stride(from: 0, to: bytes.count, by: 1)), [length + 9], [length + 10], [length + 11],
        ] {
            let ends = JSONReading(bytes, cuts: cuts, selection: Self.selection).items.filter { $0.event == .objectEnd }
            #expect(ends.first?.verbatim == (excess > 0 ? nil : text))
            #expect(ends.last?.verbatim == #"{"value":1}"#)
        }
    }

    @Test
    func `Text that is not UTF-8 is not passed off as verbatim`() {
        let bytes = Array(#"{"object":{"x":""#.utf8) + Array(repeating: 0xff, count: 12_000) + Array("\"}}".utf8)
        let ends = JSONReading(bytes, selection: Self.selection).items.filter { $0.event == .objectEnd }
        #expect(ends.count == 1)
        #expect(ends.first?.verbatim == nil)
    }

    @Test
    func `Values deeper than what is tracked are read over`() {
        for depth in [1, 8, 15, 16, 17, 40, 1_000] {
            let open = String(repeating: #"{"a":"#, count: depth)
            let close = String(repeating: "}", count: depth)
            let reading = JSONReading(
                Array(#"{"other":\#(open){"value":1}\#(close),"value":2}"#.utf8),
                selection: Self.selection
            )
            #expect(reading.isValid)
            #expect(reading.texts(1) == ["2"])
        }
        let arrays = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        let reading = JSONReading(Array("{\"list\":[\(arrays)],\"value\":3}".utf8), selection: Self.selection)
        #expect(reading.isValid)
        #expect(reading.texts(1) == ["3"])
    }

    @Test
    func `A scanner tells how far it has come`() {
        var scanner = JSONScanner(Self.selection)
        #expect(scanner.isEmpty && !scanner.isComplete && scanner.nesting == 0)
        _ = JSONReading(Array(" \n".utf8), scanner: &scanner)
        #expect(scanner.isEmpty)
        _ = JSONReading(Array(#"{"a":[{"#.utf8), scanner: &scanner)
        #expect(!scanner.isEmpty && !scanner.isComplete && scanner.nesting == 3)
        _ = JSONReading(Array("}]} ".utf8), scanner: &scanner)
        #expect(scanner.isComplete && scanner.nesting == 0)
        scanner.reset()
        _ = JSONReading(Array("12".utf8), scanner: &scanner)
        #expect(scanner.isComplete)
        _ = JSONReading(Array(".".utf8), scanner: &scanner)
        #expect(!scanner.isComplete && !scanner.isInvalid)
        _ = JSONReading(Array("5".utf8), scanner: &scanner)
        #expect(scanner.isComplete)
    }

    @Test
    func `No bytes change nothing`() {
        var scanner = JSONScanner(Self.selection)
        var position = 0
        #expect(scanner.next(in: UnsafeBufferPointer(start: nil, count: 0), at: &position) == .exhausted)
        #expect(position == 0 && scanner.isEmpty)
        _ = JSONReading(Array("]".utf8), scanner: &scanner)
        #expect(scanner.next(in: UnsafeBufferPointer(start: nil, count: 0), at: &position) == .invalid)
    }
}
