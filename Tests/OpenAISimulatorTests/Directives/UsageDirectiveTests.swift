import Testing

@testable import OpenAISimulator

/// The directives that fix the numbers and the names of an answer.
@Suite(.timeLimit(.minutes(1)))
struct UsageDirectiveTests {
    @Test
    func everyCounterOfAChat() async throws {
        let request = TestRequest.chat(
            simulate: "input-tokens=6000; cached-tokens=2048; cache-write-tokens=3072; output-tokens=50; "
                + "reasoning-tokens=12; tier=fast; model=gpt-6.1-sol"
        )
        let json = try await answer(to: request).json()
        let usage = json["usage"]
        #expect(usage["prompt_tokens"].int == 6000)
        #expect(usage["completion_tokens"].int == 50)
        #expect(usage["total_tokens"].int == 6050)
        #expect(usage["prompt_tokens_details"]["cached_tokens"].int == 2048)
        #expect(usage["prompt_tokens_details"]["cache_write_tokens"].int == 3072)
        #expect(usage["completion_tokens_details"]["reasoning_tokens"].int == 12)
        #expect(json["service_tier"].string == "fast")
        #expect(json["model"].string == "gpt-6.1-sol")
    }

    @Test
    func everyCounterOfAResponse() async throws {
        let request = TestRequest.response(
            simulate: "input-tokens=6000; cached-tokens=2048; cache-write-tokens=3072; output-tokens=50; "
                + "reasoning-tokens=12; tier=ultrafast; model=gpt-9-nova-2027-01-01"
        )
        let json = try await answer(to: request).json()
        let usage = json["usage"]
        #expect(usage["input_tokens"].int == 6000)
        #expect(usage["output_tokens"].int == 50)
        #expect(usage["total_tokens"].int == 6050)
        #expect(usage["input_tokens_details"]["cached_tokens"].int == 2048)
        #expect(usage["input_tokens_details"]["cache_write_tokens"].int == 3072)
        #expect(usage["output_tokens_details"]["reasoning_tokens"].int == 12)
        #expect(json["service_tier"].string == "ultrafast")
        #expect(json["model"].string == "gpt-9-nova-2027-01-01")
    }

    @Test
    func partsComeOnTopOfWhatIsNotFixed() async throws {
        let plain = try await answer(to: .chat()).json()["usage"]
        let input = try #require(plain["prompt_tokens"].int)
        let output = try #require(plain["completion_tokens"].int)
        let request = TestRequest.chat(simulate: "cached-tokens=1024; cache-write-tokens=10; reasoning-tokens=100")
        let usage = try await answer(to: request).json()["usage"]
        #expect(usage["prompt_tokens"].int == input + 1034)
        #expect(usage["completion_tokens"].int == output + 100)
        #expect(usage["total_tokens"].int == input + output + 1134)
    }

    @Test
    func theUsageChunkOfAStreamHasTheSameCounters() async throws {
        let directives = "input-tokens=700; cached-tokens=128; output-tokens=40; reasoning-tokens=7"
        let plain = try await answer(to: .chat(simulate: directives)).json()["usage"]
        let chunks = try await answer(to: .chat(stream: true, usage: true, simulate: directives)).eventObjects()
        let streamed = try #require(chunks.last)["usage"]
        for name in ["prompt_tokens", "completion_tokens", "total_tokens"] {
            #expect(streamed[name].int == plain[name].int)
        }
        #expect(streamed["prompt_tokens_details"]["cached_tokens"].int == 128)
        #expect(streamed["completion_tokens_details"]["reasoning_tokens"].int == 7)
    }

    @Test
    func numbersOfAnySize() async throws {
        let request = TestRequest.chat(simulate: "input-tokens=1000000000000; output-tokens=0")
        let usage = try await answer(to: request).json()["usage"]
        #expect(usage["prompt_tokens"].int == 1_000_000_000_000)
        #expect(usage["completion_tokens"].int == 0)
        #expect(usage["total_tokens"].int == 1_000_000_000_000)
    }

    @Test
    func anUnknownModelMayBeServedAsAnother() async throws {
        let response = try await answer(to: .chat(model: "my-deployment", simulate: "model=gpt-4o-2024-11-20"))
        #expect(response.status == 200)
        #expect(try response.json()["model"].string == "gpt-4o-2024-11-20")
    }

    @Test
    func namesAreEscaped() async throws {
        let json = try await answer(to: .chat(simulate: #"model=a"b\c; tier=t"x"#)).json()
        #expect(json["model"].string == #"a"b\c"#)
        #expect(json["service_tier"].string == #"t"x"#)
    }

    @Test
    func embeddings() async throws {
        let request = TestRequest.create(
            "/v1/embeddings",
            #""input":"a","dimensions":1"#,
            model: "text-embedding-3-small",
            simulate: "input-tokens=17; model=text-embedding-3-large"
        )
        let json = try await answer(to: request).json()
        #expect(json["usage"]["prompt_tokens"].int == 17)
        #expect(json["usage"]["total_tokens"].int == 17)
        #expect(json["model"].string == "text-embedding-3-large")
    }
}
