import Testing

@testable import OpenAIUsage

struct UsageStripperTests {
    static func stripped(
        _ text: String,
        cuts: [Int] = [],
        maximumHeldLength: Int = UsageStripper.maximumHeldLength
    ) -> String {
        var stripper = UsageStripper(maximumHeldLength: maximumHeldLength)
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
        // Nothing but usage, without the member at all or with none in its place.
        (
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"usage\":\(usage)}\n\ndata: [DONE]\n\n",
            "data: [DONE]\n\n"
        ),
        ("data: {\"object\":\"text_completion\",\"choices\":null,\"usage\":\(usage)}\n\n", ""),
        // What is not a chunk, or an error, is for the client.
        ("data: {\"usage\":\(usage)}\n\n", "data: {\"usage\":\(usage)}\n\n"),
        (
            "data: {\"object\":\"error\",\"error\":{\"message\":\"m\"},\"usage\":\(usage)}\n\n",
            "data: {\"object\":\"error\",\"error\":{\"message\":\"m\"},\"usage\":\(usage)}\n\n"
        ),
        ("data: {\"object\":\"c\",\"error\":null,\"usage\":\(usage)}\n\n", ""),
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

    static let extra = #"{"choices":[],"usage":\#(usage)}"#

    /// The member at every place, with blanks around it.
    static let members: [(input: String, output: String)] = [
        (#"{"usage":null}"#, "{}"), (#"{ "usage" : null }"#, "{  }"), (#"{"usage":null,"a":1}"#, #"{"a":1}"#),
        (#"{"a":1,"usage":null,"b":2}"#, #"{"a":1,"b":2}"#), (#"{"a":1,"usage":null}"#, #"{"a":1}"#),
        (#"{"usage":null , "a":1}"#, #"{ "a":1}"#),
        (#"{ "a" : [1] , "usage" : null , "b" : 2 }"#, #"{ "a" : [1]  , "b" : 2 }"#),
        ("{\"a\":1\t,\t\"usage\"\t:\tnull\t}", "{\"a\":1\t\t}"),
        (#"{"usage":null,"usage":null}"#, "{}"), (#"{"usage":null,"a":1,"usage":null}"#, #"{"a":1}"#),
        (#"{"us\u0061ge":null,"a":1}"#, #"{"a":1}"#), (#"{"a":1,"\u0075sage":null}"#, #"{"a":1}"#),
        (#"{"a":",","usage":null}"#, #"{"a":","}"#), (#"{"a":"{","usage":null}"#, #"{"a":"{"}"#),
        // Members of the same name with a value, or elsewhere.
        (#"{"usage":{},"usage":null}"#, #"{"usage":{}}"#), (#"{"usage":null,"usage":{}}"#, #"{"usage":{}}"#),
        (#"{"usage":{"usage":null}}"#, #"{"usage":{"usage":null}}"#), (#"{"usage":[null]}"#, #"{"usage":[null]}"#),
        (#"{"choices":[{"usage":null}]}"#, #"{"choices":[{"usage":null}]}"#), (#"{"usage":0}"#, #"{"usage":0}"#),
        (#"{"Usage":null}"#, #"{"Usage":null}"#), (#"["usage",null]"#, #"["usage",null]"#), ("null", "null"),
        (#"{"a":"\",\"usage\":null"}"#, #"{"a":"\",\"usage\":null"}"#),
        // What is not JSON is left alone from there on.
        (#"{"usage":null,,"a":1}"#, #"{,"a":1}"#), (#"{"usage":nul,"a":1}"#, #"{"usage":nul,"a":1}"#),
        (#"{"a",{"usage":null}"#, #"{"a",{"usage":null}"#), (#"x{"usage":null}"#, #"x{"usage":null}"#),
    ]

    /// Streams by what is between the chunks, and lines within them.
    static let streams: [(input: String, output: String)] = [
        // Data over several lines, with and without other lines between.
        (
            "data: {\ndata:   \"choices\": [1],\ndata:   \"usage\": null\ndata: }\n\n",
            "data: {\ndata:   \"choices\": [1]\ndata: \ndata: }\n\n"
        ),
        (
            "data: {\"usage\":\ndata:null\ndata\ndata:,\ndata: \"a\":1}\n\n",
            "data: {\ndata:\ndata\ndata:\ndata: \"a\":1}\n\n"
        ),
        (
            "data: {\"a\":1\n: comment\ndata:,\r\nid: 7\ndata:\"usage\"\rdata: : null}\n\n",
            "data: {\"a\":1\n: comment\ndata:\r\nid: 7\ndata:\rdata: }\n\n"
        ),
        ("data: {\"usage\":null,\ndata:  \"a\":1}\n\n", "data: {\ndata:  \"a\":1}\n\n"),
        // A name or a literal that a line end divides is none.
        ("data: {\"us\ndata: age\":null}\n\n", "data: {\"us\ndata: age\":null}\n\n"),
        ("data: {\"usage\":nu\ndata: ll}\n\n", "data: {\"usage\":nu\ndata: ll}\n\n"),
        // The extra chunk over several lines, and what looks like one.
        ("data: {\"choices\":[],\ndata: \"usage\":{}}\n\ndata: x\n\n", "data: x\n\n"),
        ("data: {\"choices\":[5\ndata: ],\"usage\":{}}\n\n", "data: {\"choices\":[5\ndata: ],\"usage\":{}}\n\n"),
        ("data: {\"choices\":[],\"usage\":5\ndata: }\n\n", "data: {\"choices\":[],\"usage\":5\ndata: }\n\n"),
        // The extra chunk by itself, with its neighbours, and with comments, which stay.
        ("data: \(extra)\n\n", ""), ("data: \(extra)\r\rdata: x\r\r", "data: x\r\r"),
        ("data: \(extra)\r\n\r\ndata: x\r\n\r\n", "data: x\r\n\r\n"),
        ("data: \(extra)\n\r\ndata: x\n\r\n", "data: x\n\r\n"),
        ("data: \(extra)\r\n\rdata: x\r\n\r", "data: x\r\n\r"), ("\n\r\n\rdata: \(extra)\r\r\n\n", "\n\r\n\r\n"),
        (": a\n\n: b\r\nid: 1\nevent: x\n: c\rdata: \(extra)\n:d\n\ndata: x\n\n", ": a\n\n: b\r\n: c\r:d\ndata: x\n\n"),
        ("\u{feff}data: \(extra)\n\ndata: x\n\n", "\u{feff}data: x\n\n"),
        ("\u{feff}: a\ndata: \(extra)\n\ndata: x\n\n", "\u{feff}: a\ndata: x\n\n"),
        ("data: \(extra)\n\ndata: \(extra)\n\ndata: [DONE]\n\n", "data: [DONE]\n\n"),
        // The last of several members of a name counts.
        ("data: {\"choices\":[1],\"choices\":[],\"usage\":{}}\n\n", ""),
        (
            "data: {\"choices\":[],\"usage\":{},\"choices\":[1]}\n\n",
            "data: {\"choices\":[],\"usage\":{},\"choices\":[1]}\n\n"
        ),
        (
            "data: {\"choices\":[],\"usage\":{},\"choices\":0}\n\n",
            "data: {\"choices\":[],\"usage\":{},\"choices\":0}\n\n"
        ),
        ("data: {\"choices\":[],\"usage\":{},\"usage\":1}\n\n", "data: {\"choices\":[],\"usage\":{},\"usage\":1}\n\n"),
        ("data: {\"choices\":[],\"usage\":{},\"usage\":null}\n\n", "data: {\"choices\":[],\"usage\":{}}\n\n"),
        ("data: {\"choices\":{},\"usage\":{}}\n\n", "data: {\"choices\":{},\"usage\":{}}\n\n"),
        ("data: {\"choices\":[[]],\"usage\":{}}\n\n", "data: {\"choices\":[[]],\"usage\":{}}\n\n"),
        ("data: {\"choices\":[],\"usage\":{}}x\n\n", "data: {\"choices\":[],\"usage\":{}}x\n\n"),
        ("data: [{\"choices\":[],\"usage\":{}}]\n\n", "data: [{\"choices\":[],\"usage\":{}}]\n\n"),
        ("x: \(extra)\n\n", "x: \(extra)\n\n"), ("data: x\ndata: \(extra)\n\n", "data: x\ndata: \(extra)\n\n"),
        // A stream that is cut: the extra chunk is known as soon as its usage begins.
        ("data: {\"choices\":[],\"usage\":{\"prompt", ""), (": a\ndata: {\"choices\":[],\"usage\":{}\n: b", ": a\n: b"),
        ("data: {\"choices\":[],\"usage\":", "data: {\"choices\":[],\"usage\":"),
        ("data: {\"choices\":[],\"usage\":nul", "data: {\"choices\":[],\"usage\":nul"),
        ("data: {\"choices\":[],\"usage\":null", "data: {\"choices\":[]"),
    ]

    @Test(arguments: members.map { ("data: \($0.input)\n\n", "data: \($0.output)\n\n") } + streams)
    func `Every place and spelling of the member and the chunk is known, and no other byte is touched`(
        input: String,
        output: String
    ) {
        #expect(Self.stripped(input) == output)
        #expect(Self.stripped(input, cuts: Array(0...input.utf8.count)) == output)
        for cut in 0...input.utf8.count {
            let result = Self.stripped(input, cuts: [cut])
            guard result == output else {
                Issue.record("Cut at \(cut): \(result.debugDescription)")
                return
            }
        }
    }

    @Test
    func `What is found in a long event does not depend on its pieces`() {
        let events = (0...90).map { length in
            let text = String(repeating: "x", count: 180 + length)
            return "data: {\"id\":\"\(text)\",\"usage\":null,\"choices\":[]}\n\n: \(text)\ndata: \(Self.extra)\n\n"
        }
        for input in events {
            let whole = Self.stripped(input, maximumHeldLength: 300)
            #expect(whole.contains(",\"choices\":[]}") && !whole.contains("null"))
            for piece in [1, 2, 3, 5, 64, 255, 256, 257, 299, 300, 301] {
                let cuts = Array(stride(from: piece, to: input.utf8.count, by: piece))
                #expect(Self.stripped(input, cuts: cuts, maximumHeldLength: 300) == whole, "pieces of \(piece)")
            }
        }
        // The chunk is longer than the bound with the longer comments only.
        let isKept = events.map { Self.stripped($0, maximumHeldLength: 300).contains("total_tokens") }
        #expect(!isKept[0] && isKept[90])
    }

    @Test
    func `A member that is longer than the tail stays, wherever the stream is cut`() {
        for blanks in [200, 250, 300] {
            let blank = String(repeating: " ", count: blanks)
            let input = "data: {\"a\":1,\(blank)\"usage\":null}\n\n"
            let whole = Self.stripped(input)
            #expect(whole == (blanks < 240 ? "data: {\"a\":1}\n\n" : input))
            #expect(Self.stripped(input, maximumHeldLength: 0) == whole)
            #expect(Self.stripped(input, cuts: Array(0...input.utf8.count), maximumHeldLength: 0) == whole)
        }
    }

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
