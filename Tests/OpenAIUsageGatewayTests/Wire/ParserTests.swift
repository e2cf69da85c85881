import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// The properties of heads, refusals and limits.
struct ParserTests {
    private func head(_ text: String) throws -> RequestHead {
        var parser = RequestParser()
        var buffer = ByteBuffer(bytes: Latin1.bytes(text))
        guard case .head(let head) = parser.parse(&buffer) else { throw CancellationError() }
        return head
    }

    private func error(_ text: String, limits: HeadLimits = HeadLimits()) throws -> WireError {
        var parser = RequestParser(limits: limits)
        var buffer = ByteBuffer(bytes: Latin1.bytes(text))
        guard case .failed(let error) = parser.parse(&buffer) else { throw CancellationError() }
        #expect(buffer.readableBytes == Latin1.bytes(text).count, "what is refused is not consumed")
        // It stays so, whatever comes.
        guard case .failed(error) = parser.parse(&buffer) else { throw CancellationError() }
        var other = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        guard case .failed(error) = parser.parse(&other) else { throw CancellationError() }
        var empty = ByteBuffer()
        guard case .failed(error) = parser.parse(&empty) else { throw CancellationError() }
        return error
    }

    // MARK: - Heads

    @Test func aHeadTellsWhereItsPartsAre() throws {
        let head = try head(
            "POST /v1/responses?x=1 HTTP/1.1\r\nHost: api.test\r\nAuthorization:\tBearer a \r\nX-Empty:\r\nauthorization: b\r\n"
                + "Content-Length: 12\r\n\r\n"
        )
        #expect(head.method == .post)
        #expect(head.methodName == "POST")
        #expect(head.string(head.target) == "/v1/responses?x=1")
        #expect(head.pathText == "/v1/responses?x=1")
        #expect(
            head.fields.map { head.string($0.name) } == [
                "Host", "Authorization", "X-Empty", "authorization", "Content-Length",
            ]
        )
        #expect(head.fields.map { head.string($0.value) } == ["api.test", "Bearer a", "", "b", "12"])
        #expect(head.fields.map(\.known) == [.host, .authorization, nil, .authorization, .contentLength])
        #expect(head.string(.authorization) == "Bearer a")
        #expect(head.string(.contentType) == nil)
        var values: [String] = []
        head.forEachValue(of: .authorization) { values.append(head.string($0)) }
        head.forEachValue(of: .contentType) { values.append(head.string($0)) }
        #expect(values == ["Bearer a", "b"])
        #expect(head.authority.map { head.string($0) } == "api.test")
        #expect(head.string(head.fields[1].line) == "Authorization:\tBearer a \r\n")
        #expect(head.slice(head.fields[1].value) == ByteBuffer(string: "Bearer a"))
        #expect(head.withBytes(head.methodRange) { $0.count } == 4)
        #expect(head.framing == .length(12))
        #expect(!head.isHTTP10)
        #expect(head.keepsAlive)
        #expect(!head.namesConnectionFields)
    }

    @Test func aHeadSharesTheMemoryThatItCameIn() throws {
        var buffer = ByteBuffer(string: "xGET / HTTP/1.1\r\nHost: a\r\n\r\nbody")
        buffer.moveReaderIndex(forwardBy: 1)
        let address = buffer.withUnsafeReadableBytes { $0.baseAddress }
        var parser = RequestParser()
        guard case .head(let head) = parser.parse(&buffer) else { throw CancellationError() }
        #expect(head.bytes.withUnsafeReadableBytes { $0.baseAddress } == address)
        #expect(buffer == ByteBuffer(string: "body"))
        #expect(head.string(head.fields[0].value) == "a")
    }

    @Test(arguments: [
        ("GET", RequestMethod.get, true, true), ("HEAD", .head, true, true), ("OPTIONS", .options, true, true),
        ("PUT", .put, false, true), ("DELETE", .delete, false, true), ("POST", .post, false, false),
        ("PATCH", .patch, false, false), ("QUERY", .other, false, false), ("get", .other, false, false),
        ("POSTS", .other, false, false), ("GETS", .other, false, false),
    ])
    func methodsAreKnownByTheirNames(_ name: String, _ method: RequestMethod, _ safe: Bool, _ idempotent: Bool) throws {
        let head = try head("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(head.method == method)
        #expect(head.methodName == name)
        #expect(head.method.isSafe == safe)
        #expect(head.method.isIdempotent == idempotent)
    }

    @Test(arguments: [
        ("/a?b", "/a?b", "gateway"), ("http://h", "/", "h"), ("http://h/", "/", "h"), ("https://h:1?q", "/?q", "h:1"),
        ("HTTP://h/a//b?c=/d", "/a//b?c=/d", "h"), ("http://[::1]:8/x", "/x", "[::1]:8"),
    ])
    func theAbsoluteFormHasAPathAndAnAuthority(_ target: String, _ path: String, _ authority: String) throws {
        let head = try head("GET \(target) HTTP/1.1\r\nHost: gateway\r\n\r\n")
        #expect(head.string(head.target) == target)
        #expect(head.pathText == path)
        #expect(head.authority.map { head.string($0) } == authority)
    }

    @Test(arguments: [
        ("HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 3\r\n", true),
        ("HTTP/1.1", "EXPECT: 100-Continue\r\nTransfer-Encoding: chunked\r\n", true),
        ("HTTP/1.1", "Expect: tea\r\nExpect: 100-continue\r\nContent-Length: 3\r\n", true),
        ("HTTP/1.1", "Expect: 100-continue\r\n", false),
        ("HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 0\r\n", false),
        ("HTTP/1.1", "Expect: 100-continues\r\nContent-Length: 3\r\n", false),
        ("HTTP/1.1", "Content-Length: 3\r\n", false),
        ("HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 3\r\n", false),
    ])
    func aClientMayWaitForItsBody(_ version: String, _ fields: String, _ expected: Bool) throws {
        #expect(try head("POST / \(version)\r\nHost: a\r\n\(fields)\r\n").expectsContinue == expected)
    }

    @Test(arguments: [
        ("Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket" as String?),
        ("Upgrade: a/1, b\r\nconnection: x,UPGRADE\r\n", "a/1, b"), ("Upgrade: websocket\r\n", nil),
        ("Connection: upgrade\r\n", nil), ("Connection: upgrades\r\nUpgrade: a\r\n", nil),
        ("Connection: upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n", nil),
        ("Connection: upgrade\r\nUpgrade: a\r\nContent-Length: 1\r\n", nil),
        ("Connection: upgrade\r\nUpgrade: a\r\nContent-Length: 0\r\n", "a"),
    ])
    func anUpgradeIsNamedByConnection(_ fields: String, _ expected: String?) throws {
        let head = try head("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        #expect(head.upgrade.map { head.string($0) } == expected)
        let old = try self.head("GET / HTTP/1.0\r\nHost: a\r\n\(fields)\r\n")
        #expect(old.upgrade == nil)
    }

    @Test func aResponseTellsWhereItsPartsAre() throws {
        var parser = ResponseParser()
        var buffer = ByteBuffer(string: "HTTP/1.1 101 Switching  it\r\nUpgrade: websocket\r\n\r\n\u{1}")
        guard case .head(let head) = parser.parse(&buffer, answering: .get) else { throw CancellationError() }
        #expect(head.status == 101)
        #expect(head.string(head.reason) == "Switching  it")
        #expect(head.switchesProtocols)
        #expect(!head.isInterim)
        #expect(!head.keepsAlive)
        #expect(head.framing == .untilClose)
        #expect(buffer.readableBytes == 1)
    }

    @Test func interimResponsesComeBeforeTheFinalOne() throws {
        var parser = ResponseParser()
        var buffer = ByteBuffer(
            string: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
        )
        for (status, isInterim) in [(100, true), (103, true), (200, false)] {
            guard case .head(let head) = parser.parse(&buffer, answering: .post) else { throw CancellationError() }
            #expect(head.status == status)
            #expect(head.isInterim == isInterim)
        }
        guard case .needsMore = parser.parse(&buffer, answering: .post) else { throw CancellationError() }
    }

    // MARK: - Refusals

    @Test(arguments: [
        ("GET /a HTTP/1.1\r\n\r\n", "GET" as String?, "/a" as String?), ("\r\nGET /a HTTP/1.1\r\n\r\n", "GET", "/a"),
        ("GET /a HTTP/2.0\r\n", "GET", "/a"), ("TRACE /a HTTP/1.1\r\n", "TRACE", "/a"),
        ("GET http://h/a?b HTTP/1.1\r\nX Y: 1\r\n", "GET", "/a?b"), ("\r\nPOST /a HTTP/1.1\r\n X\r\n", "POST", "/a"),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "POST", "/a"), ("GET  /a HTTP/1.1\r\n", nil, nil),
        ("GET /a\u{e9} HTTP/1.1\r\n", nil, nil), ("GET a HTTP/1.1\r\n", "GET", "a"),
    ])
    func aRefusalTellsTheRequestLineThatWasRead(_ text: String, _ method: String?, _ path: String?) throws {
        let error = try error(text)
        let bytes = Latin1.bytes(text)
        #expect(error.line.map { Latin1.text(bytes[$0.methodRange]) } == method)
        #expect(error.line.map { Latin1.text(bytes[$0.path]) } == path)
        #expect(!error.message.isEmpty && error.message.hasSuffix("."))
    }

    @Test(arguments: [
        ("\u{16}\u{3}\u{1}", "TLS"), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"), ("GET / HTTP/3.0\r\n", "HTTP/1.1"),
        ("GET / HTTP/1.1\r\nX: a\r\n b\r\n", "folded"), ("GET / HTTP/1.1\r\nX : a\r\n", "blank"),
        ("GET / HTTP/1.1\nHost: a\n\n", "carriage return"),
    ])
    func aRefusalSaysWhatIsWrong(_ text: String, _ word: String) throws {
        #expect(try error(text).message.contains(word))
    }

    @Test func nothingOfAMessageStandsInItsRefusal() throws {
        for entry in CorpusCase.requests {
            guard let error = WireReading.requests(entry.input).error else { continue }
            #expect(!error.message.contains("api.test") && !error.message.contains("hello"))
        }
    }

    // MARK: - Limits

    @Test func limitsHoldBeforeAHeadIsThere() {
        let limits = HeadLimits(bytes: 200, targetBytes: 50, fields: 3)
        func read(_ text: String) -> String? {
            let bytes = Latin1.bytes(text)
            let whole = WireReading.requests(bytes, limits: limits)
            #expect(WireReading.requests(bytes, cuts: Array(0..<bytes.count), limits: limits) == whole)
            return whole.error?.code
        }
        let long = String(repeating: "x", count: 300)
        #expect(read("GET /\(long)") == "uri_too_long")
        #expect(read(long) == "uri_too_long")
        #expect(read("GET /\(long.prefix(50)) HTTP/1.1\r\n") == "uri_too_long")
        #expect(read("GET /\(long.prefix(49)) HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
        #expect(read("GET / HTTP/1.1\r\nX: \(long)") == "header_too_large")
        #expect(read("GET / HTTP/1.1\r\n\(long)") == "header_too_large")
        #expect(read("GET / HTTP/1.1\r\nX: \(long)\u{0}") == "header_too_large")
        #expect(
            read("GET / HTTP/1.1\r\nHost: a\r\nX: \(long.prefix(100))\r\nX: \(long.prefix(100))\r\n\r\n")
                == "header_too_large"
        )
        #expect(read("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\n\r\n") == nil)
        #expect(read("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n") == "too_many_fields")
        // To the byte: a head of 200 bytes is read, one of 201 is not.
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let room = 200 - start.utf8.count - 4
        #expect(read(start + long.prefix(room) + "\r\n\r\n") == nil)
        #expect(read(start + long.prefix(room + 1) + "\r\n\r\n") == "header_too_large")
    }

    /// A head that comes byte by byte costs linear time: the square of these bytes would take minutes.
    @Test(.timeLimit(.minutes(1)))
    func aSlowHeadIsNotReadAgainAndAgain() {
        let texts = [
            "GET /" + String(repeating: "x", count: 60_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 60_000) + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: 1\r\n", count: 10_000) + "\r\n",
        ]
        for text in texts {
            var parser = RequestParser(limits: HeadLimits(targetBytes: 64 << 10, fields: 20_000))
            var buffer = ByteBuffer()
            var heads = 0
            for byte in text.utf8 {
                buffer.writeInteger(byte)
                if case .head = parser.parse(&buffer) { heads += 1 }
            }
            #expect(heads == 1)
        }
    }

    @Test func aParserTellsWhetherItIsWithinAHead() {
        var parser = RequestParser()
        var buffer = ByteBuffer()
        for (text, expected) in [("", false), ("\r\n", false), ("G", true), ("ET / HTTP/1.1\r\n", true)] {
            buffer.writeString(text)
            _ = parser.parse(&buffer)
            #expect(parser.isInsideHead == expected)
        }
        buffer.writeString("Host: a\r\n\r\n")
        _ = parser.parse(&buffer)
        #expect(!parser.isInsideHead)
        #expect(buffer.readableBytes == 0)
    }

    // MARK: - Names

    static let names: [(String, KnownField)] = [
        ("host", .host), ("connection", .connection), ("content-length", .contentLength),
        ("transfer-encoding", .transferEncoding), ("expect", .expect), ("upgrade", .upgrade), ("te", .te),
        ("trailer", .trailer), ("keep-alive", .keepAlive), ("proxy-connection", .proxyConnection),
        ("proxy-authenticate", .proxyAuthenticate), ("proxy-authorization", .proxyAuthorization),
        ("forwarded", .forwarded), ("x-forwarded-for", .forwardedFor), ("x-forwarded-host", .forwardedHost),
        ("x-forwarded-proto", .forwardedProto), ("accept-encoding", .acceptEncoding), ("content-type", .contentType),
        ("content-encoding", .contentEncoding), ("content-range", .contentRange), ("authorization", .authorization),
        ("x-api-key", .xAPIKey), ("x-goog-api-key", .googleAPIKey), ("openai-usage-token", .usageToken),
        ("api-key", .apiKey), ("cookie", .cookie), ("openai-organization", .organization),
        ("openai-project", .project), ("openai-usage-tags", .usageTags), ("idempotency-key", .idempotencyKey),
        ("x-client-request-id", .clientRequestID), ("user-agent", .userAgent), ("x-stainless-lang", .stainlessLanguage),
        ("x-stainless-package-version", .stainlessPackageVersion), ("x-stainless-retry-count", .stainlessRetryCount),
        ("traceparent", .traceParent), ("date", .date), ("openai-processing-ms", .processing), ("openai-model", .model),
        ("openai-version", .apiVersion), ("x-request-id", .requestID), ("apim-request-id", .azureRequestID),
        ("x-generation-id", .generationID), ("mistral-correlation-id", .correlationID), ("cf-ray", .cloudflareRay),
        ("retry-after", .retryAfter), ("retry-after-ms", .retryAfterMilliseconds), ("x-should-retry", .shouldRetry),
        ("x-envoy-upstream-service-time", .upstreamServiceTime), ("server", .server), ("via", .via),
        ("x-ratelimit-limit-requests", .rateLimit), ("sec-websocket-extensions", .secWebSocketExtensions),
        ("sec-websocket-key", .secWebSocketKey), ("sec-websocket-accept", .secWebSocketAccept),
        ("sec-websocket-protocol", .secWebSocketProtocol), ("sec-websocket-version", .secWebSocketVersion),
    ]

    private func find(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { $0.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) } }
    }

    @Test func everyKnownNameIsFoundInAnyCase() {
        #expect(Set(Self.names.map(\.1)) == Set(KnownField.allCases))
        for (name, field) in Self.names {
            #expect(find(name) == field)
            #expect(find(name.uppercased()) == field)
            var bytes = Array(name.utf8)
            for index in bytes.indices {
                let byte = bytes[index]
                // Another character at any place is another name, unless it is the same letter in the other case, or
                // behind the prefix of the rate limits.
                for other in UInt8(0)...127 where Octets.isToken(other) && other != byte {
                    bytes[index] = other
                    let isSame = Octets.lowercased(other) == Octets.lowercased(byte)
                    let found = bytes.withUnsafeBytes { $0.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) } }
                    let expected = isSame || (field == .rateLimit && index >= 12) ? field : nil
                    #expect(found == expected, "\(String(decoding: bytes, as: UTF8.self))")
                }
                bytes[index] = byte
            }
            #expect(find(name + "x") == (field == .rateLimit ? field : nil))
            #expect(find(String(name.dropLast())) == (field == .rateLimit ? field : nil))
        }
        #expect(find("") == nil)
        #expect(find("x-ratelimit-") == nil)
    }

    @Test func wordsAreSearchedAsBytesAre() {
        // Every byte at every place of words and their ends, against the plain definition.
        for length in 0...24 {
            for place in 0..<max(1, length) {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    if length > 0 { bytes[place] = byte }
                    let isSet = length > 0
                    bytes.withUnsafeBytes { buffer in
                        guard let base = buffer.baseAddress else { return }
                        let token = Octets.endOfToken(base, 0, length)
                        #expect(token == (isSet && !Octets.isToken(byte) ? place : length))
                        let text = Octets.endOfText(base, 0, length)
                        #expect(text == (isSet && Octets.isForbiddenControl(byte) ? place : length))
                        let target = Octets.endOfTarget(base, 0, length)
                        #expect(target == (isSet && !Octets.isTarget(byte) ? place : length))
                        let first = Octets.first(byte, base, 0, length)
                        #expect(first == (byte == UInt8(ascii: "a") ? (isSet ? 0 : nil) : isSet ? place : nil))
                    }
                }
            }
        }
    }

    @Test func twoBytesOfAWordAreToldApart() {
        // A match behind another one in a word must not be taken for the first.
        for first in UInt8.min...UInt8.max {
            for second in [0x00, 0x09, 0x0a, 0x0d, 0x1f, 0x20, 0x21, 0x23, 0x3a, 0x7e, 0x7f, 0x80, 0xff] as [UInt8] {
                let bytes: [UInt8] = [0x61, first, second, 0x61, 0x61, 0x61, 0x61, 0x61]
                bytes.withUnsafeBytes { buffer in
                    guard let base = buffer.baseAddress else { return }
                    func plain(_ isGood: (UInt8) -> Bool) -> Int { bytes.firstIndex { !isGood($0) } ?? bytes.count }
                    #expect(Octets.endOfToken(base, 0, 8) == plain(Octets.isToken))
                    #expect(Octets.endOfText(base, 0, 8) == plain { !Octets.isForbiddenControl($0) })
                    #expect(Octets.endOfTarget(base, 0, 8) == plain(Octets.isTarget))
                    #expect(Octets.first(second, base, 0, 8) == bytes.firstIndex(of: second))
                }
            }
        }
    }
}
