import OpenAIUsage

extension Scenario {
    private static let usage =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"
    private static let streamFields = [
        (name: "content-type", value: "text/event-stream"), (name: "x-request-id", value: "req_1"),
    ]
    private static let streamRequest =
        #"{"model":"gpt-4o-mini","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#
    private static let answer =
        #"{"id":"c","model":"gpt-4o-mini-2024-07-18","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#

    private static func event(_ text: String) -> String {
        #"data: {"id":"c","model":"gpt-4o-mini","choices":[{"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    }

    /// A call that gets no response.
    private static func unanswered(
        _ name: String,
        _ reply: Reply,
        _ outcome: Outcome,
        manner: Manner = .readsToTheEnd,
        isHurried: Bool = false
    ) -> Scenario {
        Scenario(
            name: name,
            requestBody: Array(streamRequest.utf8),
            reply: reply,
            manner: manner,
            isHurried: isHurried,
            outcome: outcome
        )
    }

    /// A call that gets a stream.
    private static func stream(
        _ name: String,
        _ text: String,
        _ outcome: Outcome,
        _ end: ScriptedResponse.End = .isWhole,
        manner: Manner = .readsToTheEnd,
        isHurried: Bool = false,
        deliveries: [Delivery] = [.chunked]
    ) -> Scenario {
        let response = ScriptedResponse(fields: streamFields, body: Array(text.utf8), end: end)
        return Scenario(
            name: name,
            requestBody: Array(streamRequest.utf8),
            reply: .responds(response),
            manner: manner,
            isHurried: isHurried,
            deliveries: deliveries,
            outcome: outcome
        )
    }

    /// A call that gets a document.
    private static func document(
        _ name: String,
        _ body: [UInt8],
        _ outcome: Outcome,
        status: Int = 200,
        type: String = "application/json",
        fields: [(name: String, value: String)] = [],
        preamble: String = "",
        end: ScriptedResponse.End = .isWhole,
        deliveries: [Delivery] = Delivery.all
    ) -> Scenario {
        var response = ScriptedResponse(preamble: preamble, status: status, body: body, end: end)
        response.fields = [("content-type", type), ("x-request-id", "req_1")] + fields
        response.hasNoBody = status == 204
        return Scenario(name: name, reply: .responds(response), deliveries: deliveries, outcome: outcome)
    }

    private static func error(_ type: String, _ code: String) -> [UInt8] {
        Array(#"{"error":{"message":"no","type":"\#(type)","param":null,"code":"\#(code)"}}"#.utf8)
    }

    /// What goes wrong on the way, and who ends a call early.
    static let faults: [Scenario] = beforeTheHead + withinTheBody + byTheCaller + errors + answers

    private static let beforeTheHead: [Scenario] = [
        unanswered("connection refused", .refuses, .unreachable),
        unanswered("reset before the head", .breaksOff("", isReset: true), .unreachable),
        unanswered("closed before the head", .breaksOff("", isReset: false), .unreachable),
        unanswered("closed inside the head", .breaksOff("HTTP/1.1 200 OK\r\nContent-Ty", isReset: false), .unreachable),
        unanswered("timeout before the head", .isSilent, .timeout, isHurried: true),
        unanswered("cancelled before the head", .isSilent, .abandoned, manner: .isCancelledBeforeTheHead),
        unanswered("shut down before the head", .isSilent, .unreachable, manner: .isShutDownBeforeTheHead),
    ]

    private static let withinTheBody: [Scenario] = [
        stream("reset within a stream", event("1") + event("2"), .cut, .resets),
        stream("closed within a stream", event("1") + usage, .cut, .closes, deliveries: Delivery.cut),
        stream("closed inside a chunk", event("1") + event("2"), .cut, .closesInChunk),
        stream("closed inside an event", event("1") + usage.dropLast(9), .cut, .closes, deliveries: Delivery.cut),
        stream("stream without a terminal event", event("1") + event("2"), .cut, deliveries: Delivery.all),
        stream("usage without a terminal event", event("1") + usage, .completed, deliveries: Delivery.all),
        stream(
            "error event within a stream",
            event("1") + #"data: {"error":{"message":"no","type":"server_error","code":"overloaded"}}"# + "\n\n",
            .error,
            deliveries: Delivery.all
        ),
        stream("timeout within a stream", event("1"), .timeout, .stalls, isHurried: true),
        stream(
            "closed behind the terminal event",
            event("1") + usage + done,
            .completed,
            .closes,
            deliveries: Delivery.cut
        ),
        document("closed within a length", Array(answer.utf8.dropLast(20)), .cut, end: .closes, deliveries: [.whole]),
    ]

    private static let byTheCaller: [Scenario] = [
        stream(
            "let go behind the terminal event",
            event("1") + usage + done,
            .completed,
            .stalls,
            manner: .stopsBehind(done)
        ),
        stream("never read", "", .abandoned, .stalls, manner: .neverReads),
        stream("one piece read", event("1"), .abandoned, .stalls, manner: .readsOnePiece),
        stream("cancelled within the stream", event("1"), .abandoned, .stalls, manner: .isCancelledWithinTheBody),
        stream(
            "cancelled behind the end",
            event("1") + usage + done,
            .completed,
            manner: .isCancelledBehindTheEnd,
            deliveries: Delivery.all
        ),
        stream("shut down within the stream", event("1"), .cut, .stalls, manner: .isShutDownWithinTheBody),
    ]

    private static let codedRequest: Scenario = {
        var scenario = document("gzip request", Array(answer.utf8), .completed)
        scenario.fields = [("Content-Encoding", "gzip")]
        scenario.requestBody = Gzip.encode(#"{"model":"gpt-4o-mini","messages":[],"service_tier":"flex"}"#)
        return scenario
    }()

    /// A request that is longer than what any transport keeps of a stream.
    private static let streamedRequest: Scenario = {
        var scenario = document("request that streams", Array(answer.utf8), .completed)
        let text = String(repeating: "word ", count: 200_000)
        scenario.requestBody = Array(
            #"{"model":"gpt-4o-mini","service_tier":"flex","messages":[{"role":"user","content":"\#(text)"}]}"#.utf8
        )
        scenario.streamsRequest = true
        return scenario
    }()

    /// A response without a body whose caller lets go of it unread.
    private static func unread(
        _ name: String,
        status: Int,
        _ fields: [(name: String, value: String)] = []
    ) -> Scenario {
        var response = ScriptedResponse(status: status, hasNoBody: true)
        response.fields += fields
        return Scenario(name: name, reply: .responds(response), manner: .neverReads, outcome: .completed)
    }

    private static let longError =
        error("requests", "rate_limit_exceeded").dropLast(2)
        + Array(#","param":"\#(String(repeating: "x", count: 300_000))"}}"#.utf8)

    private static let errors: [Scenario] = [
        document("401", error("invalid_request_error", "invalid_api_key"), .error, status: 401),
        document(
            "429",
            error("requests", "rate_limit_exceeded"),
            .error,
            status: 429,
            fields: [("retry-after-ms", "1500")]
        ),
        document("429 with a long body", Array(longError), .error, status: 429, fields: [("retry-after", "1")]),
        document("500", error("server_error", "internal"), .error, status: 500),
        document("503", error("server_error", "overloaded"), .error, status: 503, fields: [("retry-after", "7")]),
        document("503 in HTML", Array("<html><h1>503</h1></html>".utf8), .error, status: 503, type: "text/html"),
    ]

    private static let answers: [Scenario] = [
        document("200 without a body", [], .completed),
        document("malformed JSON", Array(#"{"id":"c","usage":{"prompt_tokens":3,,}"#.utf8), .completed),
        document("gzip", Gzip.encode(answer), .completed, fields: [("content-encoding", "gzip")]),
        document(
            "gzip that is cut",
            Gzip.encode(answer).dropLast(12),
            .cut,
            fields: [("content-encoding", "gzip")],
            end: .closes,
            deliveries: [.whole]
        ),
        codedRequest, streamedRequest, unread("204 that nobody reads", status: 204),
        unread("empty response that nobody reads", status: 200, [("Content-Length", "0")]),
        document("204", [], .completed, status: 204),
        document("100 before the head", Array(answer.utf8), .completed, preamble: "HTTP/1.1 100 Continue\r\n\r\n"),
        document(
            "103 before the head",
            Array(answer.utf8),
            .completed,
            preamble: "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        ),
    ]
}
