import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Upstreams that refuse to be asked for usage: the client gets what it would have got without the gateway.
struct RejectionTests {
    private static let own = RequestTransformerTests.asking
    private static let asked = RequestTransformerTests.asked
    private static let events =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n"

    private static func response(_ status: Int, _ type: String, _ body: String, extra: String = "") -> String {
        "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\n\(extra)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let stream = response(200, "text/event-stream", events, extra: "x-request-id: req_2\r\n")

    struct Rejection: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let response: String

        init(_ name: String, _ status: Int, _ type: String, _ body: String, extra: String = "") {
            testDescription = name
            response = RejectionTests.response(status, type, body, extra: "x-request-id: req_1\r\n" + extra)
        }

        init(_ name: String, raw response: String) {
            testDescription = name
            self.response = response
        }
    }

    private static let error = #"{"error":{"message":"Unknown parameter: 'stream_options'.","param":"stream_options"}}"#

    static let rejections = [
        Rejection("OpenAI", 400, "application/json", error),
        Rejection(
            "vLLM",
            422,
            "application/json",
            #"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"]}]}"#
        ),
        Rejection("a text", 400, "text/plain", "unknown field stream_options"),
        Rejection("a connection that is not kept", 400, "application/json", error, extra: "Connection: close\r\n"),
        Rejection("200", 200, "application/json", error),
        Rejection("200 as events", 200, "text/event-stream", error),
        Rejection("an error event", 200, "text/event-stream", "data: \(error)\n\n"),
        Rejection(
            "chunks",
            raw: "HTTP/1.1 400 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\n{\"err\r\n17\r\nor\":\"no stream_options\"\r\n1\r\n}\r\n0\r\n\r\n"
        ),
        Rejection("without an end", raw: "HTTP/1.1 400 X\r\nContent-Type: text/plain\r\n\r\nno stream_options"),
    ]

