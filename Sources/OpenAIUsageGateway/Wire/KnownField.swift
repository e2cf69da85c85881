/// The field names that the gateway and its engine know; of all others only the range is known.
enum KnownField: UInt8, Sendable, CaseIterable {
    // Framing, routing and the connection.
    case host, connection, contentLength, transferEncoding, expect, upgrade, te, trailer, keepAlive
    case proxyConnection, proxyAuthenticate, proxyAuthorization
    case forwarded, forwardedFor, forwardedHost, forwardedProto
    // Content and its owner.
    case acceptEncoding, contentType, contentEncoding, contentRange, authorization, apiKey, cookie
    case xAPIKey, googleAPIKey, usageToken
    case organization, project, usageTags, idempotencyKey, clientRequestID
    case userAgent, stainlessLanguage, stainlessPackageVersion, stainlessRetryCount, traceParent
    // Responses.
    case date, processing, model, apiVersion, requestID, azureRequestID, generationID, correlationID, cloudflareRay
    case retryAfter, retryAfterMilliseconds, shouldRetry, upstreamServiceTime, server, via
    /// Any field whose name begins with `x-ratelimit-`.
    case rateLimit
    // WebSockets.
    case secWebSocketExtensions, secWebSocketKey, secWebSocketAccept, secWebSocketProtocol, secWebSocketVersion

    /// Finds a field by its name, ignoring case; `nil` if it is none of these.
    ///
    /// The length and the first byte leave one or two candidates, which are compared in full.
    @inline(__always)
    static func find(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> KnownField? {
        guard count > 0 else { return nil }
        @inline(__always)
        func take(_ name: StaticString, _ field: KnownField) -> KnownField? {
            Octets.matches(base, start, count, name) ? field : nil
        }
        let first = Octets.byte(base, start) | 0x20
        let field: KnownField?
        switch (count, first) {
        case (2, UInt8(ascii: "t")): field = take("te", .te)
        case (3, UInt8(ascii: "v")): field = take("via", .via)
        case (4, UInt8(ascii: "h")): field = take("host", .host)
        case (4, UInt8(ascii: "d")): field = take("date", .date)
        case (6, UInt8(ascii: "c")): field = take("cookie", .cookie) ?? take("cf-ray", .cloudflareRay)
        case (6, UInt8(ascii: "e")): field = take("expect", .expect)
        case (6, UInt8(ascii: "s")): field = take("server", .server)
        case (7, UInt8(ascii: "a")): field = take("api-key", .apiKey)
        case (7, UInt8(ascii: "u")): field = take("upgrade", .upgrade)
        case (7, UInt8(ascii: "t")): field = take("trailer", .trailer)
        case (9, UInt8(ascii: "f")): field = take("forwarded", .forwarded)
        case (9, UInt8(ascii: "x")): field = take("x-api-key", .xAPIKey)
        case (10, UInt8(ascii: "u")): field = take("user-agent", .userAgent)
        case (10, UInt8(ascii: "c")): field = take("connection", .connection)
        case (10, UInt8(ascii: "k")): field = take("keep-alive", .keepAlive)
        case (11, UInt8(ascii: "t")): field = take("traceparent", .traceParent)
        case (11, UInt8(ascii: "r")): field = take("retry-after", .retryAfter)
        case (12, UInt8(ascii: "c")): field = take("content-type", .contentType)
        case (12, UInt8(ascii: "x")): field = take("x-request-id", .requestID)
        case (12, UInt8(ascii: "o")): field = take("openai-model", .model)
        case (13, UInt8(ascii: "a")): field = take("authorization", .authorization)
        case (13, UInt8(ascii: "c")): field = take("content-range", .contentRange)
        case (14, UInt8(ascii: "c")): field = take("content-length", .contentLength)
        case (14, UInt8(ascii: "o")): field = take("openai-project", .project) ?? take("openai-version", .apiVersion)
        case (14, UInt8(ascii: "r")): field = take("retry-after-ms", .retryAfterMilliseconds)
        case (14, UInt8(ascii: "x")):
            field = take("x-should-retry", .shouldRetry) ?? take("x-goog-api-key", .googleAPIKey)
        case (15, UInt8(ascii: "a")):
            field = take("accept-encoding", .acceptEncoding) ?? take("apim-request-id", .azureRequestID)
        case (15, UInt8(ascii: "i")): field = take("idempotency-key", .idempotencyKey)
        case (15, UInt8(ascii: "x")):
            field = take("x-forwarded-for", .forwardedFor) ?? take("x-generation-id", .generationID)
        case (16, UInt8(ascii: "c")): field = take("content-encoding", .contentEncoding)
        case (16, UInt8(ascii: "p")): field = take("proxy-connection", .proxyConnection)
        case (16, UInt8(ascii: "x")):
            field = take("x-stainless-lang", .stainlessLanguage) ?? take("x-forwarded-host", .forwardedHost)
        case (17, UInt8(ascii: "t")): field = take("transfer-encoding", .transferEncoding)
        case (17, UInt8(ascii: "o")): field = take("openai-usage-tags", .usageTags)
        case (17, UInt8(ascii: "x")): field = take("x-forwarded-proto", .forwardedProto)
        case (17, UInt8(ascii: "s")): field = take("sec-websocket-key", .secWebSocketKey)
        case (18, UInt8(ascii: "o")): field = take("openai-usage-token", .usageToken)
        case (18, UInt8(ascii: "p")): field = take("proxy-authenticate", .proxyAuthenticate)
        case (19, UInt8(ascii: "o")): field = take("openai-organization", .organization)
        case (19, UInt8(ascii: "p")): field = take("proxy-authorization", .proxyAuthorization)
        case (19, UInt8(ascii: "x")): field = take("x-client-request-id", .clientRequestID)
        case (20, UInt8(ascii: "o")): field = take("openai-processing-ms", .processing)
        case (20, UInt8(ascii: "s")): field = take("sec-websocket-accept", .secWebSocketAccept)
        case (21, UInt8(ascii: "s")): field = take("sec-websocket-version", .secWebSocketVersion)
        case (22, UInt8(ascii: "s")): field = take("sec-websocket-protocol", .secWebSocketProtocol)
        case (22, UInt8(ascii: "m")): field = take("mistral-correlation-id", .correlationID)
        case (23, UInt8(ascii: "x")): field = take("x-stainless-retry-count", .stainlessRetryCount)
        case (24, UInt8(ascii: "s")): field = take("sec-websocket-extensions", .secWebSocketExtensions)
        case (27, UInt8(ascii: "x")): field = take("x-stainless-package-version", .stainlessPackageVersion)
        case (29, UInt8(ascii: "x")): field = take("x-envoy-upstream-service-time", .upstreamServiceTime)
        default: field = nil
        }
        if field == nil, first == UInt8(ascii: "x"), count > 12, Octets.matches(base, start, 12, "x-ratelimit-") {
            return .rateLimit
        }
        return field
    }
}

/// A set of known fields, one bit each.
struct KnownFieldSet: Sendable, Equatable, ExpressibleByArrayLiteral {
    private(set) var bits: UInt64 = 0

