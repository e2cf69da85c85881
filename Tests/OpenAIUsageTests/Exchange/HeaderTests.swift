import Foundation
import HTTPTypes
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsage

/// What is read from the heads of a request and its response.
struct HeaderTests {
    static let secret = Array("pepper".utf8)
    static let key = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789wxyz"

    private func record(
        request: [(name: String, value: String)] = [],
        response: [(name: String, value: String)] = [],
        projectsByKey: [String: String] = [:],
        tags: UsageTags = [:]
    ) throws -> CallRecord {
        var call = ObservedCall()
        call.requestFields = request
        call.fields += response
        call.tags = tags
        call.configuration = ExchangeConfiguration(
            clock: ManualClock(),
            fingerprinter: KeyFingerprinter(secret: Self.secret),
            projectsByKey: projectsByKey
        )
        return try call.record()
    }

    // MARK: Organization and project

    static let projects: [(response: String?, request: String?, key: String?, project: String)] = [
        ("proj_r", "proj_q", "proj_k", "proj_r"), (nil, "proj_q", "proj_k", "proj_q"), (nil, nil, "proj_k", "proj_k"),
        (nil, nil, nil, "default"), ("proj_r", nil, nil, "proj_r"), ("", "proj_q", "proj_k", "proj_q"),
        ("", "", "proj_k", "proj_k"),
        (" ", " ", nil, "default"),
    ]

    @Test(arguments: projects)
    func `The project is the response's, else the request's, else the key's`(
        response: String?,
        request: String?,
        key: String?,
        project: String
    ) throws {
        let record = try record(
            request: [("authorization", "Bearer \(Self.key)")] + (request.map { [("openai-project", $0)] } ?? []),
            response: response.map { [("openai-project", $0)] } ?? [],
            projectsByKey: key.map { ["wxyz": $0] } ?? ["none": "no"]
        )
        #expect(record.project == project)
        #expect(record.requestedProject == request.flatMap { $0.allSatisfy { $0 == " " } ? nil : $0 })
    }

    @Test
    func `A key's project is found by its last characters or by its digest`() throws {
        let digest = KeyFingerprinter(secret: Self.secret).fingerprint(of: Self.key).digestText
        let request = [(name: "authorization", value: "Bearer \(Self.key)")]
        for name in ["wxyz", digest, String(digest.prefix(6))] {
            #expect(try record(request: request, projectsByKey: [name: "proj_k"]).project == "proj_k")
        }
        #expect(try record(request: request, projectsByKey: ["yz": "no", "": "no"]).project == "default")
        #expect(try record(projectsByKey: ["wxyz": "no"]).project == "default")
    }

    @Test
    func `A call without a response has the project of its request`() throws {
        var call = ObservedCall()
        call.status = nil
        call.ending = .unreachable
        call.requestFields = [("openai-project", "proj_q"), ("openai-organization", "org-q")]
        let record = try call.record()
        #expect(record.project == "proj_q" && record.requestedOrganization == "org-q" && record.organization == nil)
    }

    @Test
    func `The organization is the response's, the requested one stands beside it`() throws {
        let record = try record(
            request: [("OpenAI-Organization", "org-q")],
            response: [("openai-organization", "acme-1")]
        )
        #expect(record.organization == "acme-1" && record.requestedOrganization == "org-q")
        #expect(try self.record(request: [("OpenAI-Organization", "org-q")]).organization == nil)
    }

    // MARK: Keys

    static let keys: [(fields: [(name: String, value: String)], hint: String?, key: String)] = [
        ([("authorization", "Bearer \(key)")], "sk-proj-...wxyz", key),
        ([("authorization", "bearer \(key)")], "sk-proj-...wxyz", key),
        ([("Authorization", "BEARER \(key)")], "sk-proj-...wxyz", key),
        ([("api-key", "0123456789abcdef0123456789abcdef")], "...cdef", "0123456789abcdef0123456789abcdef"),
        (
            [("api-key", "0123456789abcdef0123456789abcdef"), ("authorization", "Bearer \(key)")], "...cdef",
            "0123456789abcdef0123456789abcdef"
        ),
        ([("api-key", ""), ("authorization", "Bearer \(key)")], "sk-proj-...wxyz", key),
        ([("authorization", "Bearer sk-svcacct-0123456789")], "sk-svcacct-...6789", "sk-svcacct-0123456789"),
        ([("authorization", "Bearer sk-or-v1-0123456789")], "sk-or-...6789", "sk-or-v1-0123456789"),
        ([("authorization", "Bearer short-key-12345")], "...", "short-key-12345"),
        ([("authorization", "Bearer x")], "...", "x"),
        ([("authorization", "Basic dXNlcjpwYXNzd29yZA==")], nil, ""),
        ([("authorization", "Bearer")], nil, ""),
        ([("authorization", "Bearer ")], nil, ""),
        ([("authorization", key)], nil, ""),
        ([], nil, ""),
    ]

