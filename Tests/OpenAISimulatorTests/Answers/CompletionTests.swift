import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct CompletionTests {
    private static func request(
        _ members: String = #""prompt":"hello""#,
        model: String = "gpt-3.5-turbo-instruct",
        stream: Bool = false,
        usage: Bool? = nil,
        simulate: String? = nil
    ) -> TestRequest {
        .create("/v1/completions", members, model: model, stream: stream, usage: usage, simulate: simulate)
    }

    @Test
    func aPlainAnswer() async throws {
        let json = try await answer(to: CompletionTests.request()).json()
        #expect(json.keys == ["id", "object", "created", "model", "choices", "usage"])
        #expect(json["id"].string?.wholeMatch(of: #/cmpl-[0-9a-f]{24}/#) != nil)
        #expect(json["object"].string == "text_completion")
        #expect(json["model"].string == "gpt-3.5-turbo-instruct:20230824-v2")
        #expect(json["choices"].count == 1)
        let choice = json["choices"][0]
        #expect(choice.keys == ["text", "index", "logprobs", "finish_reason"])
        #expect(choice["text"].string?.isEmpty == false)
        #expect(choice["finish_reason"].string == "stop")
        #expect(json["usage"].keys == ["prompt_tokens", "completion_tokens", "total_tokens"])
        #expect(json["usage"]["prompt_tokens"].int == 2)
    }

    @Test(arguments: [
        (#""prompt":"abcdefgh""#, 2),
        (#""prompt":["abc","abcde"]"#, 3),
        (#""prompt":[1,2,3,4,5]"#, 5),
        (#""prompt":[[1,2],[3]]"#, 3),
        (#""suffix":"x""#, 0),
    ])
    func promptTokens(members: String, tokens: Int) async throws {
        let json = try await answer(to: CompletionTests.request(members)).json()
        #expect(json["usage"]["prompt_tokens"].int == tokens)
    }

    @Test
    func aStreamWithUsage() async throws {
        let request = CompletionTests.request(
            #""prompt":"a""#,
            model: "davinci-002",
            stream: true,
            usage: true,
            simulate: "chunks=2; input-tokens=3; output-tokens=2"
        )
        let response = try await answer(to: request)
        let chunks = try response.eventObjects()
        #expect(response.events().last == "[DONE]")
        #expect(chunks.count == 4)
        for chunk in chunks.dropLast() {
            #expect(chunk.keys == ["id", "object", "created", "model", "choices", "usage"])
            #expect(chunk["usage"].isNull)
            #expect(chunk["model"].string == "davinci-002")
        }
        #expect(chunks[0]["choices"][0]["finish_reason"].isNull)
        #expect(chunks[2]["choices"][0]["text"].string == "")
        #expect(chunks[2]["choices"][0]["finish_reason"].string == "stop")
        #expect(chunks[3]["choices"].count == 0)
        #expect(chunks[3]["usage"]["prompt_tokens"].int == 3)
        #expect(chunks[3]["usage"]["completion_tokens"].int == 2)
        #expect(chunks[3]["usage"]["total_tokens"].int == 5)
        #expect(chunks[3]["usage"].keys == ["prompt_tokens", "completion_tokens", "total_tokens"])
    }

    @Test
    func aStreamWithoutUsage() async throws {
        let response = try await answer(to: CompletionTests.request(stream: true, simulate: "chunks=3"))
        #expect(!response.text.contains("usage"))
        #expect(!response.text.contains("obfuscation"))
        #expect(try response.eventObjects().count == 4)
    }

    @Test
    func severalChoices() async throws {
        let request = CompletionTests.request(#""prompt":"a","n":2"#, stream: true, simulate: "chunks=3")
        let chunks = try await answer(to: request).eventObjects()
        let indices = chunks.map { $0["choices"][0]["index"].int }
        #expect(indices == [0, 1, 0, 1, 0, 1, 0, 1])
    }
}
