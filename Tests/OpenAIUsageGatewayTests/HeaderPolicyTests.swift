import HTTPTypes
import NIOHTTP1
import Testing

@testable import OpenAIUsageGateway

struct HeaderPolicyTests {
    private func upstream(_ text: String = "https://api.openai.com") throws -> Upstream {
        try #require(Upstream(text))
    }

    private func request(_ fields: [(String, String)], uri: String = "/v1/models") -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: HTTPHeaders(fields))
    }

    private func forwarded(_ fields: [(String, String)], isRewritten: Bool = false) throws -> [(String, String)] {
        Array(HeaderPolicy.upstreamRequest(request(fields), to: try upstream(), isRewritten: isRewritten).headers)
            .map { ($0.name, $0.value) }
    }

    private func expect(
        _ fields: [(String, String)],
        _ expected: [(String, String)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            fields.map { "\($0.0): \($0.1)" } == expected.map { "\($0.0): \($0.1)" },
            sourceLocation: sourceLocation
        )
    }

    // MARK: - Requests

    @Test func endToEndFieldsKeepTheirOrderTheirCaseAndTheirNumber() throws {
        let fields = [
            ("authorization", "Bearer sk-x"), ("X-Stainless-Lang", "python"), ("x-DUPLICATE", "1"), ("Accept", "*/*"),
            ("x-duplicate", "2"), ("X-Empty", ""), ("traceparent", "00-1-2-01"), ("Content-Length", "12"),
        ]
        expect(try forwarded(fields), [("Host", "api.openai.com")] + fields)
    }

    @Test(arguments: [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Upgrade", "Expect", "OpenAI-Usage-Tags", "openai-usage-tags", "CONNECTION", "hOsT",
    ])
    func fieldsOfTheConnectionStayBehind(_ name: String) throws {
        expect(
            try forwarded([("A", "1"), (name, "x"), ("B", "2")]),
            [("Host", "api.openai.com"), ("A", "1"), ("B", "2")]
        )
    }

    @Test func fieldsThatConnectionNamesStayBehind() throws {
        let fields = [
            ("X-Hop", "1"), ("Connection", "close, X-Hop"), ("x-HOP2", "2"), ("connection", "x-hop2"), ("X-End", "3"),
        ]
        expect(try forwarded(fields), [("Host", "api.openai.com"), ("X-End", "3")])
    }

    @Test func connectionCannotTakeAwayTheLengthOfABody() throws {
        expect(
            try forwarded([("Connection", "Content-Length"), ("Content-Length", "5")]),
            [("Host", "api.openai.com"), ("Content-Length", "5")]
        )
    }

    @Test(arguments: [
        ("https://api.openai.com", "api.openai.com"), ("http://127.0.0.1:81", "127.0.0.1:81"),
        ("https://[::1]:8443", "[::1]:8443"), ("http://host:80", "host"),
    ])
    func theHostIsTheUpstreams(_ url: String, _ authority: String) throws {
        let head = HeaderPolicy.upstreamRequest(
            request([("Host", "gateway:8787"), ("host", "second")]),
            to: try upstream(url),
            isRewritten: false
        )
        #expect(head.headers["host"] == [authority])
    }

    @Test(arguments: [
        (["gzip"], "gzip"), (["gzip, deflate"], "gzip, deflate"), (["gzip, deflate, br, zstd"], "gzip, deflate"),
        (["br"], "identity"), (["zstd;q=1.0"], "identity"), (["*"], "identity"), (["br, *;q=0.1"], "identity"),
        ([""], "identity"), (["GZIP;q=0.5 , br;q=1.0"], "GZIP;q=0.5"), (["gzip;q=0"], "gzip;q=0"),
        (["identity"], "identity"), (["identity;q=0.5, gzip;q=1"], "identity;q=0.5, gzip;q=1"),
        (["x-gzip"], "x-gzip"), (["gzip ; q = 0.3"], "gzip;q=0.3"), (["br", "gzip"], "gzip"),
        (["gzip", "deflate"], "gzip, deflate"), (["gzipped"], "identity"), ([",,gzip,,"], "gzip"),
    ])
    func acceptedCodingsAreCutToWhatTheGatewayReads(_ values: [String], _ expected: String) throws {
        expect(
            try forwarded([("A", "1")] + values.map { ("Accept-Encoding", $0) }),
            [("Host", "api.openai.com"), ("A", "1"), ("Accept-Encoding", expected)]
        )
    }

    @Test func withoutAcceptedCodingsNoneAreMadeUp() throws {
        expect(try forwarded([("A", "1")]), [("Host", "api.openai.com"), ("A", "1")])
    }

    @Test(arguments: [[], [("Accept-Encoding", "gzip")]])
    func aResponseThatWillBeChangedMustNotBeEncoded(_ fields: [(String, String)]) throws {
        expect(
            try forwarded(fields, isRewritten: true),
            [("Host", "api.openai.com"), ("Accept-Encoding", "identity")]
        )
    }

    @Test func aChunkedRequestStaysChunked() throws {
        expect(
            try forwarded([("Transfer-Encoding", "chunked"), ("TE", "trailers"), ("Trailer", "X-Sum")]),
            [("Host", "api.openai.com"), ("Transfer-Encoding", "chunked")]
        )
    }

    @Test(arguments: [
        ("/v1/models", "", "/v1/models"), ("/v1/models?a=b&c=%20", "", "/v1/models?a=b&c=%20"), ("/", "", "/"),
        ("/v1/models", "/api", "/api/v1/models"), ("/", "/api", "/api/"), ("//double", "", "//double"),
        ("/a/../b/./c", "/api", "/api/a/../b/./c"), ("/%2e%2e/x", "", "/%2e%2e/x"), ("?a", "", "/"), ("*", "", "/"),
        ("http://gateway/v1/models?x=1", "", "/v1/models?x=1"), ("http://other:1/v1/x", "/api", "/api/v1/x"),
        ("HTTPS://other/v1", "", "/v1"), ("http://other", "", "/"), ("http://other?x=/a", "", "/?x=/a"),
        ("http://other?x=1", "/api", "/api/?x=1"), ("/v1/a?b=http://c/d", "", "/v1/a?b=http://c/d"),
    ])
    func theTargetIsTheUpstreams(_ uri: String, _ prefix: String, _ expected: String) throws {
        let head = HeaderPolicy.upstreamRequest(
            request([], uri: uri),
            to: try upstream("https://host\(prefix)"),
            isRewritten: false
        )
        #expect(head.uri == expected)
        let observed = HeaderPolicy.observed(request([], uri: uri), upstream: try upstream("https://host\(prefix)"))
        // The call is the client's own path, whatever the upstream has before it.
        #expect(observed.path == String(expected.dropFirst(prefix.count)))
    }

    @Test func theMethodStaysAndTheVersionIsTheGateways() throws {
        var head = request([])
        head.method = .RAW(value: "QUERY")
        head.version = .http1_0
        let forwarded = HeaderPolicy.upstreamRequest(head, to: try upstream(), isRewritten: false)
        #expect(forwarded.method == .RAW(value: "QUERY"))
        #expect(forwarded.version == .http1_1)
    }

    // MARK: - Responses

    @Test func aResponseLosesWhatConcernsTheConnection() {
        let head = HTTPResponseHead(
            version: .http1_0,
            status: .init(statusCode: 299, reasonPhrase: "Odd"),
            headers: [
                "Set-Cookie": "a=1", "Connection": "X-Hop, keep-alive", "x-request-ID": "req_1", "set-cookie": "b=2",
                "X-Hop": "1", "Keep-Alive": "timeout=5", "Content-Length": "3", "Date": "today",
            ]
        )
        let response = HeaderPolicy.clientResponse(head, to: request([]), isRewritten: false)
        expect(
            response.headers.map { ($0.name, $0.value) },
            [
                ("Set-Cookie", "a=1"), ("x-request-ID", "req_1"), ("set-cookie", "b=2"), ("Content-Length", "3"),
                ("Date", "today"),
            ]
        )
        #expect(response.status == .init(statusCode: 299, reasonPhrase: "Odd"))
        #expect(response.version == .http1_1)
    }

    @Test func aChangedResponseHasNeitherLengthNorCoding() {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .ok,
            headers: [
                "Content-Type": "text/event-stream", "Content-Length": "3", "Content-Encoding": "gzip", "ETag": "x",
            ]
        )
        let response = HeaderPolicy.clientResponse(head, to: request([]), isRewritten: true)
        expect(
            response.headers.map { ($0.name, $0.value) },
            [("Content-Type", "text/event-stream"), ("ETag", "x"), ("Transfer-Encoding", "chunked")]
        )
    }

    struct Framing: Sendable, CustomTestStringConvertible {
        let name: String
        var method = HTTPMethod.POST
        var version = HTTPVersion.http1_1
        var status = 200
        var fields: [(String, String)] = []
        let expected: [String]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Framing(name: "length", fields: [("Content-Length", "3")], expected: ["Content-Length: 3"]),
        Framing(name: "chunked", fields: [("transfer-encoding", "chunked")], expected: ["Transfer-Encoding: chunked"]),
        Framing(name: "until closed", expected: ["Transfer-Encoding: chunked"]),
        Framing(name: "for an old client", version: .http1_0, fields: [("Transfer-Encoding", "chunked")], expected: []),
        Framing(
            name: "length for an old client",
            version: .http1_0,
            fields: [("Content-Length", "3")],
            expected: ["Content-Length: 3"]
        ),
        Framing(name: "HEAD", method: .HEAD, fields: [("Content-Length", "3")], expected: ["Content-Length: 3"]),
        Framing(name: "HEAD chunked", method: .HEAD, fields: [("Transfer-Encoding", "chunked")], expected: []),
        Framing(name: "HEAD without", method: .HEAD, expected: []),
        Framing(name: "204", status: 204, expected: []),
        Framing(name: "204 with a length", status: 204, fields: [("Content-Length", "3")], expected: []),
        Framing(name: "304", status: 304, expected: []),
        Framing(
            name: "304 with a length",
            status: 304,
            fields: [("Content-Length", "3")],
            expected: ["Content-Length: 3"]
        ),
    ])
    func theFramingIsWhatTheClientUnderstands(_ framing: Framing) {
        var request = HTTPRequestHead(version: framing.version, method: framing.method, uri: "/")
        request.headers = [:]
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .init(statusCode: framing.status),
            headers: HTTPHeaders(framing.fields)
        )
        let response = HeaderPolicy.clientResponse(head, to: request, isRewritten: false)
        #expect(response.headers.map { "\($0.name): \($0.value)" } == framing.expected)
    }

    // MARK: - What the engine reads

    @Test func theEngineReadsWhatItNeedsOfARequestAndNothingElse() throws {
        let observed = HeaderPolicy.observed(
            request([
                ("Host", "gateway"), ("AUTHORIZATION", "Bearer sk-x"), ("OpenAI-Organization", "org"), ("Cookie", "c"),
                ("openai-project", "proj"), ("User-Agent", "ua"), ("X-Client-Request-Id", "crid"), ("X-Secret", "s"),
                ("OpenAI-Usage-Tags", "team=a"), ("openai-usage-tags", "b=c"), ("X-Stainless-Retry-Count", "2"),
                ("Content-Type", "application/json"), ("api-key", "azure"), ("Idempotency-Key", "idem"),
                ("Traceparent", "00-x"), ("X-Stainless-Lang", "js"), ("X-Stainless-Package-Version", "6.1"),
                ("Content-Encoding", "gzip"),
            ]),
            upstream: try upstream("http://host:81/x")
        )
        #expect(observed.scheme == "http")
        #expect(observed.authority == "host:81")
        #expect(observed.path == "/v1/models")
        #expect(observed.method == .post)
        #expect(
            observed.headerFields.map { "\($0.name.canonicalName): \($0.value)" } == [
                "authorization: Bearer sk-x", "openai-organization: org", "openai-project: proj", "user-agent: ua",
                "x-client-request-id: crid", "openai-usage-tags: team=a", "openai-usage-tags: b=c",
                "x-stainless-retry-count: 2", "content-type: application/json", "api-key: azure",
                "idempotency-key: idem", "traceparent: 00-x", "x-stainless-lang: js",
                "x-stainless-package-version: 6.1", "content-encoding: gzip",
            ]
        )
    }

    @Test func theEngineReadsWhatItNeedsOfAResponseAndNothingElse() {
        let observed = HeaderPolicy.observed(
            HTTPResponseHead(
                version: .http1_1,
                status: .tooManyRequests,
                headers: [
                    "Content-Type": "application/json", "OPENAI-PROCESSING-MS": "12", "x-request-id": "req_1",
                    "X-RateLimit-Limit-Requests": "10", "x-ratelimit-reset-tokens": "6ms", "Set-Cookie": "secret",
                    "Retry-After": "1", "retry-after-ms": "1000", "Content-Encoding": "gzip", "X-Other": "1",
                    "Date": "today", "CF-Ray": "ray", "x-generation-id": "gen", "Via": "proxy", "openai-version": "2",
                ]
            )
        )
        #expect(observed.status.code == 429)
        #expect(
            observed.headerFields.map { "\($0.name.canonicalName): \($0.value)" } == [
                "content-type: application/json", "openai-processing-ms: 12", "x-request-id: req_1",
                "x-ratelimit-limit-requests: 10", "x-ratelimit-reset-tokens: 6ms", "retry-after: 1",
                "retry-after-ms: 1000", "content-encoding: gzip", "date: today", "cf-ray: ray", "x-generation-id: gen",
                "via: proxy", "openai-version: 2",
            ]
        )
    }
}
