import Testing

@testable import OpenAISimulator

/// The headers of every kind of answer, in the order of real ones.
@Suite(.timeLimit(.minutes(1)))
struct HeaderSetTests {
    private static let infrastructure = [
        "x-openai-proxy-wasm",
        "cf-cache-status",
        "set-cookie",
        "set-cookie",
        "strict-transport-security",
        "x-content-type-options",
        "server",
        "cf-ray",
        "alt-svc",
    ]

    private static let start = [
        "date",
        "content-type",
        "openai-organization",
        "openai-processing-ms",
        "openai-project",
        "openai-version",
        "x-envoy-upstream-service-time",
    ]

    private static let rateLimits = [
        "x-ratelimit-limit-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-requests",
        "x-ratelimit-reset-tokens",
    ]

    private static let projectRateLimits = [
        "x-ratelimit-limit-project-tokens",
        "x-ratelimit-remaining-project-tokens",
        "x-ratelimit-reset-project-tokens",
    ]

    private static let limited = start + rateLimits + ["x-request-id"] + infrastructure
    private static let unlimited = start + ["x-request-id"] + infrastructure
    private static let withoutProject = unlimited.filter { $0 != "openai-organization" && $0 != "openai-project" }
    private static let edge = ["date", "content-type", "server", "cf-ray", "content-length"]
    private static let unauthorized = [
        "date",
        "content-type",
        "vary",
        "x-request-id",
        "www-authenticate",
        "server",
        "cf-ray",
        "content-length",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var request: @Sendable () -> TestRequest
        var status = 200
        var contentType = "application/json"
        var names: [String]

        var testDescription: String { name }
    }

