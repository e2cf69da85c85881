import Testing

@testable import OpenAISimulator

@Suite(.timeLimit(.minutes(1)))
struct ErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var simulate: String
        var status: Int
        var type: String?
        var code: String?
        var reason: String

        var testDescription: String { simulate }
    }

    @Test(arguments: [
        Case(
            simulate: "status=400",
            status: 400,
            type: "invalid_request_error",
            code: "invalid_value",
            reason: "Bad Request"
        ),
        Case(
            simulate: "status=401",
            status: 401,
            type: "invalid_request_error",
            code: "invalid_api_key",
            reason: "Unauthorized"
        ),
        Case(
            simulate: "status=403",
            status: 403,
            type: "invalid_request_error",
            code: "unsupported_country_region_territory",
            reason: "Forbidden"
        ),
        Case(
            simulate: "status=404",
            status: 404,
            type: "invalid_request_error",
            code: "model_not_found",
            reason: "Not Found"
        ),
        Case(
            simulate: "status=408",
            status: 408,
            type: "invalid_request_error",
            code: "timeout",
            reason: "Request Timeout"
        ),
        Case(
            simulate: "status=409",
            status: 409,
            type: "invalid_request_error",
            code: "conflict",
            reason: "Conflict"
        ),
        Case(
            simulate: "status=422",
            status: 422,
            type: "invalid_request_error",
            code: nil,
            reason: "Unprocessable Entity"
        ),
        Case(
            simulate: "status=429",
            status: 429,
            type: "tokens",
            code: "rate_limit_exceeded",
            reason: "Too Many Requests"
        ),
        Case(
            simulate: "code=insufficient_quota",
            status: 429,
            type: "insufficient_quota",
            code: "insufficient_quota",
            reason: "Too Many Requests"
        ),
        Case(
            simulate: "status=429; code=credit_balance_exhausted",
            status: 429,
            type: "insufficient_quota",
            code: "credit_balance_exhausted",
            reason: "Too Many Requests"
        ),
        Case(
            simulate: "code=resource_unavailable",
            status: 429,
            type: nil,
            code: "resource_unavailable",
            reason: "Too Many Requests"
        ),
        Case(
            simulate: "status=429; code=slow_down",
            status: 429,
            type: "service_unavailable_error",
            code: "slow_down",
            reason: "Too Many Requests"
        ),
        Case(
            simulate: "code=context_length_exceeded",
            status: 400,
            type: "invalid_request_error",
            code: "context_length_exceeded",
            reason: "Bad Request"
        ),
        Case(
            simulate: "status=500",
            status: 500,
            type: "server_error",
            code: nil,
            reason: "Internal Server Error"
        ),
        Case(
            simulate: "status=503",
            status: 503,
            type: "service_unavailable_error",
            code: "slow_down",
            reason: "Service Unavailable"
        ),
        Case(
            simulate: "code=server_is_overloaded",
            status: 503,
            type: "service_unavailable_error",
            code: "server_is_overloaded",
            reason: "Service Unavailable"
        ),
        Case(simulate: "status=504", status: 504, type: "server_error", code: nil, reason: "Gateway Timeout"),
        Case(simulate: "status=520", status: 520, type: "server_error", code: nil, reason: "Unknown"),
    ])
    func injected(_ testCase: Case) async throws {
        let response = try await answer(to: .chat(simulate: testCase.simulate))
        #expect(response.status == testCase.status)
        #expect(response.reason == testCase.reason)
        let error = try response.json()["error"]
        #expect(error.keys == ["message", "type", "param", "code"])
        #expect(error["type"].string == testCase.type)
        #expect(error["code"].string == testCase.code)
        #expect(error["message"].string?.isEmpty == false)
    }

    @Test
    func everyKnownCodeIsItsOwn() async throws {
        try await withSimulator { simulator in
            for (code, error) in APIError.withCode {
                let response = try await simulator.send(.chat(simulate: "code=\(code)"))
                #expect(response.status == error.status)
                #expect(try response.json()["error"]["code"].string == code)
            }
        }
    }

    @Test
    func everyByteOfAnError() async throws {
        let response = try await answer(to: .chat(simulate: "status=503"))
        #expect(
            response.text == """
                {
                  "error": {
                    "message": "Slow down.",
                    "type": "service_unavailable_error",
                    "param": null,
                    "code": "slow_down"
                  }
                }
                """
        )
        #expect(response["retry-after"] == "Mon, 23 Nov 2026 09:16:01 GMT")
    }

    @Test
    func aRateLimitTellsWhenToRetry() async throws {
        let standard = try await answer(to: .chat(simulate: "status=429"))
        #expect(standard["retry-after"] == "1")
        #expect(standard["retry-after-ms"] == "390")
        #expect(standard["x-should-retry"] == "true")
        let message = try #require(try standard.json()["error"]["message"].string)
        #expect(message.contains("gpt-4o-mini"))
        #expect(message.hasSuffix("Please try again in 390ms."))
        let chosen = try await answer(to: .chat(simulate: "status=429; retry-after-ms=2001"))
        #expect(chosen["retry-after"] == "3")
        #expect(chosen["retry-after-ms"] == "2001")
        #expect(try chosen.json()["error"]["message"].string?.hasSuffix("in 2001ms.") == true)
        let other = try await answer(to: .chat(simulate: "status=500; retry-after-ms=0"))
        #expect(other["retry-after"] == "1")
        #expect(other["retry-after-ms"] == "0")
        #expect(other["x-should-retry"] == nil)
    }

    @Test
    func anExhaustedQuotaIsNotRetried() async throws {
        let response = try await answer(to: .chat(simulate: "code=insufficient_quota"))
        #expect(response["x-should-retry"] == "false")
        #expect(response["retry-after"] == nil)
        #expect(response["x-ratelimit-limit-requests"] == nil)
    }

    @Test
    func aKeyIsMasked() async throws {
        let response = try await answer(to: .chat(simulate: "status=401"))
        #expect(try response.json()["error"]["message"].string == "Incorrect API key provided: sk-pr**********abcd.")
        var request = TestRequest.chat(simulate: "status=401").adding("Authorization", "Bearer short")
        request.isAuthorized = false
        let short = try await answer(to: request)
        #expect(try short.json()["error"]["message"].string == "Incorrect API key provided: *****.")
    }

    @Test(arguments: [nil, "Basic abc", "Bearer", "Bearer ", "sk-abc", "Bearer a b"])
    func aMissingKey(_ authorization: String?) async throws {
        var request = authorization.map { TestRequest.chat().adding("Authorization", $0) } ?? .chat()
        request.isAuthorized = false
        let response = try await answer(to: request)
        #expect(response.status == 401)
        #expect(response["www-authenticate"] == "Bearer realm=\"OpenAI API\"")
        #expect(try response.json()["error"]["type"].string == "invalid_request_error")
    }

    @Test(arguments: ["bearer sk-x", "BEARER sk-x", "Bearer  sk-x"])
    func anyKeyIsAccepted(_ authorization: String) async throws {
        var request = TestRequest.chat().adding("Authorization", authorization)
        request.isAuthorized = false
        #expect(try await answer(to: request).status == 200)
    }

    @Test
    func aProxyPage() async throws {
        let response = try await answer(to: .chat(simulate: "html=502"))
        #expect(response.status == 502)
        #expect(
            response.text == """
                <html>
                <head><title>502 Bad Gateway</title></head>
                <body>
                <center><h1>502 Bad Gateway</h1></center>
                <hr><center>cloudflare</center>
                </body>
                </html>

                """
        )
        #expect(response["x-request-id"] == nil)
    }

    @Test
    func failuresOfTheFirstAttempts() async throws {
        try await withSimulator { simulator in
            let request = TestRequest.chat(simulate: "status=503; fail-attempts=2")
            var statuses: [Int] = []
            statuses.append(try await simulator.send(request).status)
            for attempt in 0..<4 {
                let retry = request.adding("X-Stainless-Retry-Count", "\(attempt)")
                statuses.append(try await simulator.send(retry).status)
            }
            #expect(statuses == [503, 503, 503, 200, 200])
            let page = TestRequest.chat(simulate: "html=520; fail-attempts=1")
            #expect(try await simulator.send(page).status == 520)
            #expect(try await simulator.send(page.adding("x-stainless-retry-count", "1")).status == 200)
        }
    }

    @Test(arguments: [
        ("GET", "/v1/nothing", 404),
        ("POST", "/v2/chat/completions", 404),
        ("GET", "/", 404),
        ("POST", "/v1/responses/", 404),
        ("GET", "/v1/responses/a/b", 404),
        ("GET", "/v1/chat/completions", 405),
        ("PUT", "/v1/responses", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/v1/responses/resp_1", 405),
    ])
    func pathsAndMethods(method: String, path: String, status: Int) async throws {
        let response = try await answer(to: .plain(method, path))
        #expect(response.status == status)
        let error = try response.json()["error"]
        #expect(error["type"].string == "invalid_request_error")
        #expect(error["code"].isNull)
        #expect(error["message"].string?.contains(path) == true)
        #expect(error["message"].string?.contains(method) == true)
    }

    @Test
    func anErrorOfAStreamIsPlain() async throws {
        let response = try await answer(to: .chat(stream: true, simulate: "status=429"))
        #expect(response.status == 429)
        #expect(response["content-type"] == "application/json")
    }

    @Test
    func textOfTheClientIsEscaped() async throws {
        let response = try await answer(to: .chat(model: #"a\"b\\c\n\u0001"#))
        #expect(response.status == 404)
        let message = try #require(try response.json()["error"]["message"].string)
        #expect(message.hasPrefix("The model `a\"b\\c\n\u{1}` does"))
    }
}
