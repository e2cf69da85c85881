import Testing

@testable import OpenAIUsage

struct UsageStripperTests {
    static func stripped(_ text: String, cuts: [Int] = []) -> String {
        var stripper = UsageStripper()
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        for cut in cuts + [bytes.count] where cut >= start && cut <= bytes.count {
            Array(bytes[start..<cut]).withUnsafeBufferPointer { stripper.strip($0, into: &output) }
            start = cut
        }
        stripper.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    static let usage = #"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#

    static let cases: [(input: String, output: String)] = [
        (
            "data: {\"choices\":[{\"delta\":{}}],\"usage\":null,\"obfuscation\":\"x\"}\n\ndata: {\"choices\":[],\"usage\":\(usage)}\n\n"
                + "data: [DONE]\n\n",
            "data: {\"choices\":[{\"delta\":{}}],\"obfuscation\":\"x\"}\n\ndata: [DONE]\n\n"
        ),
        (
            "data: {\"usage\":null,\"choices\":[1]}\n\n",
            "data: {\"choices\":[1]}\n\n"
        ),
        (
            "data: {\"usage\" : null}\r\n\r\ndata: {\"usage\":\(usage),\"choices\":[]}\r\n\r\ndata: [DONE]\r\n\r\n",
            "data: {}\r\n\r\ndata: [DONE]\r\n\r\n"
        ),
        (
            "data: {\"choices\":[0] , \"usage\" : null , \"a\":{\"usage\":null}}\r\rdata:{\"choices\":[],\"usage\":\(usage)}\r\r",
            "data: {\"choices\":[0]  , \"a\":{\"usage\":null}}\r\r"
        ),
        // Chunks without choices that bear no usage stay.
        (
            "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n",
            "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n"
        ),
        // A chunk with choices keeps the usage that its provider sends unasked.
        (
            "data: {\"choices\":[{}],\"usage\":\(usage)}\n\n",
            "data: {\"choices\":[{}],\"usage\":\(usage)}\n\n"
        ),
        // The last chunk without its end.
        ("data: {\"choices\":[],\"usage\":\(usage)}", ""),
        (
            ": comment\n\ndata: {\"text\":\"\\\"usage\\\":null\"}\n\n",
            ": comment\n\ndata: {\"text\":\"\\\"usage\\\":null\"}\n\n"
        ),
        ("", ""), ("data: {\"usage\":nul", "data: {\"usage\":nul"), ("data: not JSON\n\n", "data: not JSON\n\n"),
        (
            "\u{feff}data: {\"id\":\"\u{e9}\",\"choices\":[{}],\"usage\":null}\n\n",
            "\u{feff}data: {\"id\":\"\u{e9}\",\"choices\":[{}]}\n\n"
        ),
    ]

    @Test(arguments: cases)
    func `Only what was put in is taken out, wherever the stream is cut`(input: String, output: String) {
        #expect(Self.stripped(input) == output)
        for first in 0...input.utf8.count {
            for second in [first, first + 1, first + 7] {
                let result = Self.stripped(input, cuts: [first, second])
                guard result == output else {
                    Issue.record("Cut at \(first) and \(second): \(result.debugDescription)")
                    return
                }
            }
        }
        #expect(Self.stripped(input, cuts: Array(0...input.utf8.count)) == output)
    }

    @Test
    func `An event of any length is held in part only`() {
        let text = String(repeating: "x", count: 300_000)
        let input = "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}],\"usage\":null}\n\n"
        let cuts = Array(stride(from: 1_000, to: input.utf8.count, by: 1_000))
        let expected = "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n"
        #expect(Self.stripped(input, cuts: cuts) == expected)
        #expect(Self.stripped(input) == expected)
    }

    @Test(arguments: SampleTests.samples.filter { $0.name.hasSuffix(".sse") && $0.body.count < 10_000 })
    func `A stripped sample is cut-proof and bears no usage chunk`(sample: Sample) {
        let text = String(decoding: sample.body, as: UTF8.self)
        let whole = Self.stripped(text)
        let single = Self.stripped(text, cuts: Array(0...text.utf8.count))
        #expect(whole == single)
        if sample.string("endpoint") == "responses" { #expect(whole == text) }
    }
}
