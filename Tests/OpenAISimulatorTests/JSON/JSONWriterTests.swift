import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

@Suite
struct JSONWriterTests {
    private func write(
        isPretty: Bool,
        text: AnswerText = .empty,
        _ members: (inout JSONWriter) -> Void
    ) -> [Frame] {
        var writer = JSONWriter(into: ByteBuffer(), isPretty: isPretty, text: text)
        writer.object(members)
        return writer.finish()
    }

    private func string(_ frames: [Frame]) -> String {
        frames.map { String(buffer: $0.head) + "<\($0.text.count)>" }.joined()
    }

    private func example(_ writer: inout JSONWriter) {
        writer.member("text", "a\"b")
        writer.member("none", nil)
        writer.member("number", -42)
        writer.member("json", json: "[1]")
        writer.object("empty") { _ in }
        writer.array("list") { writer in
            writer.element { $0.object { $0.member("x", 1) } }
            writer.element { $0.object { _ in } }
        }
        writer.array("nothing") { _ in }
        writer.member("last", value: .array([.null, .bool(true), .number("1.0"), .string("s"), .object([])]))
    }

    @Test
    func onOneLine() {
        let expected =
            #"{"text":"a\"b","none":null,"number":-42,"json":[1],"empty":{},"list":[{"x":1},{}],"#
            + #""nothing":[],"last":[null,true,1.0,"s",{}]}<0>"#
        #expect(string(write(isPretty: false, example)) == expected)
    }

    @Test
    func laidOut() {
        let expected = """
            {
              "text": "a\\"b",
              "none": null,
              "number": -42,
              "json": [1],
              "empty": {},
              "list": [
                {
                  "x": 1
                },
                {}
              ],
              "nothing": [],
              "last": [
                null,
                true,
                1.0,
                "s",
                {}
              ]
            }<0>
            """
        #expect(string(write(isPretty: true, example)) == expected)
    }

    @Test
    func aParsedObject() {
        let value = JSONValue.object([
            .init(name: "a", value: .number("1")), .init(name: "b\n", value: .object([.init(name: "c", value: .null)])),
        ])
        #expect(
            string(write(isPretty: false) { $0.member("v", value: value) }) == #"{"v":{"a":1,"b\n":{"c":null}}}<0>"#
        )
        let expected = "{\n  \"v\": {\n    \"a\": 1,\n    \"b\\n\": {\n      \"c\": null\n    }\n  }\n}<0>"
        #expect(string(write(isPretty: true) { $0.member("v", value: value) }) == expected)
    }

    @Test
    func aSmallTextIsWritten() {
        let text = AnswerText(hash: StableHash(seed: 1), byteCount: 5, pieces: 1)
        var bytes = ByteBuffer()
        text.write(0..<5, to: &bytes)
        let frames = write(isPretty: false, text: text) { $0.answerText("t") }
        #expect(string(frames) == "{\"t\":\"\(String(buffer: bytes))\"}<0>")
    }

    @Test
    func aLargeTextSplitsTheOutput() {
        let limit = JSONWriter.inlineTextLimit
        let text = AnswerText(hash: StableHash(seed: 1), byteCount: limit + 1, pieces: 1)
        let frames = write(isPretty: false, text: text) { writer in
            writer.answerText("t")
            writer.answerText("u")
        }
        #expect(string(frames) == "{\"t\":\"<\(limit + 1)>\",\"u\":\"<\(limit + 1)>\"}<0>")
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, -1, -10, Int.max, Int.min, 1_795_425_301])
    func decimals(_ number: Int) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(number)
        #expect(String(buffer: buffer) == "\(number)")
    }

    @Test(arguments: [
        "", "plain", "\"", "\\", "a\"b\\c", "\n\r\t", "\u{0}\u{1f}\u{7f}", "é数🌊", "\"\"", "end\\",
    ])
    func strings(_ text: String) throws {
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        #expect(try JSON(String(buffer: buffer)).string == text)
        #expect(try JSONParser.parse(Array(buffer.readableBytesView)) == .string(text))
    }

    @Test
    func randomStrings() throws {
        let seed: UInt64 = 0x57
        var random = SplitMix64(seed: seed)
        for round in 0..<500 {
            let scalars = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            var buffer = ByteBuffer()
            buffer.writeJSONString(text)
            let parsed = try JSON(String(buffer: buffer)).string
            #expect(parsed.map { Array($0.utf8) } == Array(text.utf8), "seed \(seed), round \(round)")
        }
    }
}
