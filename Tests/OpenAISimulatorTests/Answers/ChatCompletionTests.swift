import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ChatCompletionTests {
    @Test
    func everyByteOfAPlainAnswer() async throws {
        let response = try await answer(to: .chat())
        #expect(
            response.text == """
                {
                  "id": "chatcmpl-6546dd6c2e2dd8c47d001faff9a2a",
                  "object": "chat.completion",
                  "created": 1795419905,
                  "model": "gpt-4o-mini-2024-07-18",
                  "choices": [
                    {
                      "index": 0,
                      "message": {
                        "role": "assistant",
                        "content": "forest yellow river quartz amber naïve kernel quartz 数据 valley",
                        "refusal": null,
                        "annotations": []
                      },
                      "logprobs": null,
                      "finish_reason": "stop"
                    }
                  ],
                  "usage": {
                    "prompt_tokens": 5,
                    "completion_tokens": 17,
                    "total_tokens": 22,
                    "prompt_tokens_details": {
                      "cached_tokens": 0,
                      "audio_tokens": 0
                    },
                    "completion_tokens_details": {
                      "reasoning_tokens": 0,
                      "audio_tokens": 0,
                      "accepted_prediction_tokens": 0,
                      "rejected_prediction_tokens": 0
                    }
                  },
                  "service_tier": "default",
                  "system_fingerprint": "fp_3fc1bdfba6"
                }
                """
        )
    }

    @Test
    func severalChoicesShareOneUsage() async throws {
        let response = try await answer(to: .chat(#""messages":[{"role":"user","content":"Status?"}],"n":3"#))
        let json = try response.json()
        #expect(json["choices"].count == 3)
        for index in 0..<3 {
            #expect(json["choices"][index]["index"].int == index)
            #expect(json["choices"][index]["message"]["content"].string?.isEmpty == false)
        }
        let text = try #require(json["choices"][0]["message"]["content"].string)
        #expect(json["usage"]["completion_tokens"].int == 3 * ((text.utf8.count + 3) / 4))
    }

    struct ModelCase: Sendable {
        var asked: String
        var answered: String
    }

    @Test(arguments: [
        ModelCase(asked: "gpt-4o-mini", answered: "gpt-4o-mini-2024-07-18"),
        ModelCase(asked: "gpt-4o", answered: "gpt-4o-2024-08-06"),
        ModelCase(asked: "gpt-5", answered: "gpt-5-2025-08-07"),
        ModelCase(asked: "gpt-5.1", answered: "gpt-5.1-2025-11-13"),
        ModelCase(asked: "gpt-5.5", answered: "gpt-5.5-2026-04-23"),
        ModelCase(asked: "gpt-5.6", answered: "gpt-5.6-sol"),
        ModelCase(asked: "o3-mini", answered: "o3-mini-2025-01-31"),
        ModelCase(asked: "o4-mini", answered: "o4-mini-2025-04-16"),
        ModelCase(asked: "gpt-6-luna", answered: "gpt-6-luna"),
        ModelCase(asked: "gpt-4o-2024-11-20", answered: "gpt-4o-2024-11-20"),
        ModelCase(
            asked: "ft:gpt-4.1-mini-2025-04-14:acme:triage:BxYz12Ab",
            answered: "ft:gpt-4.1-mini-2025-04-14:acme:triage:BxYz12Ab"
        ),
    ])
    func theAnsweredModel(_ testCase: ModelCase) async throws {
        let response = try await answer(to: .chat(model: testCase.asked))
        #expect(response.status == 200)
        #expect(try response.json()["model"].string == testCase.answered)
    }

    @Test(arguments: ["gpt-7", "gpt-4o-mini-2", "gpt", "ft:gpt-7:acme::x", "ft:gpt-4o"])
    func anUnknownModel(_ model: String) async throws {
        let response = try await answer(to: .chat(model: model))
        #expect(response.status == 404)
        let error = try response.json()["error"]
        #expect(error["message"].string == "The model `\(model)` does not exist or you do not have access to it.")
        #expect(error["type"].string == "invalid_request_error")
        #expect(error["param"].isNull)
        #expect(error["code"].string == "model_not_found")
    }

    @Test(arguments: [
        ("default", "gpt-4o", "default"),
        ("auto", "gpt-4o", "default"),
        ("flex", "o3", "flex"),
        ("priority", "gpt-4o", "priority"),
        ("fast", "gpt-4o", "priority"),
        ("priority", "gpt-6.1-sol", "fast"),
        ("scale", "gpt-4o", "scale"),
    ])
    func theServedTier(asked: String, model: String, served: String) async throws {
        let response = try await answer(to: .chat(#""messages":[],"service_tier":"\#(asked)""#, model: model))
        #expect(try response.json()["service_tier"].string == served)
    }

    @Test
    func cacheWritesAreReportedByNewModelsOnly() async throws {
        let old = try await answer(to: .chat(model: "gpt-5.1")).json()["usage"]["prompt_tokens_details"]
        #expect(old.keys == ["cached_tokens", "audio_tokens"])
        let new = try await answer(to: .chat(model: "gpt-6.1-sol")).json()["usage"]["prompt_tokens_details"]
        #expect(new.keys == ["cached_tokens", "audio_tokens", "cache_write_tokens"])
        #expect(new["cache_write_tokens"].int == 0)
    }

    struct TokenCase: Sendable {
        var messages: String
        var tokens: Int
    }

    @Test(arguments: [
        TokenCase(messages: #"[]"#, tokens: 0),
        TokenCase(messages: #"[{"role":"user","content":""}]"#, tokens: 3),
        TokenCase(messages: #"[{"role":"user","content":"abcd"}]"#, tokens: 4),
        TokenCase(messages: #"[{"role":"user","content":"abcde"}]"#, tokens: 5),
        TokenCase(messages: #"[{"role":"user","content":"\u00e9\u00e9\u00e9"}]"#, tokens: 5),
        TokenCase(messages: #"[{"role":"user","content":"🌊🌊"},{"role":"user","content":"a"}]"#, tokens: 9),
        TokenCase(
            messages: #"[{"role":"user","content":[{"type":"text","text":"abc"},{"type":"text","text":"def"}]}]"#,
            tokens: 5
        ),
        TokenCase(
            messages: #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}]"#,
            tokens: 3
        ),
        TokenCase(messages: #"[{"role":"assistant","content":null}]"#, tokens: 3),
    ])
    func inputTokens(_ testCase: TokenCase) async throws {
        let response = try await answer(to: .chat(#""messages":\#(testCase.messages)"#))
        let usage = try response.json()["usage"]
        #expect(usage["prompt_tokens"].int == testCase.tokens)
        let output = try #require(usage["completion_tokens"].int)
        #expect(usage["total_tokens"].int == testCase.tokens + output)
    }

    struct InvalidCase: Sendable {
        var body: String
        var code: String?
        var parameter: String?
        var message: String
    }

    @Test(arguments: [
        InvalidCase(body: "", message: "not valid JSON"),
        InvalidCase(body: "{", message: "not valid JSON"),
        InvalidCase(body: "[]", message: "not a JSON object"),
        InvalidCase(
            body: #"{"messages":[]}"#,
            code: "missing_required_parameter",
            parameter: "model",
            message: "'model'"
        ),
        InvalidCase(
            body: #"{"model":7,"messages":[]}"#,
            code: "missing_required_parameter",
            parameter: "model",
            message: "'model'"
        ),
        InvalidCase(
            body: #"{"model":"gpt-4o"}"#,
            code: "missing_required_parameter",
            parameter: "messages",
            message: "'messages'"
        ),
        InvalidCase(
            body: #"{"model":"gpt-4o","messages":[],"n":0}"#,
            code: "invalid_value",
            parameter: "n",
            message: "1 to 128"
        ),
        InvalidCase(
            body: #"{"model":"gpt-4o","messages":[],"n":129}"#,
            code: "invalid_value",
            parameter: "n",
            message: "1 to 128"
        ),
        InvalidCase(
            body: #"{"model":"gpt-4o","messages":[],"stream_options":{"include_usage":true}}"#,
            parameter: "stream_options",
            message: "'stream' is true"
        ),
    ])
    func anInvalidBody(_ testCase: InvalidCase) async throws {
        let response = try await answer(to: TestRequest(body: testCase.body))
        #expect(response.status == 400)
        let error = try response.json()["error"]
        #expect(error.keys == ["message", "type", "param", "code"])
        #expect(error["type"].string == "invalid_request_error")
        #expect(error["code"].string == testCase.code)
        #expect(error["param"].string == testCase.parameter)
        #expect(error["message"].string?.contains(testCase.message) == true)
    }

    @Test
    func usageMayStandFirst() async throws {
        let request = TestRequest.chat()
        let last = try await answer(to: request).text
        let first = try await answer(to: request.adding("OpenAI-Simulate", "usage-position=first")).text
        let usage = try #require(first.firstRange(of: "\"usage\""))
        let choices = try #require(first.firstRange(of: "\"choices\""))
        #expect(usage.lowerBound < choices.lowerBound)
        #expect(last.count == first.count)
        #expect(last.sorted() == first.sorted())
    }
}
