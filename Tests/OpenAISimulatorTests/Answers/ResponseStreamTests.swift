import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ResponseStreamTests {
    @Test
    func theSequenceOfEvents() async throws {
        let response = try await answer(to: .response(model: "gpt-6-luna", stream: true, simulate: "chunks=2"))
        #expect(
            response.eventNames() == [
                "response.created",
                "response.in_progress",
                "response.output_item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.delta",
                "response.output_text.done",
                "response.content_part.done",
                "response.output_item.done",
                "response.completed",
            ]
        )
        #expect(response.isComplete)
        #expect(!response.text.contains("[DONE]"))
        #expect(response.chunks.count == 10)
        let objects = try response.eventObjects()
        #expect(objects.map { $0["type"].string } == response.eventNames())
        #expect(objects.map { $0["sequence_number"].int } == Array(0..<10))
    }

    @Test
    func theFirstEventsByteForByte() async throws {
        let response = try await answer(
            to: .response(#""input":"hi""#, model: "gpt-6-luna", stream: true, simulate: "chunks=2; reasoning-tokens=9")
        )
        let object =
            #"{"id":"resp_64d7575c3ba14befd5344d8a738d75c6c03c2ef77f416290","object":"response","#
            + #""created_at":1795407095,"status":"in_progress","background":false,"billing":{"payer":"developer"},"#
            + #""completed_at":null,"error":null,"frequency_penalty":0.0,"incomplete_details":null,"#
            + #""instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"gpt-6-luna","output":[],"#
            + #""parallel_tool_calls":true,"presence_penalty":0.0,"previous_response_id":null,"#
            + #""prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"#
            + #""service_tier":"auto","store":true,"temperature":1.0,"text":{"format":{"type":"text"}},"#
            + #""tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":null,"user":null,"#
            + #""metadata":{}}}"#
        let expected =
            "event: response.created\n"
            + #"data: {"type":"response.created","sequence_number":0,"response":"# + object + "\n\n"
            + "event: response.in_progress\n"
            + #"data: {"type":"response.in_progress","sequence_number":1,"response":"# + object + "\n\n"
            + "event: response.output_item.added\n"
            + #"data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"#
            + #""item":{"id":"rs_8d3a137e89699b142e1fe98bbcf0cfc3","type":"reasoning","summary":[]}}"# + "\n\n"
        #expect(response.text.hasPrefix(expected))
        let delta =
            "event: response.output_text.delta\n"
            + #"data: {"type":"response.output_text.delta","sequence_number":7,"#
            + #""item_id":"msg_ea3a5d40e2715ed743921d1b5fe6f9cb","output_index":1,"content_index":0,"#
            + #""delta":" quartz","logprobs":[],"obfuscation":"rySsUocUWF"}"# + "\n\n"
        #expect(response.text.contains(delta))
    }

    @Test
    func theTextIsToldFourTimes() async throws {
        let objects = try await answer(to: .response(stream: true)).eventObjects()
        let deltas = objects.filter { $0["type"].string == "response.output_text.delta" }
        let text = deltas.compactMap { $0["delta"].string }.joined()
        func event(_ type: String) throws -> JSON {
            try #require(objects.last { $0["type"].string == type })
        }
        #expect(try event("response.output_text.done")["text"].string == text)
        #expect(try event("response.content_part.done")["part"]["text"].string == text)
        #expect(try event("response.output_item.done")["item"]["content"][0]["text"].string == text)
        let response = try event("response.completed")["response"]
        #expect(response["output"][0]["content"][0]["text"].string == text)
        let item = try event("response.output_item.added")["item"]
        #expect(item["status"].string == "in_progress")
        #expect(item["content"].count == 0)
        #expect(Set(deltas.compactMap { $0["item_id"].string }) == [try #require(item["id"].string)])
    }

    @Test
    func theTerminalEventHasTheUsageAndTheTier() async throws {
        let request = TestRequest.response(
            #""input":"x","service_tier":"flex""#,
            model: "gpt-6-luna",
            stream: true,
            simulate: "input-tokens=500; cached-tokens=256; cache-write-tokens=128; output-tokens=9"
        )
        let objects = try await answer(to: request).eventObjects()
        let created = try #require(objects.first)["response"]
        #expect(created["usage"].isNull)
        #expect(created["service_tier"].string == "auto")
        #expect(created["status"].string == "in_progress")
        let completed = try #require(objects.last)["response"]
        #expect(completed["id"].string == created["id"].string)
        #expect(completed["service_tier"].string == "flex")
        #expect(completed["status"].string == "completed")
        #expect(completed["usage"]["input_tokens"].int == 500)
        #expect(completed["usage"]["input_tokens_details"]["cached_tokens"].int == 256)
        #expect(completed["usage"]["input_tokens_details"]["cache_write_tokens"].int == 128)
        #expect(completed["usage"]["output_tokens"].int == 9)
        #expect(completed["usage"]["total_tokens"].int == 509)
    }

    @Test
    func theTerminalEventEqualsThePlainAnswerButForItsLayout() async throws {
        try await withSimulator { simulator in
            let stream = try await simulator.send(.response(stream: true))
            let completed = try #require(try stream.eventObjects().last)["response"]
            let id = try #require(completed["id"].string)
            let plain = try await simulator.send(.plain("GET", "/v1/responses/\(id)"))
            // The content has no blanks behind colons and commas, so that removing the layout is that simple.
            let compact = plain.text.replacing(#/\n */#, with: "").replacing("\": ", with: "\":")
            #expect(stream.text.contains(compact))
        }
    }

    @Test(arguments: ["incomplete", "failed"])
    func otherEndings(_ finish: String) async throws {
        let request = TestRequest.response(stream: true, simulate: "finish=\(finish); input-tokens=600")
        let response = try await answer(to: request)
        #expect(response.eventNames().last == "response.\(finish)")
        let last = try #require(try response.eventObjects().last)["response"]
        #expect(last["status"].string == finish)
        #expect(last["usage"]["input_tokens"].int == 600)
        #expect(last["completed_at"].isNull)
        #expect(last["incomplete_details"].isNull == (finish == "failed"))
        #expect(last["error"].isNull == (finish == "incomplete"))
    }

    @Test
    func anErrorInTheMiddle() async throws {
        let request = TestRequest.response(stream: true, simulate: "error-midstream=1; chunks=4")
        let response = try await answer(to: request)
        #expect(response.isComplete)
        #expect(
            response.eventNames() == [
                "response.created",
                "response.in_progress",
                "response.output_item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.delta",
                "error",
            ]
        )
        let expected =
            #"{"type":"error","sequence_number":6,"code":"server_error","message":"An error occurred.","param":null}"#
        #expect(response.events().last == expected)
    }

    @Test
    func obfuscationCanBeTurnedOff() async throws {
        let members = #""input":"Status?","stream_options":{"include_obfuscation":false}"#
        let plain = try await answer(to: .response(members, stream: true))
        let padded = try await answer(to: .response(stream: true))
        #expect(!plain.text.contains("obfuscation"))
        #expect(padded.text.replacing(#/,"obfuscation":"[A-Za-z0-9]{2,13}"/#, with: "") == plain.text)
    }

    @Test(arguments: [("crlf", "\r\n"), ("cr", "\r")])
    func lineEnds(_ name: String, _ lineEnd: String) async throws {
        let usual = try await answer(to: .response(stream: true))
        let other = try await answer(to: .response(stream: true, simulate: "line-end=\(name)"))
        #expect(other.text == usual.text.replacing("\n", with: lineEnd))
    }
}
