import Testing

@testable import OpenAIUsage

/// Errors that refuse the option, in the spellings of servers.
struct RejectionTests {
    /// Refusals by what sends them.
    static let refusals: [(name: String, status: Int, type: String?, body: String)] = [
        (
            "OpenAI", 400, "application/json",
            #"{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}"#
        ),
        (
            "Azure before 2024-09", 400, "application/json",
            #"{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error","param":null,"code":null}}"#
        ),
        (
            "vLLM", 422, "application/json",
            #"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"include_usage":true}}]}"#
        ),
        (
            "Mistral", 422, "application/json",
            #"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted","input":true}]},"type":"invalid_request_error","param":null,"code":null}"#
        ),
        (
            "a router's text within a text", 400, "application/json",
            #"{"error":{"message":"BadRequestError: Exception - {'detail': [{'type': 'extra_forbidden', 'loc': ['body', 'stream_options']}]}","type":null,"param":null,"code":"400"}}"#
        ),
        (
            "Gemini", 400, "application/json",
            #"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"stream_options\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#
        ),
        ("a decoder of Go", 400, "text/plain; charset=utf-8", "json: unknown field \"stream_options\"\n"),
        ("camel case", 400, "application/json", #"{"message":"property streamOptions should not exist"}"#),
        ("words", 400, "text/html", "<p>Stream options are not supported by this model</p>"),
        ("a page that says what it is not", 400, nil, "include_usage: not allowed"),
        ("200 with an error", 200, "application/json", #"{"error":{"message":"stream_options is not supported"}}"#),
        ("200 with a detail", 200, "text/plain", #"{"detail":"Unknown field: stream_options"}"#),
        ("200 with an error, labeled as events", 200, "text/event-stream", #"{"error":"bad stream_options"}"#),
        (
            "200 with an error event", 200, "text/event-stream",
            "data: {\"error\": {\"message\": \"Unsupported parameter: stream_options\"}}\n\ndata: [DONE]\n\n"
        ),
        (
            "200 with a named event", 200, "text/event-stream",
            "event: error\r\ndata: \"Unsupported parameter: stream_options\"\r\n\r\n"
        ),
    ]

    /// Responses that are to reach the client, though they look like refusals.
    static let others: [(name: String, status: Int, type: String?, body: String)] = [
        ("another error", 400, "application/json", #"{"error":{"message":"Unknown parameter: 'streams'."}}"#),
        ("another status", 401, "application/json", #"{"error":{"message":"stream_options"}}"#),
        ("a server's error", 500, "application/json", #"{"error":{"message":"stream_options"}}"#),
        (
            "an answer about it", 200, "application/json",
            #"{"id":"c","choices":[{"message":{"content":"Set stream_options in the error."}}]}"#
        ),
        ("an answer about it, choices last", 200, "application/json", #"{"note":"stream_options","choices":[]}"#),
        (
            "events about it", 200, "text/event-stream",
            "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"error\\\": stream_options\"}}]}\n\n"
        ),
        ("an error event about something else", 200, "text/event-stream", "data: {\"error\":\"overloaded\"}\n\n"),
        ("a text", 200, "text/plain", "stream_options"),
        ("nothing", 400, "application/json", ""), ("no body", 200, "application/json", ""),
        ("a long error", 400, "text/plain", String(repeating: "x", count: 150_000) + "stream_options"),
    ]

    private static func mode(
        _ response: (name: String, status: Int, type: String?, body: String),
        pieces: Int
    ) -> (mode: IncludeUsageResponse.Mode, output: String) {
        var transformer = IncludeUsageResponse(
            status: response.status,
            contentType: response.type,
            contentEncoding: nil,
            hasLength: true,
            isBodiless: false
        )
        var output: [UInt8] = []
        var rest = Array(response.body.utf8)[...]
        while !rest.isEmpty {
            Array(rest.prefix(pieces)).withUnsafeBufferPointer { transformer.receive($0, into: &output) }
            rest = rest.dropFirst(pieces)
            transformer.pause()
        }
        transformer.finish(into: &output)
        return (transformer.mode, String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: refusals)
    func `A refusal is known, wherever it is cut`(refusal: (name: String, status: Int, type: String?, body: String)) {
        for pieces in [1, 7, 100_000] {
            let (mode, output) = Self.mode(refusal, pieces: pieces)
            #expect(mode == .refused && output.isEmpty, "\(refusal.name) in pieces of \(pieces)")
        }
    }

    @Test(arguments: others)
    func `Any other response reaches the client`(other: (name: String, status: Int, type: String?, body: String)) {
        for pieces in [other.body.utf8.count > 1_000 ? 999 : 1, 7, 100_000] {
            let (mode, output) = Self.mode(other, pieces: pieces)
            #expect(mode == .passing || mode == .stripping, "\(other.name) in pieces of \(pieces)")
            #expect(mode == .passing ? output.isEmpty : output == other.body, "\(other.name) in pieces of \(pieces)")
        }
    }

    @Test(arguments: [1, 1_000])
    func `A refusal is known through its coding`(pieces: Int) {
        // The first of the refusals above, with gzip.
        let body: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0x4a, 0x2d, 0x2a, 0xca,
            0x2f, 0x52, 0xb2, 0xaa, 0x56, 0xca, 0x4d, 0x2d, 0x2e, 0x4e, 0x4c, 0x4f, 0x55, 0xb2, 0x52, 0x0a,
            0xcd, 0xcb, 0xce, 0xcb, 0x2f, 0xcf, 0x53, 0x28, 0x48, 0x2c, 0x4a, 0xcc, 0x4d, 0x2d, 0x49, 0x2d,
            0xb2, 0x52, 0x50, 0x2f, 0x2e, 0x29, 0x4a, 0x4d, 0xcc, 0x8d, 0xcf, 0x2f, 0x28, 0xc9, 0xcc, 0xcf,
            0x2b, 0x56, 0xd7, 0x53, 0xaa, 0xad, 0x05, 0x00, 0xad, 0xae, 0xc0, 0x03, 0x3c, 0x00, 0x00, 0x00,
        ]
        for (coding, expected) in [("gzip", IncludeUsageResponse.Mode.refused), ("br", .passing)] {
            var transformer = IncludeUsageResponse(
                status: 400,
                contentType: "application/json",
                contentEncoding: coding,
                hasLength: false,
                isBodiless: false
            )
            var output: [UInt8] = []
            var rest = body[...]
            while !rest.isEmpty {
                Array(rest.prefix(pieces)).withUnsafeBufferPointer { transformer.receive($0, into: &output) }
                rest = rest.dropFirst(pieces)
            }
            transformer.finish(into: &output)
            #expect(transformer.mode == expected && output.isEmpty)
        }
    }

    @Test
    func `A refusal is remembered for ten minutes, by upstream and model`() {
        var memory = RejectedAdditions()
        let key = RejectedAdditions.Key(upstream: "a", model: "m")
        let isNew = memory.remember(key, at: 5)
        let isNewAgain = memory.remember(key, at: 5)
        #expect(isNew && !isNewAgain)
        let isKept = memory.contains(key, at: RejectedAdditions.lifetime + 4)
        let isOther = memory.contains(RejectedAdditions.Key(upstream: "a", model: nil), at: 6)
        let isElsewhere = memory.contains(RejectedAdditions.Key(upstream: "b", model: "m"), at: 6)
        let isOver = memory.contains(key, at: RejectedAdditions.lifetime + 5)
        #expect(isKept && !isOther && !isElsewhere && !isOver && memory.count == 0)
    }

    @Test
    func `The memory has a bound, and the oldest refusal makes room`() {
        var memory = RejectedAdditions()
        for number in 0...RejectedAdditions.capacity {
            memory.remember(RejectedAdditions.Key(upstream: "a", model: "\(number)"), at: Int64(number))
        }
        let hasFirst = memory.contains(RejectedAdditions.Key(upstream: "a", model: "0"), at: 300)
        let hasSecond = memory.contains(RejectedAdditions.Key(upstream: "a", model: "1"), at: 300)
        #expect(memory.count == RejectedAdditions.capacity && !hasFirst && hasSecond)
    }
}
