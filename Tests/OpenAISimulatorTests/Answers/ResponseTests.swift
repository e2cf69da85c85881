import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ResponseTests {
    private static let members: Set<String> = [
        "id", "object", "created_at", "status", "background", "billing", "completed_at", "error", "frequency_penalty",
        "incomplete_details", "instructions", "max_output_tokens", "max_tool_calls", "model", "output",
        "parallel_tool_calls", "presence_penalty", "previous_response_id", "prompt_cache_key", "reasoning",
        "safety_identifier", "service_tier", "store", "temperature", "text", "tool_choice", "tools", "top_p",
        "truncation", "usage", "user", "metadata",
    ]

    @Test
    func aPlainAnswer() async throws {
        let response = try await answer(to: .response(model: "gpt-5.4"))
        #expect(response.text.hasPrefix("{\n  \"id\": \"resp_"))
        let json = try response.json()
        #expect(json.keys == ResponseTests.members)
        #expect(json["id"].string?.wholeMatch(of: #/resp_[0-9a-f]{48}/#) != nil)
        #expect(json["object"].string == "response")
        #expect(json["status"].string == "completed")
        #expect(json["model"].string == "gpt-5.4-2026-03-05")
        #expect(json["billing"]["payer"].string == "developer")
        #expect(json["completed_at"].int == json["created_at"].int.map { $0 + 3 })
        #expect(json["error"].isNull)
        #expect(json["service_tier"].string == "default")
        #expect(json["output"].count == 1)
        let message = json["output"][0]
        #expect(message["id"].string?.wholeMatch(of: #/msg_[0-9a-f]{32}/#) != nil)
        #expect(message["type"].string == "message")
        #expect(message["status"].string == "completed")
        #expect(message["content"][0]["type"].string == "output_text")
        let text = try #require(message["content"][0]["text"].string)
        let usage = json["usage"]
        #expect(
            usage.keys == [
                "input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens",
            ]
        )
        #expect(usage["input_tokens"].int == 3 + 2)
        #expect(usage["input_tokens_details"].keys == ["cached_tokens", "cache_write_tokens"])
        #expect(usage["output_tokens"].int == (text.utf8.count + 3) / 4)
        #expect(usage["output_tokens_details"]["reasoning_tokens"].int == 0)
        #expect(usage["total_tokens"].int == 5 + (text.utf8.count + 3) / 4)
    }

    @Test(arguments: [
        (#""input":"abcd""#, 4),
        (#""input":"abcd","instructions":"abcdefgh""#, 9),
        (#""input":[{"role":"user","content":"abcd"},{"role":"user","content":"a"}]"#, 8),
        (#""input":[{"role":"user","content":[{"type":"input_text","text":"abcd"}]}]"#, 4),
        (#""input":[{"type":"function_call_output","call_id":"c","output":"abcdefgh"}]"#, 5),
        (#""input":[{"type":"function_call","call_id":"c","arguments":"{}"}]"#, 4),
        (#""prompt":{"id":"pmpt_1"}"#, 0),
    ])
    func inputTokens(members: String, tokens: Int) async throws {
        let json = try await answer(to: .response(members)).json()
        #expect(json["usage"]["input_tokens"].int == tokens)
    }

    @Test
    func membersOfTheRequestAreRepeated() async throws {
        let request = TestRequest.response(
            #"""
            "input":"x","instructions":"Be \"brief\"\n","metadata":{"team":"search","n":"1"},"max_output_tokens":900,
            "temperature":0.70,"top_p":1e-1,"store":false,"user":"u1","prompt_cache_key":"k","safety_identifier":"s",
            "previous_response_id":"resp_0","reasoning":{"effort":"low"},"tools":[{"type":"web_search"}],
            "tool_choice":"none","truncation":"auto","parallel_tool_calls":false
            """#
        )
        let response = try await answer(to: request)
        let json = try response.json()
        #expect(json.keys == ResponseTests.members)
        #expect(json["instructions"].string == "Be \"brief\"\n")
        #expect(json["metadata"]["team"].string == "search")
        #expect(json["max_output_tokens"].int == 900)
        #expect(response.text.contains("\"temperature\": 0.70,"))
        #expect(response.text.contains("\"top_p\": 1e-1,"))
        #expect(json["store"].bool == false)
        #expect(json["user"].string == "u1")
        #expect(json["prompt_cache_key"].string == "k")
        #expect(json["safety_identifier"].string == "s")
        #expect(json["previous_response_id"].string == "resp_0")
        #expect(json["reasoning"]["effort"].string == "low")
        #expect(json["reasoning"]["summary"].isNull)
        #expect(json["tools"][0]["type"].string == "web_search")
        #expect(json["tool_choice"].string == "none")
        #expect(json["truncation"].string == "auto")
        #expect(json["parallel_tool_calls"].bool == false)
    }

    @Test
    func reasoningHasAnItemOfItsOwn() async throws {
        let json = try await answer(to: .response(simulate: "reasoning-tokens=64; output-tokens=100")).json()
        #expect(json["output"].count == 2)
        #expect(json["output"][0]["type"].string == "reasoning")
        #expect(json["output"][1]["type"].string == "message")
        #expect(json["usage"]["output_tokens"].int == 100)
        #expect(json["usage"]["output_tokens_details"]["reasoning_tokens"].int == 64)
    }

    @Test
    func anIncompleteAnswer() async throws {
        let json = try await answer(to: .response(simulate: "finish=incomplete; output-tokens=1500")).json()
        #expect(json["status"].string == "incomplete")
        #expect(json["incomplete_details"]["reason"].string == "max_output_tokens")
        #expect(json["completed_at"].isNull)
        #expect(json["error"].isNull)
        #expect(json["output"][0]["status"].string == "incomplete")
        #expect(json["usage"]["output_tokens"].int == 1500)
    }

    @Test
    func aFailedAnswer() async throws {
        let response = try await answer(to: .response(simulate: "finish=failed"))
        let json = try response.json()
        #expect(response.status == 200)
        #expect(json["status"].string == "failed")
        #expect(json["error"]["code"].string == "server_error")
        #expect(json["error"]["message"].string == "The model failed to generate a response.")
        #expect(json["usage"].isNull)
        #expect(json["output"].count == 0)
        #expect(json["completed_at"].isNull)
    }

    @Test
    func usageMayStandFirst() async throws {
        let text = try await answer(to: .response(simulate: "usage-position=first")).text
        let usage = try #require(text.firstRange(of: "\"usage\""))
        let output = try #require(text.firstRange(of: "\"output\""))
        #expect(usage.lowerBound < output.lowerBound)
    }

    @Test
    func retrievingAndDeleting() async throws {
        try await withSimulator { simulator in
            let created = try await simulator.send(.response())
            let id = try #require(created.json()["id"].string)
            let retrieved = try await simulator.send(.plain("GET", "/v1/responses/\(id)"))
            #expect(retrieved.status == 200)
            #expect(retrieved.body == created.body)
            #expect(retrieved["x-request-id"] != created["x-request-id"])
            #expect(retrieved["x-ratelimit-limit-requests"] == nil)

            let deleted = try await simulator.send(.plain("DELETE", "/v1/responses/\(id)"))
            let json = try deleted.json()
            #expect(json["id"].string == id)
            #expect(json["object"].string == "response")
            #expect(json["deleted"].bool == true)

            for method in ["GET", "DELETE"] {
                let missing = try await simulator.send(.plain(method, "/v1/responses/\(id)"))
                #expect(missing.status == 404)
                #expect(try missing.json()["error"]["message"].string == "Response with id '\(id)' not found.")
            }
        }
    }

    @Test
    func whatIsNotStoredCannotBeRetrieved() async throws {
        try await withSimulator { simulator in
            let created = try await simulator.send(.response(#""input":"x","store":false"#))
            let id = try #require(created.json()["id"].string)
            #expect(try await simulator.send(.plain("GET", "/v1/responses/\(id)")).status == 404)
        }
    }

    @Test
    func backgroundWorkIsQueuedFirst() async throws {
        try await withSimulator { simulator in
            let queued = try await simulator.send(.response(#""input":"x","background":true"#)).json()
            #expect(queued["status"].string == "queued")
            #expect(queued["background"].bool == true)
            #expect(queued["usage"].isNull)
            #expect(queued["service_tier"].string == "auto")
            #expect(queued["output"].count == 0)
            let id = try #require(queued["id"].string)
            let done = try await simulator.send(.plain("GET", "/v1/responses/\(id)")).json()
            #expect(done["id"].string == id)
            #expect(done["status"].string == "completed")
            #expect(done["usage"]["input_tokens"].int == 4)
        }
    }

    @Test
    func aStoredStreamCanBeResumed() async throws {
        try await withSimulator { simulator in
            let created = try await simulator.send(.response(stream: true, simulate: "chunks=3"))
            let events = created.events()
            let id = try #require(try JSON(events[0])["response"]["id"].string)
            let again = try await simulator.send(.plain("GET", "/v1/responses/\(id)?stream=true"))
            #expect(again["content-type"] == "text/event-stream; charset=utf-8")
            #expect(again.body == created.body)
            let rest = try await simulator.send(.plain("GET", "/v1/responses/\(id)?starting_after=4&stream=true"))
            #expect(rest.events() == Array(events.dropFirst(5)))
            let nothing = try await simulator.send(.plain("GET", "/v1/responses/\(id)?stream=true&starting_after=99"))
            #expect(nothing.body.isEmpty)
            #expect(nothing.isComplete)
            for value in ["x", "-2", "9223372036854775807", ""] {
                let path = "/v1/responses/\(id)?stream=true&starting_after=\(value)"
                let refused = try await simulator.send(.plain("GET", path))
                #expect(refused.status == 400)
                #expect(try refused.json()["error"]["param"].string == "starting_after")
            }
        }
    }
}
