import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct DeterminismTests {
    private static let requests: [@Sendable () -> TestRequest] = [
        { .chat() },
        { .chat(stream: true) },
        { .chat(stream: true, usage: true) },
        { .create("/v1/completions", #""prompt":"a""#, model: "davinci-002") },
        { .response() },
        { .response(stream: true) },
        { .create("/v1/embeddings", #""input":"a","dimensions":8"#, model: "text-embedding-3-small") },
        { .create("/v1/moderations", #""input":"a""#, model: "omni-moderation-latest") },
        { .plain("GET", "/v1/models") },
        { .chat(simulate: "status=429") },
    ]

    @Test(arguments: requests.indices)
    func theSameRequestHasTheSameBody(_ index: Int) async throws {
        let request = DeterminismTests.requests[index]()
        try await withSimulator(seed: 7) { simulator in
            let first = try await simulator.send(request)
            let second = try await simulator.send(request)
            #expect(first.body == second.body)
            #expect(first["x-request-id"] != second["x-request-id"])
            #expect(first["cf-ray"] != second["cf-ray"])
            let elsewhere = try await answer(to: request, seed: 7)
            #expect(elsewhere.body == first.body)
            #expect(elsewhere["x-request-id"] == first["x-request-id"])
            #expect(elsewhere["openai-processing-ms"] == first["openai-processing-ms"])
        }
    }

    @Test(arguments: 0..<8)
    func theSeedChangesTheContent(_ index: Int) async throws {
        let request = DeterminismTests.requests[index]()
        let first = try await answer(to: request, seed: 1)
        let second = try await answer(to: request, seed: 2)
        #expect(first.body != second.body)
        #expect(first["x-request-id"] != second["x-request-id"])
    }

    @Test
    func theContentIgnoresEverythingButPathAndBody() async throws {
        let usual = try await answer(to: .chat())
        let other = TestRequest.chat()
            .adding("User-Agent", "OpenAI/Python 3.54.0")
            .adding("OpenAI-Project", "proj_other")
            .adding("X-Stainless-Retry-Count", "1")
            .adding("OpenAI-Simulate", "delay-ms=1; split=5; processing-ms=1; close=1")
        #expect(try await answer(to: other).body == usual.body)
        var query = TestRequest.chat()
        query.path += "?beta=true"
        #expect(try await answer(to: query).body == usual.body)
    }

    @Test
    func blanksAndTheOrderOfMembersDoNotCount() async throws {
        let usual = try await answer(to: TestRequest(body: #"{"model":"gpt-4o","messages":[],"user":"u"}"#))
        let other = try await answer(
            to: TestRequest(body: "\n{ \"user\" : \"\\u0075\",\t\"messages\": [ ],\r\n\"model\":\"gpt-4o\"}\n")
        )
        #expect(usual.body == other.body)
        let different = try await answer(to: TestRequest(body: #"{"model":"gpt-4o","messages":[],"user":"v"}"#))
        #expect(usual.body != different.body)
    }

    @Test
    func streamAndPlainAreTwoAnswers() async throws {
        let plain = try await answer(to: .chat()).json()
        let stream = try #require(try await answer(to: .chat(stream: true)).eventObjects().first)
        #expect(plain["id"].string != stream["id"].string)
    }

    @Test
    func requestIdsAreUnique() async throws {
        var ids: Set<String> = []
        for number in 1...5000 {
            ids.insert(RequestID(seed: 1, number: UInt64(number)).text)
        }
        #expect(ids.count == 5000)
        #expect(RequestID(seed: 1, number: 1).text == "req_fcfdd924a2c45acf3dec1a7c86977062")
    }

    @Test
    func aNumberOfTheRequestsOwnMakesItsIdIndependentOfTheOrder() async throws {
        try await withSimulator(seed: 7) { simulator in
            let first = try await simulator.send(.chat(simulate: "id-number=42"))
            _ = try await simulator.send(.chat())
            let second = try await simulator.send(.response(simulate: "id-number=42; status=429"))
            #expect(first["x-request-id"] == RequestID(seed: 7, number: 42).text)
            #expect(second["x-request-id"] == first["x-request-id"] && second["cf-ray"] == first["cf-ray"])
        }
    }

    @Test
    func createdIsWithinTheDay() async throws {
        for name in ["a", "b", "c", "d", "e", "f"] {
            let json = try await answer(to: .chat(#""messages":[],"user":"\#(name)""#)).json()
            let created = try #require(json["created"].int)
            #expect((1_795_392_000..<1_795_478_400).contains(created))
        }
    }
}