    private static let cases: [Case] = [
        Case(name: "chat", request: { .chat() }, names: limited + ["content-length"]),
        Case(
            name: "chat stream",
            request: { .chat(stream: true) },
            contentType: "text/event-stream; charset=utf-8",
            names: limited + ["transfer-encoding"]
        ),
        Case(
            name: "completion",
            request: { .create("/v1/completions", #""prompt":"hello""#, model: "gpt-3.5-turbo-instruct") },
            names: limited + ["content-length"]
        ),
        Case(
            name: "completion stream",
            request: { .create("/v1/completions", #""prompt":"hello""#, model: "davinci-002", stream: true) },
            contentType: "text/event-stream; charset=utf-8",
            names: limited + ["transfer-encoding"]
        ),
        Case(name: "response", request: { .response() }, names: limited + ["content-length"]),
        Case(
            name: "response stream",
            request: { .response(stream: true) },
            contentType: "text/event-stream; charset=utf-8",
            names: unlimited + ["transfer-encoding"]
        ),
        Case(
            name: "background response",
            request: { .response(#""input":"x","background":true"#) },
            names: unlimited + ["content-length"]
        ),
        Case(
            name: "response with a connector",
            request: { .response(#""input":"x","tools":[{"type":"mcp","server_label":"a"}]"#) },
            names: unlimited + ["content-length"]
        ),
        Case(
            name: "embeddings",
            request: { .create("/v1/embeddings", #""input":["a","b"]"#, model: "text-embedding-3-small") },
            names: limited + ["content-length"]
        ),
        Case(
            name: "moderation",
            request: { .create("/v1/moderations", #""input":"a""#, model: "omni-moderation-latest") },
            names: unlimited + ["content-length"]
        ),
        Case(name: "models", request: { .plain("GET", "/v1/models") }, names: withoutProject + ["content-length"]),
        Case(
            name: "model",
            request: { .plain("GET", "/v1/models/gpt-4o") },
            names: withoutProject + ["content-length"]
        ),
        Case(
            name: "unknown path",
            request: { .plain("GET", "/v1/nothing") },
            status: 404,
            names: unlimited + ["content-length"]
        ),
        Case(
            name: "unknown model",
            request: { .chat(model: "gpt-7") },
            status: 404,
            names: limited + ["content-length"]
        ),
        Case(
            name: "no key",
            request: {
                var request = TestRequest.chat()
                request.isAuthorized = false
                return request
            },
            status: 401,
            contentType: "application/json; charset=utf-8",
            names: unauthorized
        ),
        Case(
            name: "wrong key",
            request: { .chat(simulate: "status=401") },
            status: 401,
            contentType: "application/json; charset=utf-8",
            names: unauthorized
        ),
        Case(
            name: "server error",
            request: { .chat(simulate: "status=500") },
            status: 500,
            names: limited + ["content-length"]
        ),
        Case(
            name: "rate limit",
            request: { .chat(simulate: "status=429") },
            status: 429,
            names: start + rateLimits + projectRateLimits + ["x-request-id"] + infrastructure
                + ["retry-after", "retry-after-ms", "x-should-retry", "content-length"]
        ),
        Case(
            name: "spend limit",
            request: { .chat(simulate: "code=project_spend_limit_exceeded") },
            status: 429,
            names: unlimited + ["x-should-retry", "content-length"]
        ),
        Case(
            name: "slow down",
            request: { .chat(simulate: "status=503") },
            status: 503,
            names: limited + ["retry-after", "content-length"]
        ),
        Case(
            name: "error of a stream",
            request: { .chat(stream: true, simulate: "status=400") },
            status: 400,
            names: limited + ["content-length"]
        ),
        Case(
            name: "proxy page",
            request: { .chat(simulate: "html=502") },
            status: 502,
            contentType: "text/html; charset=UTF-8",
            names: edge
        ),
    ]

    @Test(arguments: cases)
    func namesAndOrder(_ testCase: Case) async throws {
        let response = try await answer(to: testCase.request())
        #expect(response.status == testCase.status)
        #expect(response["content-type"] == testCase.contentType)
        #expect(response.headerNames == testCase.names)
        #expect(response.isComplete)
    }

    @Test
    func deletedResponse() async throws {
        try await withSimulator { simulator in
            let created = try await simulator.send(.response())
            let id = try #require(created.json()["id"].string)
            let deleted = try await simulator.send(.plain("DELETE", "/v1/responses/\(id)"))
            #expect(deleted.status == 200)
            #expect(deleted.headerNames == HeaderSetTests.unlimited + ["content-length"])
        }
    }

    @Test
    func values() async throws {
        try await withSimulator { simulator in
            let response = try await simulator.send(.chat(simulate: "processing-ms=412; input-tokens=30"))
            #expect(response["date"] == "Mon, 23 Nov 2026 09:15:01 GMT")
            #expect(response["openai-organization"] == "simulated-labs-1a2b")
            #expect(response["openai-project"] == "proj_Simulated0000000000001")
            #expect(response["openai-processing-ms"] == "412")
            #expect(response["openai-version"] == "2020-10-01")
            #expect(response["x-envoy-upstream-service-time"] == "415")
            #expect(response["x-ratelimit-limit-requests"] == "10000")
            #expect(response["x-ratelimit-limit-tokens"] == "2000000")
            #expect(response["x-ratelimit-remaining-requests"] == "9999")
            #expect(response["x-ratelimit-remaining-tokens"] == "1999970")
            #expect(response["x-ratelimit-reset-requests"] == "6ms")
            #expect(response["x-ratelimit-reset-tokens"] == "0s")
            #expect(response["x-openai-proxy-wasm"] == "v0.1")
            #expect(response["cf-cache-status"] == "DYNAMIC")
            #expect(response["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload")
            #expect(response["x-content-type-options"] == "nosniff")
            #expect(response["server"] == "cloudflare")
            #expect(response["alt-svc"] == "h3=\":443\"; ma=86400")
            #expect(response["content-length"] == "\(response.body.count)")
            let requestID = try #require(response["x-request-id"])
            #expect(requestID.wholeMatch(of: #/req_[0-9a-f]{32}/#) != nil)
            let ray = try #require(response["cf-ray"])
            #expect(ray.wholeMatch(of: #/[0-9a-f]{16}-FRA/#) != nil)
            let cookies = response.headers.filter { $0.name == "set-cookie" }.map(\.value)
            #expect(cookies.count == 2)
            #expect(cookies[0].hasPrefix("__cf_bm="))
            #expect(cookies[0].contains("expires=Mon, 23-Nov-26 09:45:01 GMT; domain=.api.openai.com; HttpOnly"))
            #expect(cookies[1].hasPrefix("_cfuvid="))
        }
    }

    @Test
    func theTokenLimitIsUsedUp() async throws {
        let response = try await answer(to: .chat(simulate: "input-tokens=272000"))
        #expect(response["x-ratelimit-remaining-tokens"] == "1728000")
        #expect(response["x-ratelimit-reset-tokens"] == "8.16s")
        let huge = try await answer(to: .chat(simulate: "input-tokens=5000000"))
        #expect(huge["x-ratelimit-remaining-tokens"] == "0")
        #expect(huge["x-ratelimit-reset-tokens"] == "1m0s")
    }

    @Test
    func organizationAndProjectOfTheRequest() async throws {
        try await withSimulator { simulator in
            let request = TestRequest.chat()
                .adding("OpenAI-Organization", "acme-labs-4k2q")
                .adding("OpenAI-Project", "proj_A")
            let response = try await simulator.send(request)
            #expect(response["openai-organization"] == "acme-labs-4k2q")
            #expect(response["openai-project"] == "proj_A")
        }
    }

    @Test
    func organizationAndProjectOfTheConfiguration() async throws {
        try await withSimulator {
            $0.organization = "acme"
            $0.project = "proj_B"
        } _: { simulator in
            let response = try await simulator.send(.chat())
            #expect(response["openai-organization"] == "acme")
            #expect(response["openai-project"] == "proj_B")
        }
    }

    @Test
    func processingTimeIsInTheConfiguredRange() async throws {
        try await withSimulator {
            $0.processingMilliseconds = 7...9
        } _: { simulator in
            var seen: Set<Int> = []
            for _ in 0..<40 {
                let response = try await simulator.send(.chat())
                seen.insert(try #require(response["openai-processing-ms"].flatMap { Int($0) }))
            }
            #expect(seen == [7, 8, 9])
        }
    }

    @Test
    func theTimeAdvances() async throws {
        let clock = StepClock(start: 1_795_425_301)
        try await withSimulator {
            $0.secondsSinceEpoch = { clock.now }
        } _: { simulator in
            let connection = try await RawConnection.open(port: simulator.port)
            try await connection.send(TestRequest.chat().text)
            #expect(try await connection.receiveResponse()["date"] == "Mon, 23 Nov 2026 09:15:01 GMT")
            clock.step()
            try await connection.send(TestRequest.chat().text)
            #expect(try await connection.receiveResponse()["date"] == "Mon, 23 Nov 2026 09:15:02 GMT")
            try await connection.close()
        }
    }
}
