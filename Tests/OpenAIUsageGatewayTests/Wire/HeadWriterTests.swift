import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// The heads that are passed on, to the byte.
struct HeadWriterTests {
    private func forwarded(
        _ lines: [String],
        line: String = "POST /v1/models HTTP/1.1",
        to route: RequestRoute = RequestRoute(authority: "api.openai.com"),
        _ change: (inout RequestRewrite) -> Void = { _ in }
    ) throws -> [String] {
        let head = try Self.request(([line] + lines).map { "\($0)\r\n" }.joined() + "\r\n")
        var rewrite = RequestRewrite()
        change(&rewrite)
        var buffer = ByteBuffer()
        HeadWriter.write(head, to: route, rewrite, into: &buffer)
        // What is written is well-formed, and means what it says.
        let text = Latin1.text(buffer.readableBytesView)
        _ = try Self.request(text)
        return try Self.lines(text)
    }

    /// The lines of a head without its empty one.
    private static func lines(_ text: String) throws -> [String] {
        // A carriage return and a line feed are one character.
        let lines = text.split(separator: "\r\n" as Character, omittingEmptySubsequences: false).map(String.init)
        try #require(lines.suffix(2) == ["", ""])
        return Array(lines.dropLast(2))
    }

    private static func request(_ text: String) throws -> RequestHead {
        var parser = RequestParser()
        var buffer = ByteBuffer(bytes: Latin1.bytes(text))
        guard case .head(let head) = parser.parse(&buffer) else {
            Issue.record("\(text.debugDescription) is not a head")
            throw CancellationError()
        }
        #expect(buffer.readableBytes == 0)
        return head
    }

    // MARK: - Requests

