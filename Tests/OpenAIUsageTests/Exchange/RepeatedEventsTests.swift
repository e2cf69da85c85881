import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Events that repeat one another are passed over faster than others, and say the same all the same.
///
/// The oracle is the same stream with a blank or a tab before every object, in turns: no event then begins like the one
/// before it, and each is read from its first byte to its last.
struct RepeatedEventsTests {
    /// The data of events, whose strings and numbers are varied, with the names they come under.
    private typealias Template = (name: String?, data: String)

    private static let chunk =
        #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795424101,"model":"gpt-4o-mini","#
        + #""service_tier":"default","system_fingerprint":"fp_5a5c5f0e59","choices":[{"index":0,"delta":{DELTA},"#
        + #""logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"39d62033"}"#

    private static let chat: [Template] =
        [
            #""role":"assistant","content":"","refusal":null"#, #""content":"Hel""#, #""content":"lo, \"you\"""#,
            #""content":"""#, #""content":null,"reasoning_content":"why""#,
            #""tool_calls":[{"index":0,"function":{"arguments":"{\""}}]"#, #""refusal":"no""#, #""content":["x"]"#,
        ]
        .map { (nil, chunk.replacing("DELTA", with: $0)) } + [
            (nil, chunk.replacing("DELTA", with: "").replacing(#"_reason":null"#, with: #"_reason":"stop""#)),
            (
                nil,
                chunk.replacing("DELTA", with: "").replacing(
                    #""usage":null"#,
                    with: #""usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#
                )
            ),
            (nil, chunk.replacing("chatcmpl-1", with: "chatcmpl-2").replacing("DELTA", with: #""content":"x""#)),
            (nil, chunk.replacing("DELTA", with: #""content":"x""#).replacing(#"{"id""#, with: #"{"id":"first","id""#)),
            (nil, chunk.replacing("DELTA", with: #""content":"x""#).replacing(#""39d6"#, with: #""x","model":"late"#)),
            (nil, chunk.replacing("DELTA", with: #""content":"x""#).replacing("fault", with: "fault\\u0021")),
            (nil, #"{"id":"chatcmpl-1","choices":[],"error":{"message":"m","type":"server_error","code":null}}"#),
            (nil, #"{"id":"chatcmpl-1","choices":[{"delta":{"content":"old"},"n":1.5e-3,"l":[1,22,-3.5]}]}"#),
            (nil, "{\"id\":\"chatcmpl-1\",\ndata: \"choices\":[{\"delta\":{\"content\":\"two\"}}]}"),
            (nil, "[DONE]"),
        ]

    private static let delta =
        #"{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_d3430b8f","output_index":0,"#
        + #""content_index":0,"delta":"Hel","logprobs":[],"obfuscation":"x8"}"#

    private static let responses: [Template] = [
        ("response.output_text.delta", delta), ("response.output_text.delta", delta),
        ("response.output_text.delta", delta.replacing(#""type":"response.output_text.delta","#, with: "")),
        ("response.completed", delta.replacing(#""type":"response.output_text.delta","#, with: "")),
        ("response.completed", delta), ("error", delta),
        (
            "response.in_progress",
            #"{"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","status":"in_progress","#
                + #""error":null,"model":"gpt-6-luna","service_tier":"auto","usage":null}}"#
        ),
        (
            "response.completed",
            #"{"type":"response.completed","sequence_number":7,"response":{"id":"resp_1","status":"completed","#
                + #""model":"gpt-6-luna","output":[{"type":"web_search_call","status":"completed","#
                + #""action":{"type":"search"}}],"usage":{"input_tokens":500,"output_tokens":9,"total_tokens":509}}}"#
        ),
        ("error", #"{"type":"error","sequence_number":9,"code":"server_error","message":"m","param":null}"#),
    ]

    private static let strings = [
        "", "x", "Hel", "lo", " there", "a,b:{[", #"\n"#, #"\"\\"#, #"\u00e9\ud83d\ude00"#, #"\ud83d"#,
        "\u{1f600} \u{e9}",
        "a text that is longer than any of the looks that a search takes at once, and then some",
    ]
    private static let numbers = ["0", "1", "22", "-3", "4.5", "1e3", "-0.25E-7", "12345678901234567890"]

    /// Varies the strings and numbers of an object, seldom its names, and damages it now and then.
    private static func varied(_ text: String, _ random: inout SplitMix64) -> [UInt8] {
        var result = ""
        var rest = text[...]
        let isDamaged = Int.random(in: 0..<20, using: &random) == 0
        while let first = rest.first {
            let token: Substring
            if first == "\"" {
                let body = rest.dropFirst().prefix { $0 != "\"" }
                token = rest.prefix(body.count + 2)
            } else if first.isNumber {
                token = rest.prefix { $0.isNumber || ".eE+-".contains($0) }
            } else {
                token = rest.prefix(1)
            }
            rest = rest.dropFirst(token.count)
            let isName = rest.first == ":"
            let names = ["content", "delta", "obfuscation"]
            let isLikely = names.contains { result.hasSuffix("\"\($0)\":") } || first.isNumber
            let isChanged = Int.random(in: 0..<(isName ? 400 : isLikely ? 2 : 60), using: &random) == 0
            if isChanged, first == "\"" {
                result += "\"\(strings.randomElement(using: &random) ?? "")\""
            } else if isChanged, first.isNumber {
                result += numbers.randomElement(using: &random) ?? "0"
            } else {
                result += token
            }
        }
        var bytes = result.bytes
        if isDamaged, !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.remove(at: index)
            case 1: bytes[index] = "{}[]\":,\\0eE-x\t".bytes.randomElement(using: &random) ?? 0
            default: bytes.removeLast(index)
            }
            bytes.removeAll { $0 == 0x0a || $0 == 0x0d }
        }
        return bytes
    }

    /// A stream of runs of like events, as it is and with blanks before its objects.
    private static func streams(
        of templates: [Template],
        _ random: inout SplitMix64
    ) -> (plain: [UInt8], disturbed: [UInt8]) {
        var plain: [UInt8] = []
        var disturbed: [UInt8] = []
        var count = 0
        func add(_ bytes: [UInt8]) {
            plain += bytes
            disturbed += bytes
        }
        let end = (["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n").bytes
        for _ in 0..<Int.random(in: 2...6, using: &random) {
            guard let template = templates.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...14, using: &random) {
                if let name = template.name { add("event: \(name)".bytes + end) }
                if Int.random(in: 0..<30, using: &random) == 0 { add(": comment".bytes + end) }
                add("data: ".bytes)
                let data = varied(template.data, &random)
                if data.first == UInt8(ascii: "{") { disturbed.append(count.isMultiple(of: 2) ? 0x20 : 0x09) }
                count += 1
                add(data + end + end)
            }
        }
        guard Int.random(in: 0..<3, using: &random) == 0 else { return (plain, disturbed) }
        // Cut inside the last events, at the same byte of both.
        let excess = Int.random(in: 0...min(40, plain.count), using: &random)
        return (Array(plain.dropLast(excess)), Array(disturbed.dropLast(excess)))
    }

    private static func record(_ path: String, _ body: [UInt8], cuts: [Int]) throws -> CallRecord {
        var call = ObservedCall()
        call.path = path
        call.fields = [("content-type", "text/event-stream")]
        call.body = body
        call.cuts = cuts
        call.ending = .cut
        return try call.record().timeless
    }

    private func check(_ path: String, _ templates: [(name: String?, data: String)], seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for number in 0..<40 {
            let (plain, disturbed) = Self.streams(of: templates, &random)
            let expected = try Self.record(path, disturbed, cuts: [])
            let reads = Array(stride(from: 0, to: plain.count, by: Int.random(in: 100...900, using: &random)))
            let pieces = Array(stride(from: 0, to: plain.count, by: Int.random(in: 1...40, using: &random)))
            let bytes = number.isMultiple(of: 8) ? Array(0..<plain.count) : []
            for cuts in [[], reads, pieces, bytes] {
                let record = try Self.record(path, plain, cuts: cuts)
                guard record == expected else {
                    Issue.record(
                        "\(record.differences(from: expected)) seed \(seed), number \(number), cuts \(cuts.prefix(3)): \(String(decoding: plain, as: UTF8.self))"
                    )
                    return
                }
            }
        }
    }

    @Test(arguments: 0..<8)
    func `A chat stream says what its events say one by one`(batch: Int) throws {
        try check("/v1/chat/completions", Self.chat, seed: UInt64(0xe7e_0000 + batch))
    }

    @Test(arguments: 0..<8)
    func `A responses stream says what its events say one by one`(batch: Int) throws {
        try check("/v1/responses", Self.responses, seed: UInt64(0xe7e_1000 + batch))
    }

    @Test(arguments: ["/v1/images/generations", "/v1/audio/speech", "/v1/threads/thread_1/runs", "/v1/unknown"])
    func `So does a stream of any other family`(path: String) throws {
        try check(path, Self.chat + Self.responses, seed: 0xe7e_2000)
    }

    @Test(arguments: Sample.all.filter { $0.name.hasSuffix(".sse") })
    func `A stream whose events come again and again says the same with blanks before them`(sample: Sample) throws {
        let text = String(decoding: sample.body, as: UTF8.self)
        let separator = text.contains("\r\n\r\n") ? "\r\n\r\n" : text.contains("\r\r") ? "\r\r" : "\n\n"
        var plain: [String] = []
        var disturbed: [String] = []
        for event in text.split(separator: separator).map(String.init) {
            for count in 0..<5 {
                plain.append(event)
                disturbed.append(event.replacing("data: {", with: count.isMultiple(of: 2) ? "data:  {" : "data: \t{"))
            }
        }
        var records: [CallRecord] = []
        for events in [plain, disturbed] {
            var call = ObservedCall()
            call.path = sample.request.path ?? "/"
            call.fields = sample.head.headerFields.map { ($0.name.rawName, $0.value) }
            call.body = events.joined(separator: separator).bytes + separator.bytes
            for cuts in [[], Array(stride(from: 0, to: call.body.count, by: 333)), Array(0..<call.body.count)] {
                call.cuts = cuts
                records.append(try call.record().timeless)
            }
        }
        #expect(records.allSatisfy { $0 == records[0] })
    }

    @Test
    func `The first token of a stream is the first that is not empty`() throws {
        // Ten empty deltas, then one with text, then empty ones again: the time is that of the eleventh.
        let clock = ManualClock()
        let sink = RecordingSink()
        var call = ObservedCall()
        call.configuration = ExchangeConfiguration(clock: clock)
        let exchange = call.exchange(sink: sink)
        exchange.receive(head: ObservedCall.head(200, [("content-type", "text/event-stream")]))
        for number in 0..<30 {
            clock.advance(microseconds: 1_000)
            let content = number == 10 ? "x" : ""
            let data = Self.chunk.replacing("DELTA", with: "\"content\":\"\(content)\"")
            exchange.receive(body: "data: \(data)\n\n".bytes.span.bytes)
        }
        exchange.finish(.completed)
        #expect(sink.records.first?.timing.timeToFirstTokenMicroseconds == 11_000)
    }
}