    @Test(arguments: keys)
    func `A key leaves a fingerprint and nothing else`(
        fields: [(name: String, value: String)],
        hint: String?,
        key: String
    ) throws {
        let record = try record(request: fields)
        #expect(record.key?.hint == hint)
        #expect(record.key == (hint == nil ? nil : KeyFingerprinter(secret: Self.secret).fingerprint(of: key)))
        if key.count > 1 { #expect(!String(reflecting: record).contains(key)) }
        for field in fields where field.value.count > 8 {
            #expect(!String(reflecting: record).contains(field.value))
            #expect(!String(reflecting: record).contains(field.value.suffix(6)))
        }
    }

    @Test
    func `Without a fingerprinter there is no trace of a key`() throws {
        var call = ObservedCall()
        call.requestFields = [("authorization", "Bearer \(Self.key)")]
        let record = try call.record()
        #expect(record.key == nil)
        #expect(!String(reflecting: record).contains("wxyz"))
    }

    @Test(arguments: ["query-key", "sk-in-the-path-query-0123456789"])
    func `A key in the query or in the authority is not kept`(key: String) throws {
        var call = ObservedCall()
        call.path = "/v1/chat/completions?key=\(key)&x=1#\(key)"
        for authority in ["\(key)@api.openai.com", "user:\(key)@api.openai.com:443", "\(key):@api.openai.com"] {
            call.authority = authority
            let record = try call.record()
            #expect(record.path == "/v1/chat/completions")
            #expect(record.host == "api.openai.com")
            #expect(!String(reflecting: record).contains(key))
        }
    }

    static let hosts: [(authority: String?, host: String)] = [
        ("api.openai.com", "api.openai.com"), ("api.openai.com:443", "api.openai.com"), ("127.0.0.1:8787", "127.0.0.1"),
        ("[::1]:8787", "[::1]"), ("[2001:db8::1]", "[2001:db8::1]"), (nil, ""), ("", ""), ("user@[::1]:80", "[::1]"),
        ("localhost", "localhost"),
    ]

    @Test(arguments: hosts)
    func `The host stands without port and user`(authority: String?, host: String) throws {
        var call = ObservedCall()
        call.authority = authority
        #expect(try call.record().host == host)
    }

    // MARK: Identities

    @Test
    func `The request's own identities are kept`() throws {
        let record = try record(
            request: [
                ("X-Client-Request-Id", "team-blue-17"), ("Idempotency-Key", "idem-1"),
                ("X-Stainless-Retry-Count", "2"),
                ("User-Agent", "OpenAI/Python 3.54.0"),
            ],
            response: [("X-Request-ID", "req_1")]
        )
        #expect(record.clientRequestID == "team-blue-17" && record.operationID == "team-blue-17")
        #expect(record.attempt == 2 && record.client == "OpenAI/Python 3.54.0" && record.requestID == "req_1")
        #expect(try self.record(request: [("Idempotency-Key", "idem-1")]).operationID == "idem-1")
        let plain = try self.record()
        #expect(plain.operationID == plain.id.description && plain.clientRequestID == nil && plain.attempt == 0)
    }

    static let retries: [(value: String, attempt: Int)] = [
        ("0", 0), ("1", 1), ("7", 7), ("1000", 1_000), ("1001", 1_000), ("999999999999", 1_000), ("-1", 0), ("", 0),
        ("x", 0),
        ("1.5", 0), ("99999999999999999999", 0),
    ]

    @Test(arguments: retries)
    func `The retry count is a small number`(value: String, attempt: Int) throws {
        #expect(try record(request: [("x-stainless-retry-count", value)]).attempt == attempt)
    }

    static let requestIDs: [(fields: [(name: String, value: String)], identity: String?)] = [
        ([("x-request-id", "req_0123456789abcdef")], "req_0123456789abcdef"),
        ([("X-REQUEST-ID", "3F2504E0-4F89-11D3-9A0C-0305E82C3301")], "3F2504E0-4F89-11D3-9A0C-0305E82C3301"),
        ([("x-request-id", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")], "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ([("apim-request-id", "11111111-2222-3333-4444-555555555555")], nil),
        ([("x-request-id", ""), ("x-request-id", "req_1"), ("x-request-id", "req_2")], "req_1"),
        ([("apim-request-id", "apim"), ("x-request-id", "req_1")], "req_1"),
        ([("request-id", "no")], nil), ([], nil),
    ]

    @Test(arguments: requestIDs)
    func `The request's identity is kept as it is spelled`(
        fields: [(name: String, value: String)],
        identity: String?
    ) throws {
        #expect(try record(response: fields).requestID == identity)
    }

    static let edges: [(fields: [(name: String, value: String)], identity: String?)] = [
        ([("cf-ray", "9a2b3c4d5e6f7a8b-FRA")], "9a2b3c4d5e6f7a8b-FRA"), ([], nil),
        ([("cf-ray", "9a2b3c4d5e6f7a8b-FRA"), ("apim-request-id", "apim")], "apim"),
        ([("x-generation-id", "gen-1"), ("cf-ray", "9a2b3c4d5e6f7a8b-FRA")], "gen-1"),
        ([("mistral-correlation-id", "m-1"), ("x-request-id", "req_1")], "m-1"),
    ]

    @Test(arguments: edges)
    func `The identity of what stands before the provider is kept beside it`(
        fields: [(name: String, value: String)],
        identity: String?
    ) throws {
        #expect(try record(response: fields).edgeRequestID == identity)
    }

    @Test
    func `What a support case asks for is kept, and nothing else`() throws {
        let kept = [
            ("openai-version", "2020-10-01"), ("x-should-retry", "true"), ("via", "1.1 envoy"),
            ("server", "cloudflare"),
            ("cf-cache-status", "DYNAMIC"), ("x-openai-proxy-wasm", "v0.1"), ("x-ms-region", "Sweden Central"),
            ("x-ms-deployment-name", "gpt4o-prod"), ("azureml-model-session", "d1"), ("x-ms-rai-invoked", "true"),
        ]
        let record = try record(
            response: kept + [("x-envoy-upstream-service-time", "415"), ("alt-svc", "h3"), ("vary", "Origin")]
        )
        #expect(record.diagnostics == Dictionary(uniqueKeysWithValues: kept))
        #expect(record.timing.upstreamServiceMicroseconds == 415_000)
        let long = try self.record(response: [("via", String(repeating: "x", count: 500))])
        #expect(long.diagnostics["via"]?.utf8.count == 64)
    }

    static let traces: [(field: String, trace: String?)] = [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-x", "0af7651916cd43dd8448eb211c80319c"),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", nil),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", nil),
        ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", nil), ("", nil), ("x", nil),
    ]

    @Test(arguments: traces)
    func `The trace is that of the traceparent`(field: String, trace: String?) throws {
        #expect(try record(request: [("traceparent", field)]).traceID == trace)
    }

    static let clients: [(fields: [(name: String, value: String)], client: String?)] = [
        ([("user-agent", "OpenAI/Python 3.54.0")], "OpenAI/Python 3.54.0"), ([], nil),
        ([("x-stainless-lang", "js"), ("x-stainless-package-version", "7.5.0")], "OpenAI/js 7.5.0"),
        ([("x-stainless-lang", "go")], "OpenAI/go"),
    ]

    @Test(arguments: clients)
    func `The client is the agent, else the SDK's language`(
        fields: [(name: String, value: String)],
        client: String?
    ) throws {
        #expect(try record(request: fields).client == client)
    }

    @Test
    func `No more limits are kept than any provider has`() throws {
        let fields = (0..<40).map { (name: "x-ratelimit-limit-r\($0)", value: "1") }
        #expect(try record(response: fields).rateLimits?.windows.count == 16)
        let long = [(name: "x-ratelimit-limit-\(String(repeating: "r", count: 200))", value: "1")]
        #expect(try record(response: long).rateLimits == nil)
    }

    // MARK: Numbers

    static let processing: [(value: String, microseconds: Int64?)] = [
        ("412", 412_000), ("0", 0), ("1.5", 1_500), ("0.001", 1), ("0.0004", 0), ("12.3456789", 12_345), (" 7 ", 7_000),
        ("86400000", 86_400_000_000), ("", nil), ("-5", nil), ("abc", nil), ("1e3", nil), ("1.2.3", nil), (".", nil),
        ("NaN", nil),
        ("412ms", nil), ("412, 415", nil), ("99999999999999999999999", nil),
        ("9223372036854.9", nil), ("9223372036854.775807", 9_223_372_036_854_775), ("9223372036855", nil),
    ]

    @Test(arguments: processing)
    func `The processing time may be a decimal`(value: String, microseconds: Int64?) throws {
        #expect(try record(response: [("openai-processing-ms", value)]).timing.processingMicroseconds == microseconds)
    }

    static let retryAfters: [(fields: [(name: String, value: String)], milliseconds: Int64?)] = [
        ([("retry-after", "7")], 7_000), ([("retry-after", "0")], 0), ([("retry-after-ms", "250")], 250),
        ([("retry-after-ms", "250.7")], 250), ([("retry-after-ms", "1500"), ("retry-after", "2")], 1_500),
        ([("retry-after-ms", "soon"), ("retry-after", "2")], 2_000),
        // A date counts from the head's own, else from the present, which is 08:55:01 here.
        ([("retry-after", "Mon, 23 Nov 2026 08:56:01 GMT")], 60_000),
        ([("retry-after", "Monday, 23-Nov-26 08:56:01 GMT")], 60_000),
        ([("retry-after", "Mon Nov 23 08:56:01 2026")], 60_000), ([("retry-after", "Mon Nov  3 09:16:01 2026")], 0),
        ([("date", "Wed, 21 Oct 2026 07:27:00 GMT"), ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 60_000),
        ([("date", "Wed, 21 Oct 2026 07:29:00 GMT"), ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 0),
        ([("retry-after", "Wed, 21 Oct 2026 07:28:61 GMT")], nil), ([("retry-after", "Wed, 21 Oct")], nil),
        ([("retry-after", "")], nil), ([("retry-after", "-5")], nil), ([("retry-after", "soon")], nil), ([], nil),
        ([("retry-after", "9223372036854775807")], nil), ([("retry-after", "9223372036854776")], nil),
        ([("retry-after", "99999999999999999999")], nil),
        ([("retry-after", "-")], nil), ([("retry-after-ms", "-1")], nil), ([("retry-after", "86400")], 86_400_000),
    ]

    @Test(arguments: retryAfters)
    func `The wait before a retry is read in milliseconds`(
        fields: [(name: String, value: String)],
        milliseconds: Int64?
    ) throws {
        #expect(try record(response: fields).retryAfterMilliseconds == milliseconds)
    }

    static let durations: [(text: String, microseconds: Int64?)] = [
        ("0s", 0), ("1ms", 1_000), ("6ms", 6_000), ("20ms", 20_000), ("8.64s", 8_640_000), ("1m0s", 60_000_000),
        ("6m0s", 360_000_000), ("28m0.747s", 1_680_747_000), ("1h36m16.107s", 5_776_107_000), ("12", 12_000_000),
        ("0", 0),
        ("0.5", 500_000), ("1\u{b5}s", 1), ("1\u{3bc}s", 1), ("5us", 5), ("7ns", 0), ("1500ns", 1),
        ("24h0m0s", 86_400_000_000),
        ("1h", 3_600_000_000), ("1m", 60_000_000), ("0.001ms", 1), ("1.000001s", 1_000_001), ("2h45m", 9_900_000_000),
        ("100ms", 100_000), ("59.999999999s", 59_999_999), (".5s", 500_000), ("1s1ms", 1_001_000),
        // Junk.
        ("", nil), (" ", nil), ("s", nil), ("ms", nil), ("abc", nil), ("-1s", nil), ("+1s", nil), ("1x", nil),
        ("1d", nil),
        ("1S", nil), ("1H", nil), ("1..5s", nil), ("1.2.3s", nil), (".s", nil), (".", nil), ("1e3s", nil),
        ("0x10", nil),
        ("2026-11-23T09:15:01Z", nil), ("1,5s", nil), ("\u{ff11}s", nil), ("never", nil), ("1s;", nil),
        // Beyond 64 bits of nanoseconds.
        ("9223372036.854775807s", 9_223_372_036_854_775), ("9223372036.9s", nil), ("9223372036.9", nil),
        ("9223372037s", nil),
        ("2562047h47m16.854775807s", 9_223_372_036_854_775), ("2562047h47m16.9s", nil), ("2562047.9h", nil),
        ("9999999999999s", nil), ("99999999999999999999999s", nil), ("153722867.9m", nil),
    ]

    @Test(arguments: durations)
    func `A rate limit's reset is a Go duration or seconds`(text: String, microseconds: Int64?) {
        #expect(RateLimits.microseconds(text) == microseconds)
    }

    @Test(arguments: durations.filter { $0.text == $0.text.trimmingCharacters(in: .whitespaces) })
    func `A reset in a head is read by the same rules`(text: String, microseconds: Int64?) throws {
        let limits = try record(response: [("x-ratelimit-reset-tokens", text)]).rateLimits
        #expect(limits?["tokens"] == RateLimits.Window(limit: nil, remaining: nil, resetMicroseconds: microseconds))
    }

    @Test
    func `Any duration that Go would write is read back`() {
        let seed: UInt64 = 0x90
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let hours = Int64.random(in: 0...200, using: &random)
            let minutes = Int64.random(in: 0...59, using: &random)
            let micros = Int64.random(in: 0...59_999_999, using: &random)
            let fraction = String(1_000_000 + micros % 1_000_000).dropFirst()
            let text = (hours > 0 ? "\(hours)h" : "") + "\(minutes)m\(micros / 1_000_000).\(fraction)s"
            #expect(
                RateLimits.microseconds(text) == (hours * 60 + minutes) * 60_000_000 + micros,
                "\(text), seed \(seed)"
            )
        }
    }

    // MARK: Text

    static let texts: [(value: String, clean: String?)] = [
        ("plain", "plain"), ("", nil), (" ", nil), ("   ", nil), (" both ", "both"), ("inner space", "inner space"),
        ("a\tb", "ab"), ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"), ("a\u{0}b", "ab"), ("a\u{7f}b", "ab"),
        ("\r\nx\r\n", "x"),
        ("a\u{9b}31mb", "a31mb"), ("\u{85}\u{9f}", nil), ("\u{e9}\u{1f600}", "\u{e9}\u{1f600}"), ("\u{1}\u{2}", nil),
        ("\u{a0}x", "\u{a0}x"), ("\u{1} x \u{1}", "x"),
        (String(repeating: "x", count: 255) + " y", String(repeating: "x", count: 255)),
    ]

    @Test(arguments: texts)
    func `Text is kept without control characters and outer blanks`(value: String, clean: String?) {
        #expect(TextCleaner.clean(value) == clean)
        #expect(TextCleaner.clean(clean) == clean)
    }

    @Test(arguments: [1, 2, 7, 255, 256])
    func `Text is cut at whole characters within its bound`(bound: Int) {
        for unit in ["x", "\u{e9}", "\u{20ac}", "\u{1f600}", "e\u{301}", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}"]
        {
            let cut = TextCleaner.clean(String(repeating: unit, count: 300), maximumLength: bound)
            let count = bound / unit.utf8.count
            #expect(cut == (count == 0 ? nil : String(repeating: unit, count: count)))
        }
        #expect(TextCleaner.clean(nil) == nil)
    }

    @Test(arguments: [
        "", "a", "A", "text/Event-Stream", "application/json", "ÄPFEL", "äpfel", "GZIP, Deflate", "z[Z]@`{",
    ])
    func `A value in lower case is what the standard library says`(value: String) {
        #expect(HeaderText.lowercased(value) == value.lowercased())
    }

    @Test
    func `Values from heads are cut at their bounds`() throws {
        let long = String(repeating: "v", count: 10_000)
        var call = ObservedCall()
        call.method = String(repeating: "M", count: 100)
        call.authority = long
        call.path = "/\(long)"
        call.requestFields = [
            ("user-agent", long), ("openai-organization", long), ("openai-project", long),
            ("x-client-request-id", long),
            ("idempotency-key", long), ("openai-usage-tags", "\(long)=\(long)"), ("authorization", "Bearer \(long)"),
        ]
        call.fields += [
            ("openai-organization", long), ("openai-project", long), ("x-request-id", long), ("openai-model", long),
        ]
        call.configuration.fingerprinter = KeyFingerprinter(secret: [1])
        let record = try call.record()
        #expect(record.method.count == 16 && record.host.count == 128 && record.path.count == 256)
        #expect(record.client?.count == 64 && record.clientRequestID?.count == 512 && record.operationID.count == 512)
        #expect(record.requestedOrganization?.count == 256 && record.requestedProject?.count == 256)
        #expect(record.organization?.count == 256 && record.project.count == 256)
        #expect(record.requestID?.count == 256 && record.model?.count == 256)
        #expect(record.tags.pairs.count == 1 && record.key?.hint == "...vvvv")
        #expect(!String(reflecting: record).contains(String(repeating: "v", count: 513)))
    }

    @Test
    func `Tags of the header are added to the caller's, and win`() throws {
        let record = try record(
            request: [("OpenAI-Usage-Tags", "team=search, feature = rag ;ttl=1,junk,=x,user=%C3%A9")],
            tags: ["team": "ads", "env": "prod"]
        )
        #expect(record.tags == ["team": "search", "env": "prod", "feature": "rag", "user": "\u{e9}"])
        #expect(try self.record(tags: ["env": "prod"]).tags == ["env": "prod"])
    }
}
