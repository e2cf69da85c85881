import Testing

@testable import OpenAIUsage

struct IncludeUsageRewriterTests {
    static func rewritten(_ text: String, cuts: [Int] = []) -> (text: String, isChanged: Bool) {
        var rewriter = IncludeUsageRewriter()
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        for cut in cuts + [bytes.count] where cut >= start && cut <= bytes.count {
            Array(bytes[start..<cut]).withUnsafeBufferPointer { rewriter.rewrite($0, into: &output) }
            start = cut
        }
        rewriter.finish(into: &output)
        return (String(decoding: output, as: UTF8.self), rewriter.isChanged)
    }

    static let cases: [(input: String, output: String)] = [
        (
            #"{"model":"m","stream":true}"#,
            #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{ "stream" : true , "messages":[{"stream_options":null}] }"# + "\n",
            #"{ "stream" : true , "messages":[{"stream_options":null}] ,"stream_options":{"include_usage":true}}"#
                + "\n"
        ),
        (
            #"{"stream":true,"stream_options":{}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"stream_options":{ "include_obfuscation": false },"stream":true}"#,
            #"{"stream_options":{ "include_obfuscation": false ,"include_usage":true},"stream":true}"#
        ),
        (
            #"{"stream":true,"stream_options":{"include_usage":false}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true }}"#
        ),
        (
            #"{"stream":true,"stream_options":{"include_usage":null,"include_obfuscation":true}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":true}}"#
        ),
        (
            #"{"stream":true,"stream_options":null}"#,
            #"{"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"stream":false,"stream":true,"messages":"}"}"#,
            #"{"stream":false,"stream":true,"messages":"}","stream_options":{"include_usage":true}}"#
        ),
        // The last of several options counts, and the last of several values in them.
        (
            #"{"stream":true,"stream_options":{"include_usage":true},"stream_options":{}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"stream":true,"stream_options":{"include_usage":false,"include_usage":null}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true ,"include_usage":true}}"#
        ),
        (
            #"{"stream_options":{"a":1},"stream_options":null,"stream":true}"#,
            #"{"stream_options":{"a":1,"include_usage":true},"stream_options":null,"stream":true,"#
                + #""stream_options":{"include_usage":true}}"#
        ),
        // Options before the member that makes them count.
        (
            #"{"stream_options":{"include_usage":false},"stream":true}"#,
            #"{"stream_options":{"include_usage":true },"stream":true}"#
        ),
        (
            #"{"stream_options":null,"stream":true}"#,
            #"{"stream_options":null,"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        // Spellings of names, of blanks and of other members.
        (
            #"{"str\u0065am":true,"stream\u005foptions":{"\u0069nclude_usage":false}}"#,
            #"{"str\u0065am":true,"stream\u005foptions":{"\u0069nclude_usage":true }}"#
        ),
        (
            "{\"stream\":true,\"stream_options\":{\n\t}\r\n}",
            "{\"stream\":true,\"stream_options\":{\n\t\"include_usage\":true}\r\n}"
        ),
        (
            #"{"stream":true,"stream_options":{"a":{"include_usage":true},"b":"}"}}"#,
            #"{"stream":true,"stream_options":{"a":{"include_usage":true},"b":"}","include_usage":true}}"#
        ),
        (
            #"{"metadata":{"stream":false,"stream_options":{}},"stream":true,"tools":[{"stream_options":{}}]}"#,
            #"{"metadata":{"stream":false,"stream_options":{}},"stream":true,"tools":[{"stream_options":{}}],"#
                + #""stream_options":{"include_usage":true}}"#
        ),
    ]

    static let unchanged = [
        #"{"model":"m"}"#, #"{"stream":false}"#, #"{"stream":true,"stream":false}"#,
        #"{"stream":true,"stream_options":{"include_usage":true}}"#, #"{"stream":"true"}"#, "[]", "", "{", "not JSON",
        #"{"messages":[{"stream":true}]}"#, #"{"stream":true"#,
        // What the API would answer with an error stays as it is, so that it does.
        #"{"stream":true,"stream_options":{"include_usage":"true"}}"#,
        #"{"stream":true,"stream_options":{"include_usage":1}}"#,
        #"{"stream":true,"stream_options":{"include_usage":{}}}"#,
        #"{"stream":true,"stream_options":{"include_usage":[false]}}"#,
        #"{"stream":true,"stream_options":"x"}"#, #"{"stream":true,"stream_options":7}"#,
        #"{"stream":true,"stream_options":false}"#, #"{"stream":true,"stream_options":[{"include_usage":false}]}"#,
        // Only `true` is true, and the last one counts.
        #"{"stream":1}"#, #"{"stream":{}}"#, #"{"stream":[true]}"#, #"{"stream":{"stream":true}}"#,
        #"{"stream":true,"stream":"true"}"#, #"{"stream":true,"stream":null}"#, #"{"stream":true,"stream":0}"#,
        #"{"Stream":true}"#, #"[{"stream":true}]"#, "\u{feff}{\"stream\":true}", #"{"stream":true,}"#, #""stream""#,
    ]

    @Test(arguments: cases)
    func `The option is added wherever the body is cut`(input: String, output: String) {
        #expect(Self.rewritten(input) == (output, true))
        for first in 0...input.utf8.count {
            let result = Self.rewritten(input, cuts: [first])
            guard result == (output, true) else {
                Issue.record("Cut at \(first): \(result.text)")
                return
            }
        }
        #expect(Self.rewritten(input, cuts: Array(0...input.utf8.count)) == (output, true))
    }

    @Test(arguments: unchanged)
    func `A body that asks itself or is not a stream stays as it is`(input: String) {
        #expect(Self.rewritten(input) == (input, false))
        #expect(Self.rewritten(input, cuts: Array(0...input.utf8.count)) == (input, false))
    }

    @Test(arguments: ["", "{", "[]", "7", #"{"stream":true"#, #"{"stream":false,"stream_options":{}}"#, "{}}"])
    func `Any other body is known to be no request for a stream`(input: String) {
        var rewriter = IncludeUsageRewriter()
        var output: [UInt8] = []
        Array(input.utf8).withUnsafeBufferPointer { rewriter.rewrite($0, into: &output) }
        rewriter.finish(into: &output)
        #expect(!rewriter.isStreamRequest)
    }

    @Test
    func `Options without members are known however many blanks stand in them`() {
        let blanks = String(repeating: " ", count: 20_000)
        let input = #"{"stream":true,"stream_options":{\#(blanks)}}"#
        let output = #"{"stream":true,"stream_options":{\#(blanks)"include_usage":true}}"#
        #expect(Self.rewritten(input) == (output, true))
        #expect(Self.rewritten(input, cuts: Array(stride(from: 0, to: 20_000, by: 99))) == (output, true))
    }

    @Test
    func `What stood in the output before stays there`() {
        var rewriter = IncludeUsageRewriter()
        var output = Array("head".utf8)
        for byte in #"{"stream":true}"#.utf8 {
            withUnsafePointer(to: byte) { rewriter.rewrite(UnsafeBufferPointer(start: $0, count: 1), into: &output) }
            #expect(output.starts(with: "head".utf8))
            output = Array("head".utf8)
        }
        rewriter.finish(into: &output)
        #expect(output == Array("headrue}}".utf8))
    }

    @Test
    func `A rewritten body asks once more without being changed`() {
        for (input, _) in Self.cases {
            let once = Self.rewritten(input).text
            #expect(Self.rewritten(once) == (once, false))
        }
    }
}