    /// Answers the requests of all connections in their order.
    private static func playing(_ responses: [String]) async throws -> (ScriptedUpstream, Watched<[RawMessage]>) {
        let requests = Watched<[RawMessage]>([])
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                let request = try await connection.message(.request)
                let number = requests.update {
                    $0.append(request)
                    return $0.count - 1
                }
                guard number < responses.count else { return await connection.close() }
                try await connection.send(responses[number])
                if responses[number].contains("Connection: close") || !responses[number].contains("Content-Length") {
                    await connection.close()
                }
            }
        })
        return (upstream, requests)
    }

    @Test(arguments: rejections, [1, 2])
    func theClientsOwnRequestIsSentOnceAndIsTheOneRow(_ rejection: Rejection, _ rounds: Int) async throws {
        let (upstream, requests) = try await Self.playing([rejection.response, Self.stream, Self.stream])
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            for round in 1...rounds {
                let response = try await client.exchange(
                    RawClient.post("/v1/chat/completions", Self.own, extra: "Accept-Encoding: gzip\r\n")
                )
                #expect(response.status == 200 && response.text == Self.events)
                #expect(response["content-length"] == ["\(Self.events.utf8.count)"])
                let record = try await harness.recorder.records(round)[round - 1]
                #expect(record.status == 200 && record.outcome == .completed && record.requestID == "req_2")
                #expect(record.diagnostics["include-usage"] == (round == 1 ? "refused" : "refused-before"))
            }
            // The refused try is not a row of its own, and the next call does not try again.
            let sent = requests.value
            #expect(sent.map(\.text) == [Self.asked] + Array(repeating: Self.own, count: rounds))
            #expect(sent.allSatisfy { $0["content-length"] == ["\($0.body.count)"] })
            #expect(sent.map { $0["accept-encoding"] } == [["identity"]] + Array(repeating: ["gzip"], count: rounds))
            let state = harness.recorder.current
            #expect(
                state.records.count == rounds
                    && state.notAsked == (rounds == 1 ? [.refused] : [.refused, .refusedBefore])
            )
        }
    }

    @Test func anErrorThatOnlyRepeatsTheRequestIsNotRemembered() async throws {
        let echo = Self.response(400, "application/json", #"{"detail":"no messages","input":{"stream_options":{}}}"#)
        let (upstream, requests) = try await Self.playing([echo, echo, Self.stream])
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            let request = RawClient.post("/v1/chat/completions", Self.own)
            #expect(try await client.exchange(request).status == 400)
            #expect(try await client.exchange(request).status == 200)
            #expect(requests.value.map(\.text) == [Self.asked, Self.own, Self.asked])
            let records = try await harness.recorder.records(2)
            #expect(records.map(\.status) == [400, 200])
        }
    }

    @Test func anotherModelIsAskedAllTheSame() async throws {
        let rejection = Self.response(400, "application/json", Self.error)
        let (upstream, requests) = try await Self.playing([rejection, Self.stream, Self.stream])
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            _ = try await client.exchange(RawClient.post("/v1/chat/completions", Self.own))
            _ = try await client.exchange(RawClient.post("/v1/chat/completions", #"{"model":"other","stream":true}"#))
            #expect(requests.value.map { $0.text.contains("include_usage") } == [true, false, true])
            _ = try await harness.recorder.records(2)
        }
    }

    @Test(arguments: [
        #"{"error":{"message":"Invalid model."}}"#, "", "not JSON", String(repeating: "long ", count: 20_000),
    ])
    func anyOtherErrorReachesTheClientAsItCame(_ body: String) async throws {
        let (upstream, requests) = try await Self.playing([Self.response(400, "application/json", body)])
        try await Harness.run(upstream: upstream) { harness in
            let response = try await harness.exchange(RawClient.post("/v1/chat/completions", Self.own))
            #expect(response.status == 400 && response.text == body)
            #expect(response["content-length"] == ["\(body.utf8.count)"])
            #expect(requests.value.count == 1)
            let record = try await harness.recorder.record()
            #expect(record.outcome == .error && record.diagnostics["include-usage"] == nil)
        }
    }

    @Test func aClientThatAskedItselfGetsTheRefusal() async throws {
        let (upstream, requests) = try await Self.playing([Self.response(400, "application/json", Self.error)])
        try await Harness.run(upstream: upstream) { harness in
            let response = try await harness.exchange(RawClient.post("/v1/chat/completions", Self.asked))
            #expect(response.status == 400 && response.text == Self.error && requests.value.count == 1)
            _ = try await harness.recorder.record()
        }
    }

    @Test func theSecondTryMayFailToo() async throws {
        let (upstream, requests) = try await Self.playing([Self.response(400, "application/json", Self.error)])
        try await Harness.run(upstream: upstream) { harness in
            let response = try await harness.exchange(RawClient.post("/v1/chat/completions", Self.own))
            #expect(response.status == 502 && requests.value.count == 2)
            let record = try await harness.recorder.record()
            #expect(record.outcome == .unreachable && record.status == nil)
        }
    }

    /// The ledger, the metrics and the reports see one call.
    @Test func aRefusalIsCountedAndTheLedgerHasOneRow() async throws {
        let rejection = Self.response(400, "application/json", Self.error)
        let (upstream, requests) = try await Self.playing([rejection, Self.stream, Self.stream])
        try await RunningGateway.run(upstream: "http://127.0.0.1:\(upstream.port)/v1") { gateway in
            let client = try await gateway.caller()
            for _ in 0..<2 {
                let response = try await client.exchange(RawClient.post("/v1/chat/completions", Self.own))
                #expect(response.text == Self.events)
            }
            let rows = try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery())
            #expect(rows.map(\.status) == [200, 200] && rows.map(\.outcome) == [.completed, .completed])
            #expect(rows.map { $0.diagnostics["include-usage"] } == ["refused", "refused-before"])
            let metrics = try await gateway.ask("/metrics").text
            for (reason, count) in [("refused", 1), ("refused-before", 1), ("not-held", 0)] {
                #expect(metrics.contains("oai_usage_include_usage_not_asked_total{reason=\"\(reason)\"} \(count)\n"))
            }
            await client.connection.reset()
        }
        #expect(requests.value.allSatisfy { $0.target == "/v1/chat/completions" })
        await upstream.stop()
    }

    @Test func aClientThatHasGoneIsNotSentForAgain() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.post("/v1/chat/completions", Self.own))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            await client.connection.reset()
            try await harness.untilClientsLeft(0)
            try await upstream.send(Self.response(400, "application/json", Self.error))
            let record = try await harness.recorder.record()
            #expect(record.status == 400 && harness.upstream.acceptedCount == 1)
        }
    }

    @Test func anErrorThatIsCutOffIsSeenAsSuch() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.post("/v1/chat/completions", Self.own))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 400 X\r\nContent-Length: 100\r\n\r\n{\"error\":")
            await upstream.close()
            let received = try await client.connection.ended()
            let text = String(decoding: received.bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 400") && text.hasSuffix("\r\n\r\n{\"error\":"))
            #expect(try await harness.recorder.record().status == 400)
        }
    }
}
