/// The method, target and authority of a request.
package struct RequestedTarget: Sendable {
    package var method: String
    /// The path and the query, as the client wrote them.
    package var target: String
    /// The host with its port.
    package var authority: String?

    package init(method: String, target: String, authority: String?) {
        self.method = method
        self.target = target
        self.authority = authority
    }
}

extension CallRecordBuilder {
    /// Creates the builder of a record with the facts of the request's head.
    ///
    /// - Parameters:
    ///   - line: The method, the target and the authority.
    ///   - facts: The parsed headers.
    ///   - tags: The labels of the call; those of the header are added and take precedence.
    ///   - operationID: The identity of the logical call, if the program assigns one; else that of
    ///     `X-Client-Request-Id` or `Idempotency-Key`, else the attempt's.
    ///   - attempt: The number of the attempt, from 0, if the program counts; else that of the SDKs'
    ///     `X-Stainless-Retry-Count`.
    ///   - configuration: The common configuration of the exchanges.
    /// - Returns: The record's builder.
    static func begin(
        _ line: RequestedTarget,
        _ facts: RequestHeaders,
        tags: UsageTags,
        operationID: String?,
        attempt: Int?,
        configuration: ExchangeConfiguration
    ) -> CallRecordBuilder {
        let wall = configuration.clock.wallMicroseconds
        let method = TextCleaner.clean(line.method, maximumLength: 16) ?? "?"
        let target = configuration.endpoints.facts(method: method, target: line.target)
        let clientRequestID = TextCleaner.clean(facts.clientRequestID, maximumLength: 512)
        var builder = CallRecordBuilder(
            CallRecord(
                id: configuration.identities.next(at: wall),
                operationID: TextCleaner.clean(operationID) ?? clientRequestID
                    ?? TextCleaner.clean(facts.idempotencyKey),
                startedAt: wall,
                source: configuration.source,
                method: method,
                host: TextCleaner.clean(Self.host(of: line.authority), maximumLength: 128) ?? "",
                path: target.path,
                endpoint: target.endpoint
            )
        )
        builder.record.client = TextCleaner.clean(facts.userAgent ?? Self.client(of: facts), maximumLength: 64)
        builder.record.requestModel = target.model
        builder.record.requestedOrganization = TextCleaner.clean(facts.organization)
        builder.record.requestedProject = TextCleaner.clean(facts.project)
        builder.record.clientRequestID = clientRequestID
        builder.record.tags = facts.tags.map { tags.merging(UsageTags(header: $0)) } ?? tags
        builder.record.attempt = (attempt ?? facts.retryCount.flatMap { Int($0) }).map { min(max($0, 0), 1_000) } ?? 0
        if let fingerprinter = configuration.fingerprinter, let key = Self.key(of: facts) {
            builder.record.key = fingerprinter.fingerprint(of: key)
        }
        builder.record.traceID = Self.trace(of: facts.traceParent)
        if let project = builder.record.requestedProject ?? configuration.project(of: builder.record.key) {
            builder.record.project = project
        }
        return builder
    }

    private static func host(of authority: String?) -> String? {
        // User information may be a key, and is not part of the host.
        guard let authority else { return nil }
        let isPlain = authority.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") }
        }
        if isPlain == true { return authority }
        var bytes = authority.utf8[...]
        if let mark = bytes.lastIndex(of: UInt8(ascii: "@")) { bytes = bytes[bytes.index(after: mark)...] }
        if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) {
            return String(Substring(bytes[...end]))
        }
        return String(Substring(bytes.prefix { $0 != UInt8(ascii: ":") }))
    }

    /// The client, if it sends only its language and version.
    private static func client(of facts: RequestHeaders) -> String? {
        guard let language = facts.clientLanguage else { return nil }
        return facts.clientVersion.map { "OpenAI/\(language) \($0)" } ?? "OpenAI/\(language)"
    }

    /// The trace of a `traceparent` (W3C Trace Context, section 3.2): version, identities and flags in hexadecimal
    /// digits, separated by hyphens.
    private static func trace(of field: String?) -> String? {
        guard let parts = field?.split(separator: "-", omittingEmptySubsequences: false), parts.count >= 4,
            parts[0].utf8.count == 2, parts[1].utf8.count == 32, parts[2].utf8.count == 16
        else { return nil }
        let isHexadecimal = parts[1].utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
        return isHexadecimal && parts[1].contains { $0 != "0" } ? String(parts[1]) : nil
    }

    /// The key after `Bearer` and one space; `nil` for any other form.
    private static func plainKey(of authorization: String) -> String? {
        let scheme: StaticString = "bearer "
        let count = scheme.utf8CodeUnitCount
        return authorization.utf8.withContiguousStorageIfAvailable { bytes -> String? in
            guard bytes.count > count, bytes[count] != 0x20 else { return nil }
            for index in 0..<count where bytes[index] | 0x20 != scheme.utf8Start[index] { return nil }
            return String(decoding: bytes[count...], as: UTF8.self)
        } ?? nil
    }

    private static func key(of facts: RequestHeaders) -> String? {
        if let key = facts.azureKey, !key.isEmpty { return key }
        guard let authorization = facts.authorization else { return nil }
        // The form that clients send; splitting by characters is slow.
        if let key = plainKey(of: authorization) { return key }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}