    @Test func endToEndFieldsKeepTheirOrderTheirCaseAndTheirNumber() throws {
        let lines = [
            "authorization: Bearer sk-x", "X-Stainless-Lang:python", "x-DUPLICATE:  1 ", "Accept: */*",
            "x-duplicate: 2",
            "X-Empty:", "traceparent: 00-1-2-01", "X: caf\u{c3}\u{a9}\u{ff}", "Content-Length: 12",
        ]
        #expect(
            try forwarded(["host: x"] + lines) == ["POST /v1/models HTTP/1.1", "Host: api.openai.com"] + lines
        )
    }

    @Test(arguments: [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Upgrade", "Expect", "OpenAI-Usage-Tags", "openai-usage-tags", "CONNECTION",
    ])
    func fieldsOfTheConnectionStayBehind(_ name: String) throws {
        let lines = ["Host: x", "A: 1", "\(name): x", "B: 2"]
        #expect(try forwarded(lines).dropFirst() == ["Host: api.openai.com", "A: 1", "B: 2"])
        // Also as the first and as the last field, and several times.
        let others = ["\(name): x", "\(name): y", "Host: x", "A: 1", "\(name):"]
        #expect(try forwarded(others).dropFirst() == ["Host: api.openai.com", "A: 1"])
    }

    @Test func fieldsThatConnectionNamesStayBehind() throws {
        let lines = [
            "Host: x", "X-Hop: 1", "Connection: close, X-Hop", "x-HOP2: 2", "connection: ,x-hop2 ,, x_hop^",
            "X_Hop^: 3", "X_Hop~: 4", "X-End: 5",
        ]
        #expect(try forwarded(lines).dropFirst() == ["Host: api.openai.com", "X_Hop~: 4", "X-End: 5"])
    }

    @Test(arguments: ["Content-Length", "content-length, close", "x, CONTENT-LENGTH"])
    func connectionCannotTakeAwayTheLengthOfABody(_ options: String) throws {
        let lines = ["Host: x", "Connection: \(options)", "Content-Length: 5"]
        #expect(try forwarded(lines).dropFirst() == ["Host: api.openai.com", "Content-Length: 5"])
    }

    @Test func connectionCannotTakeAwayTheCodingOfABody() throws {
        let lines = ["Host: x", "Connection: transfer-encoding, host", "Transfer-Encoding: chunked"]
        #expect(try forwarded(lines).dropFirst() == ["Host: api.openai.com", "Transfer-Encoding: chunked"])
    }

    @Test(arguments: [
        (["gzip"], "gzip"), (["gzip, deflate"], "gzip, deflate"), (["gzip, deflate, br, zstd"], "gzip, deflate"),
        (["br"], "identity"), (["zstd;q=1.0"], "identity"), (["*"], "identity"), (["br, *;q=0.1"], "identity"),
        ([""], "identity"), (["GZIP;q=0.5 , br;q=1.0"], "GZIP;q=0.5"), (["gzip;q=0"], "gzip;q=0"),
        (["identity"], "identity"), (["identity;q=0.5, gzip;q=1"], "identity;q=0.5, gzip;q=1"),
        (["x-gzip"], "x-gzip"), (["gzip ; q = 0.3"], "gzip;q=0.3"), (["br", "gzip"], "gzip"),
        (["gzip", "deflate"], "gzip, deflate"), (["gzipped"], "identity"), ([",,gzip,,"], "gzip"),
        (["gzip,gzip,gzip,deflate"], "gzip, gzip, gzip, deflate"), (["gzi", "xgzip"], "identity"),
    ])
    func acceptedCodingsAreCutToWhatTheGatewayReads(_ values: [String], _ expected: String) throws {
        let lines = ["Host: x"] + values.map { "Accept-Encoding: \($0)" } + ["A: 1"]
        #expect(
            try forwarded(lines).dropFirst() == ["Host: api.openai.com", "A: 1", "Accept-Encoding: \(expected)"]
        )
    }

    @Test func acceptedCodingsMayGrowWithinTheirRoom() throws {
        let value = Array(repeating: "gzip", count: 5_000).joined(separator: ",")
        let lines = try forwarded(["Host: x", "Accept-Encoding: \(value)"])
        #expect(lines.last?.utf8.count == "Accept-Encoding: ".utf8.count + 5_000 * 6 - 2)
    }

    @Test func withoutAcceptedCodingsNoneAreMadeUp() throws {
        #expect(try forwarded(["Host: x", "A: 1"]).dropFirst() == ["Host: api.openai.com", "A: 1"])
    }

    @Test(arguments: [["Host: x"], ["Host: x", "Accept-Encoding: gzip"]])
    func aResponseThatWillBeChangedMustNotBeEncoded(_ lines: [String]) throws {
        #expect(
            try forwarded(lines) { $0.wantsIdentity = true }.dropFirst()
                == ["Host: api.openai.com", "Accept-Encoding: identity"]
        )
    }

    @Test func aChunkedRequestStaysChunked() throws {
        let lines = ["Host: x", "transfer-encoding: CHUNKED", "TE: trailers", "Trailer: X-Sum"]
        #expect(try forwarded(lines).dropFirst() == ["Host: api.openai.com", "Transfer-Encoding: chunked"])
    }

    @Test func aBodyMayGetAnotherFraming() throws {
        let chunked = ["Host: x", "Transfer-Encoding: chunked", "A: 1"]
        let length = ["Host: x", "Content-Length: 5", "A: 1"]
        let host = "Host: api.openai.com"
        for lines in [chunked, length] {
            #expect(
                try forwarded(lines) { $0.body = .length(1_234_567_890) }.dropFirst()
                    == [host, "A: 1", "Content-Length: 1234567890"]
            )
            #expect(
                try forwarded(lines) { $0.body = .length(0) }.dropFirst() == [host, "A: 1", "Content-Length: 0"]
            )
            #expect(
                try forwarded(lines) { $0.body = .chunked }.dropFirst() == [host, "A: 1", "Transfer-Encoding: chunked"]
            )
        }
        #expect(
            try forwarded(length) { $0.body = .length(.max) }.last == "Content-Length: 9223372036854775807"
        )
    }

    @Test func credentialsAreReplacedAndLinesAdded() throws {
        let lines = ["Host: x", "Authorization: Bearer a", "api-key: b", "A: 1"]
        let result = try forwarded(lines) {
            $0.dropped = [.authorization, .apiKey]
            $0.added = Array("Authorization: Bearer own\r\nProxy-Authorization: Basic eA==\r\n".utf8)
        }
        #expect(
            result.dropFirst()
                == ["Host: api.openai.com", "A: 1", "Authorization: Bearer own", "Proxy-Authorization: Basic eA=="]
        )
    }

    @Test(arguments: [
        ("/v1/models", "", "/v1/models"), ("/v1/models?a=b&c=%20", "", "/v1/models?a=b&c=%20"), ("/", "", "/"),
        ("/v1/models", "/api", "/api/v1/models"), ("/", "/api", "/api/"), ("//double", "", "//double"),
        ("/a/../b/./c", "/api", "/api/a/../b/./c"), ("/%2e%2e/x", "", "/%2e%2e/x"),
        ("http://gateway/v1/models?x=1", "", "/v1/models?x=1"), ("http://other:1/v1/x", "/api", "/api/v1/x"),
        ("HTTPS://other/v1", "", "/v1"), ("http://other", "", "/"), ("http://other?x=/a", "", "/?x=/a"),
        ("http://other?x=1", "/api", "/api/?x=1"), ("/v1/a?b=http://c/d", "", "/v1/a?b=http://c/d"),
    ])
    func theTargetIsTheUpstreams(_ target: String, _ prefix: String, _ expected: String) throws {
        let line = "POST \(target) HTTP/1.1"
        let route = RequestRoute(authority: "host", prefix: prefix)
        #expect(try forwarded(["Host: x"], line: line, to: route).first == "POST \(expected) HTTP/1.1")
        // The call is the client's own path, whatever the upstream has before it.
        let head = try Self.request("\(line)\r\nHost: x\r\n\r\n")
        #expect(head.pathText == String(expected.dropFirst(prefix.count)))
        let proxied = RequestRoute(authority: "host:81", prefix: prefix, proxied: "http")
        #expect(
            try forwarded(["Host: x"], line: line, to: proxied).prefix(2)
                == ["POST http://host:81\(expected) HTTP/1.1", "Host: host:81"]
        )
    }

    @Test func aVersionInThePathStandsOnce() throws {
        let route = RequestRoute(authority: "host", prefix: "/api/v1")
        let line = try forwarded(["Host: x"], line: "GET /v1/models HTTP/1.1", to: route) { $0.droppedPathBytes = 3 }
        #expect(line.first == "GET /api/v1/models HTTP/1.1")
    }

    @Test func theWholeServerIsAsked() throws {
        let line = "OPTIONS * HTTP/1.1"
        #expect(try forwarded(["Host: x"], line: line).first == line)
        let route = RequestRoute(authority: "host", prefix: "/api")
        #expect(try forwarded(["Host: x"], line: line, to: route).first == "OPTIONS /api/ HTTP/1.1")
    }

    @Test func theMethodStaysAndTheVersionIsTheGateways() throws {
        #expect(try forwarded([], line: "QUERY /x HTTP/1.0").first == "QUERY /x HTTP/1.1")
    }

    @Test func aWebSocketIsPassedOnWithoutExtensions() throws {
        let lines = [
            "Host: x", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: a",
            "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: realtime",
        ]
        let kept = [
            "Host: api.openai.com", "Sec-WebSocket-Key: a", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: realtime",
        ]
        #expect(
            try forwarded(lines, line: "GET /v1/realtime HTTP/1.1") { $0.passesUpgrade = true }.dropFirst()
                == kept + ["Connection: Upgrade", "Upgrade: websocket"]
        )
        #expect(
            try forwarded(lines, line: "GET /v1/realtime HTTP/1.1").dropFirst()
                == kept[0...1] + ["Sec-WebSocket-Extensions: permessage-deflate"] + kept[2...3]
        )
    }

    @Test(arguments: [
        ["Upgrade: websocket"], ["Connection: Upgrade"], ["Connection: Upgrade", "Upgrade: a", "Upgrade: b"],
        ["Connection: Upgrade", "Upgrade: websocket", "Content-Length: 3"],
        ["Connection: Upgrade", "Upgrade: websocket", "Transfer-Encoding: chunked"],
    ])
    func whatIsNoUpgradeIsNotPassedOnAsOne(_ lines: [String]) throws {
        let result = try forwarded(["Host: x"] + lines) { $0.passesUpgrade = true }
        #expect(!result.contains { $0.lowercased().hasPrefix("upgrade") || $0.lowercased().hasPrefix("connection") })
    }

    @Test func onlyAWebSocketIsOne() throws {
        func asks(_ line: String, _ value: String) throws -> Bool {
            try Self.request("\(line)\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: \(value)\r\n\r\n")
                .upgradesToWebSocket
        }
        #expect(try asks("GET /x HTTP/1.1", "WebSocket"))
        #expect(try !asks("POST /x HTTP/1.1", "websocket"))
        #expect(try !asks("GET /x HTTP/1.0", "websocket"))
        #expect(try !asks("GET /x HTTP/1.1", "h2c"))
        #expect(try !asks("GET /x HTTP/1.1", "websocket, h2c"))
        #expect(try !asks("GET /x HTTP/1.1", ""))
    }

    // MARK: - Responses

    private func answered(
        _ lines: [String],
        line: String = "HTTP/1.1 200 OK",
        to method: RequestMethod = .post,
        _ change: (inout ResponseRewrite) -> Void = { _ in }
    ) throws -> [String] {
        var parser = ResponseParser()
        var input = ByteBuffer(bytes: Latin1.bytes(([line] + lines).map { "\($0)\r\n" }.joined() + "\r\n"))
        guard case .head(let head) = parser.parse(&input, answering: method) else {
            throw CancellationError()
        }
        var rewrite = ResponseRewrite()
        change(&rewrite)
        var buffer = ByteBuffer()
        HeadWriter.write(head, rewrite, into: &buffer)
        let text = Latin1.text(buffer.readableBytesView)
        var again = ResponseParser()
        guard case .head = again.parse(&buffer, answering: method), buffer.readableBytes == 0 else {
            throw CancellationError()
        }
        return try Self.lines(text)
    }

    @Test func aResponseLosesWhatConcernsTheConnection() throws {
        let lines = [
            "Set-Cookie: a=1", "Connection: X-Hop, keep-alive", "x-request-ID: req_1", "set-cookie: b=2", "X-Hop: 1",
            "Keep-Alive: timeout=5", "Content-Length: 3", "Date: today",
        ]
        #expect(
            try answered(lines, line: "HTTP/1.0 299 Odd d\u{e9}j\u{e0}") == [
                "HTTP/1.1 299 Odd d\u{e9}j\u{e0}", "Set-Cookie: a=1", "x-request-ID: req_1", "set-cookie: b=2",
                "Content-Length: 3", "Date: today",
            ]
        )
    }

    @Test(arguments: ["HTTP/1.1 200", "HTTP/1.1 200 "])
    func aReasonMayBeMissing(_ line: String) throws {
        #expect(try answered(["Content-Length: 0"], line: line) == ["HTTP/1.1 200 ", "Content-Length: 0"])
    }

    @Test func aChangedResponseHasNeitherLengthNorCoding() throws {
        let lines = ["Content-Type: text/event-stream", "Content-Length: 3", "Content-Encoding: gzip", "ETag: x"]
        let result = try answered(lines) {
            $0.body = .chunked
            $0.dropped = [.contentEncoding]
        }
        #expect(
            result.dropFirst() == ["Content-Type: text/event-stream", "ETag: x", "Transfer-Encoding: chunked"]
        )
    }

    struct Framing: Sendable, CustomTestStringConvertible {
        let name: String
        var method = RequestMethod.post
        var line = "HTTP/1.1 200 OK"
        var lines: [String] = []
        var body = ResponseRewrite.Body.unchanged
        var connection = ResponseRewrite.Connection.unsaid
        let expected: [String]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Framing(name: "length", lines: ["Content-Length: 3"], expected: ["Content-Length: 3"]),
        Framing(name: "chunked", lines: ["transfer-encoding: chunked"], expected: ["Transfer-Encoding: chunked"]),
        Framing(name: "until closed", body: .chunked, expected: ["Transfer-Encoding: chunked"]),
        Framing(name: "until closed, passed on", connection: .close, expected: ["Connection: close"]),
        Framing(
            name: "chunked for an old client",
            lines: ["Transfer-Encoding: chunked"],
            body: .untilClose,
            connection: .close,
            expected: ["Connection: close"]
        ),
        Framing(
            name: "length for an old client",
            lines: ["Content-Length: 3"],
            connection: .keepAlive,
            expected: ["Content-Length: 3", "Connection: keep-alive"]
        ),
        Framing(
            name: "another length",
            lines: ["Content-Length: 3"],
            body: .length(42),
            expected: ["Content-Length: 42"]
        ),
        Framing(name: "HEAD", method: .head, lines: ["Content-Length: 3"], expected: ["Content-Length: 3"]),
        Framing(name: "HEAD chunked", method: .head, lines: ["Transfer-Encoding: chunked"], expected: []),
        Framing(name: "HEAD without", method: .head, expected: []),
        Framing(name: "HEAD of a changed body", method: .head, body: .chunked, expected: []),
        Framing(name: "204", line: "HTTP/1.1 204 No Content", expected: []),
        Framing(name: "204 with a length", line: "HTTP/1.1 204 None", lines: ["Content-Length: 3"], expected: []),
        Framing(name: "204 chunked", line: "HTTP/1.1 204 None", lines: ["Transfer-Encoding: chunked"], expected: []),
        Framing(name: "304", line: "HTTP/1.1 304 Not Modified", expected: []),
        Framing(
            name: "304 with a length",
            line: "HTTP/1.1 304 None",
            lines: ["Content-Length: 3"],
            expected: ["Content-Length: 3"]
        ),
        Framing(name: "100", line: "HTTP/1.1 100 Continue", lines: ["A: 1"], expected: ["A: 1"]),
        Framing(name: "103 with a length", line: "HTTP/1.1 103 Hints", lines: ["Content-Length: 3"], expected: []),
        Framing(
            name: "101",
            line: "HTTP/1.1 101 Switching Protocols",
            lines: ["Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: x"],
            connection: .close,
            expected: ["Sec-WebSocket-Accept: x", "Connection: Upgrade", "Upgrade: websocket"]
        ),
    ])
    func theFramingIsWhatTheClientUnderstands(_ framing: Framing) throws {
        let result = try answered(framing.lines, line: framing.line, to: framing.method) {
            $0.body = framing.body
            $0.connection = framing.connection
        }
        #expect(result.dropFirst() == framing.expected[...])
    }

    @Test func linesAreAddedToAResponse() throws {
        let result = try answered(["Content-Length: 0"]) { $0.added = Array("oai-usage-call-id: 1\r\n".utf8) }
        #expect(result.dropFirst() == ["Content-Length: 0", "oai-usage-call-id: 1"])
    }

    @Test func aConnectionThatNamesTheLengthOfAResponseKeepsIt() throws {
        #expect(
            try answered(["Connection: content-length", "Content-Length: 3"]).dropFirst() == ["Content-Length: 3"]
        )
    }
}