    init(arrayLiteral elements: KnownField...) {
        for element in elements { insert(element) }
    }

    init() {}

    @inline(__always)
    mutating func insert(_ field: KnownField) { bits |= 1 &<< UInt64(field.rawValue) }

    @inline(__always)
    func contains(_ field: KnownField) -> Bool { bits &>> UInt64(field.rawValue) & 1 == 1 }

    func isDisjoint(with other: KnownFieldSet) -> Bool { bits & other.bits == 0 }

    func union(_ other: KnownFieldSet) -> KnownFieldSet {
        var result = self
        result.bits |= other.bits
        return result
    }

    /// The fields of a single connection (RFC 9110, section 7.6.1).
    static let hopByHop: KnownFieldSet = [
        .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .te, .trailer,
        .transferEncoding, .upgrade,
    ]

    /// The fields that are forbidden in trailer sections, because the head has decided on framing, routing, access and the
    /// content's format.
    static let forbiddenInTrailers: KnownFieldSet = [
        .host, .connection, .contentLength, .transferEncoding, .expect, .upgrade, .te, .trailer, .keepAlive,
        .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .forwarded, .forwardedFor, .forwardedHost,
        .forwardedProto, .contentType, .contentEncoding, .contentRange, .authorization, .apiKey, .cookie,
        .xAPIKey, .googleAPIKey, .usageToken, .organization, .project, .usageTags, .idempotencyKey,
        .secWebSocketExtensions, .secWebSocketKey,
        .secWebSocketAccept, .secWebSocketProtocol, .secWebSocketVersion,
    ]
}
