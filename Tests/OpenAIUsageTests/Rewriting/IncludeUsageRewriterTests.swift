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
    ]

    static let unchanged = [
        #"{"model":"m"}"#, #"{"stream":false}"#, #"{"stream":true,"stream":false}"#,
        #"{"stream":true,"stream_options":{"include_usage":true}}"#, #"{"stream":"true"}"#, "[]", "", "{", "not JSON",
        #"{"messages":[{"stream":true}]}"#, #"{"stream":true"#,
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
    func `A body that asks itself or is no stream stays as it is`(input: String) {
        #expect(Self.rewritten(input) == (input, false))
        #expect(Self.rewritten(input, cuts: Array(0...input.utf8.count)) == (input, false))
    }

    @Test
    func `A rewritten body asks once more without being changed`() {
        for (input, _) in Self.cases {
            let once = Self.rewritten(input).text
            #expect(Self.rewritten(once) == (once, false))
        }
    }
}
