import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ChatStreamTests {
    private static let opening =
        #"data: {"id":"chatcmpl-56635142731c9ed502383b5652a44","#
        + #""object":"chat.completion.chunk","created":1795475364,"model":"gpt-4o-mini-2024-07-18","#
        + #""service_tier":"default","system_fingerprint":"fp_3fc1bdfba6","choices":["#

    @Test
    func everyByteWithUsage() async throws {
        let response = try await answer(to: .chat(stream: true, usage: true, simulate: "chunks=2"))
        let opening = ChatStreamTests.opening
        let expected = [
            opening + #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"#
                + #""finish_reason":null}],"usage":null,"obfuscation":"bg6Pg1g"}"#,
            opening + #"{"index":0,"delta":{"content":"forest"},"logprobs":null,"finish_reason":null}],"#
                + #""usage":null,"obfuscation":"bYDQvTkj"}"#,
            opening + #"{"index":0,"delta":{"content":" bridge"},"logprobs":null,"finish_reason":null}],"#
                + #""usage":null,"obfuscation":"7ubJuq"}"#,
            opening + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null,"#
                + #""obfuscation":""}"#,
            opening + #"],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9,"#
                + #""prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":"#
                + #"{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"#
                + #""rejected_prediction_tokens":0}},"obfuscation":"15"}"#,
            "data: [DONE]",
        ]
        #expect(response.text == expected.map { $0 + "\n\n" }.joined())
        #expect(response.chunks.count == 6)
    }

    @Test
    func everyByteWithoutUsage() async throws {
        let response = try await answer(to: .chat(stream: true, simulate: "chunks=1"))
        let opening = ChatStreamTests.opening
        let expected = [
            opening + #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"#
                + #""finish_reason":null}],"obfuscation":"bg6Pg1g"}"#,
            opening + #"{"index":0,"delta":{"content":"forest"},"logprobs":null,"finish_reason":null}],"#
                + #""obfuscation":"bYDQvTkj"}"#,
            opening + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"obfuscation":""}"#,
            "data: [DONE]",
        ]
        #expect(response.text == expected.map { $0 + "\n\n" }.joined())
    }

    /// What a gateway adds when it asks for usage: the members and the chunk, and no other byte.
    @Test(arguments: ["chat.completion.chunk", "text_completion"])
    func usageChangesNothingElse(_ object: String) async throws {
        let path = object == "text_completion" ? "/v1/completions" : "/v1/chat/completions"
        let members = #""messages":[{"role":"user","content":"Hi"}],"prompt":"Hi","n":2"#
        func request(_ usage: Bool?) -> TestRequest {
            .create(path, members, model: "gpt-4o", stream: true, usage: usage)
        }
        let without = try await answer(to: request(nil))
        let declined = try await answer(to: request(false))
        let with = try await answer(to: request(true))
        #expect(without.body == declined.body)
        #expect(!without.text.contains("usage"))
        var reduced = with.events().filter { !$0.contains(#""choices":[],"#) }
        #expect(reduced.count == with.events().count - 1)
        let markers = reduced.filter { $0.contains(#","usage":null"#) }
        #expect(markers.count == reduced.count - 1)
        reduced = reduced.map { $0.replacing(#","usage":null"#, with: "") }
        #expect(reduced == without.events())
        #expect(with.events().last == "[DONE]")
        let usageChunk = try JSON(with.events()[with.events().count - 2])
        #expect(usageChunk["object"].string == object)
        #expect(usageChunk["choices"].count == 0)
        #expect(usageChunk["usage"]["total_tokens"].int != nil)
    }

    @Test
    func theDeltasMakeUpTheText() async throws {
        let response = try await answer(to: .chat(stream: true, usage: true))
        let chunks = try response.eventObjects()
        let text = chunks.compactMap { $0["choices"][0]["delta"]["content"].string }.joined()
        #expect(!text.isEmpty)
        let tokens = try #require(chunks.last?["usage"]["completion_tokens"].int)
        #expect(tokens == (text.utf8.count + 3) / 4)
        #expect(Set(chunks.compactMap { $0["id"].string }).count == 1)
    }

    @Test
    func severalChoices() async throws {
        let request = TestRequest.chat(#""messages":[],"n":3"#, stream: true, simulate: "chunks=4")
        let chunks = try await answer(to: request).eventObjects()
        #expect(chunks.count == 3 + 3 * 4 + 3)
        for choice in 0..<3 {
            let own = chunks.map { $0["choices"][0] }.filter { $0["index"].int == choice }
            #expect(own.count == 6)
            #expect(own.first?["delta"]["role"].string == "assistant")
            #expect(own.last?["finish_reason"].string == "stop")
        }
    }

    @Test
    func obfuscationCanBeTurnedOff() async throws {
        let body = #"{"model":"gpt-4o","stream":true,"messages":[],"stream_options":{"include_obfuscation":false}}"#
        let plain = try await answer(to: TestRequest(body: body))
        let padded = try await answer(to: .chat(#""messages":[]"#, model: "gpt-4o", stream: true))
        #expect(!plain.text.contains("obfuscation"))
        let reduced = padded.text.replacing(#/,"obfuscation":"[A-Za-z0-9]*"/#, with: "")
        #expect(reduced == plain.text)
        #expect(padded.text.contains(#/"obfuscation":"[A-Za-z0-9]{2,13}"/#))
    }

    @Test
    func noUsageIgnoresTheOptions() async throws {
        let ignored = try await answer(to: .chat(stream: true, usage: true, simulate: "no-usage=1"))
        let unasked = try await answer(to: .chat(stream: true))
        #expect(ignored.body == unasked.body)
    }

    @Test
    func theUsageChunkMayComeFirst() async throws {
        let last = try await answer(to: .chat(stream: true, usage: true)).events()
        let request = TestRequest.chat(stream: true, usage: true, simulate: "usage-position=first")
        let first = try await answer(to: request).events()
        #expect(first.count == last.count)
        #expect(first.first == last[last.count - 2])
        #expect(Array(first.dropFirst().dropLast()) == Array(last.dropLast(2)))
        #expect(first.last == "[DONE]")
    }

    @Test
    func anErrorInTheMiddle() async throws {
        let request = TestRequest.chat(stream: true, usage: true, simulate: "error-midstream=1; chunks=5")
        let response = try await answer(to: request)
        let events = response.events()
        #expect(response.status == 200)
        #expect(response.isComplete)
        #expect(events.count == 1 + 3 + 1)
        #expect(!response.text.contains("[DONE]"))
        let error = try JSON(try #require(events.last))["error"]
        #expect(error["type"].string == "server_error")
        #expect(error["param"].isNull)
        #expect(error["code"].isNull)
    }

    @Test
    func anIncompleteAnswerHasReachedItsLength() async throws {
        let stream = try await answer(to: .chat(stream: true, simulate: "finish=incomplete")).eventObjects()
        #expect(stream.last?["choices"][0]["finish_reason"].string == "length")
        let plain = try await answer(to: .chat(simulate: "finish=incomplete")).json()
        #expect(plain["choices"][0]["finish_reason"].string == "length")
    }

    @Test(arguments: [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")])
    func lineEnds(_ name: String, _ lineEnd: String) async throws {
        let usual = try await answer(to: .chat(stream: true))
        let other = try await answer(to: .chat(stream: true, simulate: "line-end=\(name)"))
        #expect(other.text == usual.text.replacing("\n", with: lineEnd))
        #expect(other.events(lineEnd: lineEnd) == usual.events())
    }

    @Test(arguments: [1, 2, 7, 100])
    func theNumberOfChunks(_ count: Int) async throws {
        let chunks = try await answer(to: .chat(stream: true, simulate: "chunks=\(count)")).eventObjects()
        let deltas = chunks.filter { $0["choices"][0]["delta"]["content"].string?.isEmpty == false }
        #expect(deltas.count == count)
    }
}
