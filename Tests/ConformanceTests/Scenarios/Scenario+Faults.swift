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
    private static let document =
        #"{"id":"c","model":"gpt-4o-mini-2024-07-18","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#

    private static func event(_ text: String) -> String {
        #"data: {"id":"c","model":"gpt-4o-mini","choices":[{"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    }

    /// A call that gets no response.
    private static func unanswered(
        _ name: String,
        _ reply: Reply,
        _ manner: Manner = .readsToTheEnd,
        isHurried: Bool = false,
        isStream: Bool = true,
        _ outcome: Outcome
    ) -> Scenario {
        var scenario = Scenario(name: name, reply: reply, manner: manner, isHurried: isHurried, outcome: outcome)
        if isStream { scenario.requestBody = Array(streamRequest.utf8) }
        return scenario
    }

    /// A call that gets a stream.
    private static func stream(
        _ name: String,
        _ text: String,
        _ end: ScriptedResponse.End = .isWhole,
        _ manner: Manner = .readsToTheEnd,
        isHurried: Bool = false,
        _ deliveries: [Delivery] = [.chunked],
        _ outcome: Outcome
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
        status: Int = 200,
        type: String = "application/json",
        fields: [(name: String, value: String)] = [],
        preamble: String = "",
        _ end: ScriptedResponse.End = .isWhole,
        _ deliveries: [Delivery] = Delivery.all,
        _ outcome: Outcome
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
    static let faults: [Scenario] = beforeTheHead + withinTheBody + byTheCaller + answers

    private static let beforeTheHead: [Scenario] = [
        unanswered("connection refused", .refuses, .unreachable),
        unanswered("reset before the head", .breaksOff("", isReset: true), .unreachable),
        unanswered("closed before the head", .breaksOff("", isReset: false), .unreachable),
        unanswered("closed inside the head", .breaksOff("HTTP/1.1 200 OK\r\nContent-Ty", isReset: false), .unreachable),
        unanswered("timeout before the head", .isSilent, isHurried: true, .timeout),
        unanswered("cancelled before the head", .isSilent, .isCancelledBeforeTheHead, .abandoned),
        unanswered("shut down before the head", .isSilent, .isShutDownBeforeTheHead, .unreachable),
    ]

    private static let withinTheBody: [Scenario] = [
        stream("reset within a stream", event("1") + event("2"), .resets, .cut),
        stream("closed within a stream", event("1") + usage, .closes, Delivery.cut, .cut),
        stream("closed inside a chunk", event("1") + event("2"), .closesInChunk, .cut),
        stream("closed inside an event", event("1") + usage.dropLast(9), .closes, Delivery.cut, .cut),
        stream("stream without a terminal event", event("1") + event("2"), Delivery.all, .cut),
        stream("stream without a terminal event, but with usage", event("1") + usage, Delivery.all, .completed),
        stream(
            "error event within a stream",
            event("1") + #"data: {"error":{"message":"no","type":"server_error","code":"overloaded"}}"# + "\n\n",
            Delivery.all,
            .error
        ),
        stream("timeout within a stream", event("1"), .stalls, isHurried: true, .timeout),
        stream("closed behind the terminal event", event("1") + usage + done, .closes, Delivery.cut, .completed),
        document("closed within a length", Array(document.utf8.dropLast(20)), .closes, [.whole], .cut),
    ]

    private static let byTheCaller: [Scenario] = [
        stream("stops behind the terminal event", event("1") + usage + done, .stalls, .stopsBehind(done), .completed),
        stream("never read", "", .stalls, .neverReads, .abandoned),
        stream("one piece read", event("1"), .stalls, .readsOnePiece, .abandoned),
        stream("cancelled within the stream", event("1"), .stalls, .isCancelledWithinTheBody, .abandoned),
        stream(
            "cancelled behind the end",
            event("1") + usage + done,
            .isWhole,
            .isCancelledBehindTheEnd,
            Delivery.all,
            .completed
        ),
        stream("shut down within the stream", event("1"), .stalls, .isShutDownWithinTheBody, .cut),
    ]

    private static let answers: [Scenario] = [
        document("401", error("invalid_request_error", "invalid_api_key"), status: 401, .error),
        document(
            "429",
            error("requests", "rate_limit_exceeded"),
            status: 429,
            fields: [("retry-after-ms", "1500")],
            .error
        ),
        document("500", error("server_error", "internal"), status: 500, .error),
        document("503", error("server_error", "overloaded"), status: 503, fields: [("retry-after", "7")], .error),
        document("503 in HTML", Array("<html><h1>503</h1></html>".utf8), status: 503, type: "text/html", .error),
        document("200 without a body", [], .completed),
        document("malformed JSON", Array(#"{"id":"c","usage":{"prompt_tokens":3,,}"#.utf8), .completed),
        document("gzip", Gzip.encode(document), fields: [("content-encoding", "gzip")], .completed),
        document(
            "gzip that is cut",
            Gzip.encode(document).dropLast(12),
            fields: [("content-encoding", "gzip")],
            .closes,
            [.whole],
            .cut
        ),
        document("204", [], status: 204, .completed),
        document("100 before the head", Array(document.utf8), preamble: "HTTP/1.1 100 Continue\r\n\r\n", .completed),
        document(
            "103 before the head",
            Array(document.utf8),
            preamble: "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
            .completed
        ),
    ]
}
