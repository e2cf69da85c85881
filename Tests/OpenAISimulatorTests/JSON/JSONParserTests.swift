import Foundation
import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

@Suite
struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test(arguments: [
        ("null", JSONValue.null),
        (" true ", .bool(true)),
        ("\tfalse\r\n", .bool(false)),
        ("0", .number("0")),
        ("-0", .number("-0")),
        ("12", .number("12")),
        ("-1.50e+10", .number("-1.50e+10")),
        ("1E5", .number("1E5")),
        ("1e-5", .number("1e-5")),
        (#""""#, .string("")),
        (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u00e9\u4E2D""#, .string("é中")),
        (#""\ud83c\udf0a!""#, .string("🌊!")),
        (#""\ud83c""#, .string("\u{FFFD}")),
        (#""\ud83c\u0041""#, .string("\u{FFFD}A")),
        (#""\udf0a""#, .string("\u{FFFD}")),
        (#""é数🌊""#, .string("é数🌊")),
        ("[]", .array([])),
        ("[ 1 , [ ] ]", .array([.number("1"), .array([])])),
        ("{}", .object([])),
        (
            #"{ "a" : 1 , "a" : {"b":null} }"#,
            .object([
                .init(name: "a", value: .number("1")),
                .init(name: "a", value: .object([.init(name: "b", value: .null)])),
            ])
        ),
    ])
    func values(_ text: String, _ value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulL", "tru", "True", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN", "1 2",
        #"""#, #""a"#, "\"a\nb\"", #""\x""#, #""\u12""#, #""\u12g4""#, #""\"#, "[", "[1", "[1,", "[1,]", "[,]", "[1 2]",
        "]", "{", #"{"a"#, #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, #"{"a" 1}"#, "{1:2}", "{,}",
        "}", "'a'", "//", #"{"a":1}}"#, "\u{FEFF}1",
    ])
    func notJSON(_ text: String) {
        #expect(throws: JSONParserError.self) { try parse(text) }
    }

    @Test
    func theErrorTellsThePlace() {
        let error = #expect(throws: JSONParserError.self) { try parse(#"{"a": tru}"#) }
        #expect(error?.offset == 6)
        #expect(error?.description == "an unknown value at byte 6")
    }

    @Test
    func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(256)) }
        let error = #expect(throws: JSONParserError.self) { try parse(nested(257)) }
        #expect(error?.problem.contains("256") == true)
        #expect(throws: JSONParserError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    @Test
    func access() throws {
        let value = try parse(#"{"a":1,"a":"x","flag":true,"list":[1],"null":null,"big":1e3}"#)
        #expect(value["a"]?.text == "x")
        #expect(value["flag"]?.flag == true)
        #expect(value["list"]?.elements?.count == 1)
        #expect(value["list"]?.elements?.first?.integer == 1)
        #expect(value["null"]?.isNull == true)
        #expect(value["big"]?.integer == nil)
        #expect(value["none"] == nil)
        #expect(value["a"]?.integer == nil)
        #expect(value["flag"]?.text == nil)
        #expect(value["a"]?["b"] == nil)
        #expect(value.elements == nil)
        #expect(value.flag == nil)
        #expect(!value.isNull)
    }

    @Test
    func hashes() throws {
        func hash(_ text: String, excluding excluded: String? = nil) throws -> UInt64 {
            try parse(text).stableHash(seed: 5, excluding: excluded)
        }
        #expect(try hash(#"{"a":1,"b":[true,null]}"#) == hash(#" { "b" : [ true , null ] , "a" : 1 } "#))
        #expect(try hash(#"{"a":1,"s":2}"#, excluding: "s") == hash(#"{"a":1}"#))
        #expect(try hash(#"{"a":{"s":2}}"#, excluding: "s") != hash(#"{"a":{}}"#))
        let different = [
            "null", "true", "false", "0", "-0", "\"0\"", "\"\"", "[]", "{}", "[[]]", "[null]", "[null,null]", "[1,2]",
            "[2,1]", "[12]", #"{"a":1}"#, #"{"a":2}"#, #"{"b":1}"#, #"{"a":1,"b":1}"#, #"{"a":{"b":1}}"#,
        ]
        #expect(Set(try different.map { try hash($0) }).count == different.count)
    }

    @Test
    func agreesWithFoundation() throws {
        let seed: UInt64 = 0xbeef
        var random = SplitMix64(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"", "1", "-2.5", "true", "null", " ", "\"\\u0041\"", "e1",
        ]
        var valid = 0
        for round in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text += pieces.randomElement(using: &random) ?? ""
            }
            let expected = try? JSON(text)
            let parsed = try? parse(text)
            #expect((parsed == nil) == (expected == nil), "seed \(seed), round \(round): \(text)")
            if parsed != nil { valid += 1 }
        }
        #expect(valid > 100)
    }
}
