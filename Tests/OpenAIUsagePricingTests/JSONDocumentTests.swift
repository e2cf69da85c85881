import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

struct JSONDocumentTests {
    @Test func everyValueAndKeyKnowsItsPlace() throws {
        let document = try JSONDocument(
            parsing: "{\n  \"a\": [1, -2.50e+3,\n\ttrue],\n \"\u{e9}\u{1F600}\": \"x\", \"b\": null}"
        )
        let members = try #require(Self.members(document.root))
        #expect(members.map(\.name) == ["a", "\u{e9}\u{1F600}", "b"])
        #expect(members.map(\.position.line) == [2, 4, 4])
        #expect(members.map(\.position.column) == [3, 2, 13])
        #expect(members.map(\.node.position.column) == [8, 8, 18])
        guard case .array(let elements) = members[0].node.value else {
            Issue.record("no array")
            return
        }
        #expect(elements.map(\.position.line) == [2, 2, 3])
        #expect(elements.map(\.position.column) == [9, 12, 2])
        guard case .number(let text) = elements[1].value else {
            Issue.record("no number")
            return
        }
        #expect(text == "-2.50e+3")
    }

    @Test func stringsAreDecoded() throws {
        let document = try JSONDocument(parsing: #"["\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00", "é", ""]"#)
        guard case .array(let elements) = document.root.value else {
            Issue.record("no array")
            return
        }
        let texts = elements.map { element -> String? in
            if case .string(let text) = element.value { return text }
            return nil
        }
        #expect(texts == ["\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F600}", "\u{e9}", ""])
    }

    @Test func namesThatStandTwiceAreFound() throws {
        let document = try JSONDocument(parsing: "{\"a\": 1,\n\"b\": {\"a\": 1, \"a\": 2},\n\"a\": 3}")
        #expect(document.duplicates.map(\.name) == ["a", "a"])
        #expect(document.duplicates.map(\.position.line) == [2, 3])
        #expect(document.duplicates.map(\.first.line) == [2, 1])
    }

    @Test(arguments: [
        ("", JSONDocumentError.Code.unexpectedEnd, 1, 1), ("{", .unexpectedEnd, 1, 2),
        ("[1,]", .unexpectedCharacter, 1, 4), ("[1 2]", .unexpectedCharacter, 1, 4),
        ("{\"a\" 1}", .unexpectedCharacter, 1, 6), ("{\"a\":1,}", .unexpectedCharacter, 1, 8),
        ("{a:1}", .unexpectedCharacter, 1, 2), ("[\n\n  tru]", .unexpectedCharacter, 3, 3),
        ("[1]\n x", .unexpectedCharacter, 2, 2), ("// no\n1", .unexpectedCharacter, 1, 1),
        ("\"abc", .unexpectedEnd, 1, 1), ("\"a\nb\"", .invalidString, 1, 3), (#""\x""#, .invalidString, 1, 2),
        (#""\u12g4""#, .invalidString, 1, 2), (#""\uD800""#, .invalidString, 1, 2),
        (#""\uDC00""#, .invalidString, 1, 2), (#""\uD800\u0041""#, .invalidString, 1, 2),
        ("01", .invalidNumber, 1, 1), ("-", .invalidNumber, 1, 1), ("[1., 2]", .invalidNumber, 1, 2),
        ("1e", .invalidNumber, 1, 1), ("-x", .invalidNumber, 1, 1), ("'a'", .unexpectedCharacter, 1, 1),
        ("NaN", .unexpectedCharacter, 1, 1), ("\u{feff}1", .unexpectedCharacter, 1, 1),
    ])
    func mistakesAreFoundWhereTheyAre(text: String, code: JSONDocumentError.Code, line: Int, column: Int) {
        let error = #expect(throws: JSONDocumentError.self) { try JSONDocument(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.position == JSONDocument.Position(line: line, column: column))
    }

    @Test func nestingIsBounded() throws {
        _ = try JSONDocument(parsing: String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        let error = #expect(throws: JSONDocumentError.self) {
            try JSONDocument(parsing: String(repeating: "[", count: 100_000))
        }
        #expect(error?.code == .tooDeep)
        #expect(error?.position.column == 65)
    }

    @Test func noTextCrashesTheParser() {
        let seed: UInt64 = 7
        var generator = SplitMix64(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u", "1", "-", "e", ".", "true", "null", " ", "\n", "\u{e9}",
        ]
        var valid = 0
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<9, using: &generator) {
                text += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            do {
                _ = try JSONDocument(parsing: text)
                valid += 1
            } catch {
                #expect(error.position.line >= 1 && error.position.column >= 1, "seed \(seed)")
            }
        }
        #expect(valid > 100)
    }

    private static func members(_ node: JSONDocument.Node) -> [JSONDocument.Member]? {
        if case .object(let members) = node.value { return members }
        return nil
    }
}
