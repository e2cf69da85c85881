import NIOCore

/// The rejection of a request by the access rules.
struct AccessRejection: Error, Equatable, Sendable {
    let status: Int
    /// A stable code in snake case.
    let code: String
    /// A sentence for a person, without any credential.
    let message: String
    let event: DataPlaneEvent
}

/// The access rules of the data plane, applied to a request's head alone.
struct AccessPolicy: Sendable {
    /// The properties of a route that the access rules depend on.
    struct Route: Sendable {
        /// True if the gateway's own key replaces the client's.
        var ownsKey = false
        /// True if a prefix is removed from the path.
        var hasPrefix = false
    }

    /// The decision about a request.
    enum Verdict: Equatable {
        /// The request is a call. The row's fingerprint is made from the credential, or with `nil` from the one that the engine
        /// finds.
        case admitted(credential: String?)
        case refused(AccessRejection)
    }

    private let hosts: HostRule
    private let tokens: AccessTokens?
    private let adminTokens: AccessTokens?
    private let admin: GatewayConfiguration.Address

    /// Creates the rules.
    ///
    /// - Parameters:
    ///   - hosts: The accepted hosts.
    ///   - tokens: The tokens for clients; `nil` if none is needed.
    ///   - adminTokens: The tokens for operators, which never go to the upstream.
    ///   - admin: The address of the admin server, for messages.
    init(hosts: HostRule, tokens: AccessTokens?, adminTokens: AccessTokens?, admin: GatewayConfiguration.Address) {
        self.hosts = hosts
        self.tokens = tokens
        self.adminTokens = adminTokens
        self.admin = admin
    }

    init(_ configuration: GatewayConfiguration) {
        self.init(
            hosts: HostRule(listen: configuration.listen, allowed: configuration.access.allowedHosts),
            tokens: configuration.access.clientTokens,
            adminTokens: configuration.access.adminTokens,
            admin: configuration.admin
        )
    }

    /// Applies the access rules to a request.
    ///
    /// - Parameters:
    ///   - head: The request's head.
    ///   - route: The route of its path.
    /// - Returns: The decision.
    func judge(_ head: RequestHead, _ route: Route) -> Verdict {
        if let rejection = hostRejection(head) ?? adminRejection(head) { return .refused(rejection) }
        let verdict = judgeCredentials(head, route)
        // One file may hold the tokens of clients and of operators.
        if case .admitted = verdict, let adminTokens, forwardsToken(head, route, adminTokens) {
            return .refused(misdirected)
        }
        return verdict
    }

    private func judgeCredentials(_ head: RequestHead, _ route: Route) -> Verdict {
        if route.ownsKey || route.hasPrefix, head.withBytes(head.path, { PathBytes.hasDotSegment($0) }) {
            return .refused(
                AccessRejection(
                    status: 400,
                    code: "bad_request_target",
                    message: "The path has a segment of dots, which could lead out of its route.",
                    event: .refused
                )
            )
        }
        if route.ownsKey, ClientCredentials.hasKeyInQuery(head) {
            return .refused(Self.keyInQuery)
        }
        guard let tokens else {
            if route.ownsKey, let rejection = originRejection(head) { return .refused(rejection) }
            return .admitted(credential: otherCredential(head))
        }
        return judge(head, route, tokens)
    }

    // MARK: - Names

    private func hostRejection(_ head: RequestHead) -> AccessRejection? {
        guard let authority = head.authority else {
            return hosts.allows(nil) ? nil : Self.hostRejection("The request names no host.")
        }
        guard !head.withBytes(authority, { hosts.allows($0) }) else { return nil }
        let text = head.string(authority)
        let name = HostRule.name(text).flatMap { HostRule.isName($0) ? $0 : nil }
        return Self.hostRejection(
            "The gateway does not know itself by the host \"\(text.prefix(100))\": if clients may call it so, start it with --allowed-host \(name ?? "NAME"), as containers on its machine need --allowed-host host.docker.internal."
        )
    }

    private static func hostRejection(_ message: String) -> AccessRejection {
        AccessRejection(status: 421, code: "host_not_allowed", message: message, event: .hostRefused)
    }

    /// Rejects a web page of another origin, which could let a browser spend with the gateway's key.
    private func originRejection(_ head: RequestHead) -> AccessRejection? {
        guard let origin = head.string(named: "origin"),
            !hosts.allows(origin: origin, authority: head.authority.map { head.string($0) })
        else { return nil }
        return AccessRejection(
            status: 403,
            code: "origin_not_allowed",
            message:
                "Pages of other origins may not call a route that has a key of its own: ask for a token with --client-token-file, or allow the page's host with --allowed-host.",
            event: .hostRefused
        )
    }

    // MARK: - Operators

    /// Rejects an operator's request that was sent to the clients' port, perhaps with a token that the upstream must not see.
    private func adminRejection(_ head: RequestHead) -> AccessRejection? {
        Self.isForAdmin(head) ? misdirected : nil
    }

    /// True if the request is one of this program's own commands, by the first media type that it accepts.
    private static func isForAdmin(_ head: RequestHead) -> Bool {
        let length = adminMediaType.utf8CodeUnitCount
        return head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            for field in head.fields where field.known == nil && field.value.count > length {
                guard Octets.matches(base, field.name.lowerBound, field.name.count, "accept") else { continue }
                if Octets.matches(base, field.value.lowerBound, length, adminMediaType) { return true }
            }
            return false
        }
    }

    private var misdirected: AccessRejection {
        AccessRejection(
            status: 421,
            code: "admin_request_misdirected",
            message:
                "This port is for clients, whose requests go to the upstream; operators connect to the admin address of this gateway (--admin, \(admin)).",
            event: .refused
        )
    }

    /// The beginning of the media types that only this program's own commands accept.
    private static let adminMediaType: StaticString = "application/vnd.oai-usage"

    // MARK: - Tokens

    private func judge(_ head: RequestHead, _ route: Route, _ tokens: AccessTokens) -> Verdict {
        var token: String?
        var ownKey: String?
        var hasCandidate = false
        var hasGatewayField = false
        ClientCredentials.forEach(in: head) { _, purpose in
            if purpose == .gateway { hasGatewayField = true }
        }
        ClientCredentials.forEach(in: head) { place, purpose in
            let isToken = head.withBytes(place) { tokens.contains($0) }
            if purpose == .upstream, ownKey == nil, !isToken { ownKey = head.string(place) }
            // The place of the client's own key is never searched for a token.
            guard purpose == .gateway || (route.ownsKey && !hasGatewayField) else { return }
            hasCandidate = true
            if isToken, token == nil { token = head.string(place) }
        }
        guard let token else { return .refused(Self.unauthorized(route, hasCandidate)) }
        if forwardsToken(head, route, tokens) { return .refused(Self.forwardedToken) }
        return .admitted(credential: route.ownsKey ? token : ownKey ?? token)
    }

    /// True if the request would carry one of the gateway's tokens to the upstream.
    private func forwardsToken(_ head: RequestHead, _ route: Route, _ tokens: AccessTokens) -> Bool {
        var removed: KnownFieldSet = [.usageToken, .host]
        if route.ownsKey { removed = removed.union(ClientCredentials.replacedFields) }
        var isForwarded = false
        head.bytes.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for field in head.fields where !(field.known.map { removed.contains($0) } ?? false) {
                if tokens.occurs(in: UnsafeRawBufferPointer(rebasing: bytes[field.value])) { isForwarded = true }
                guard field.known == .authorization else { continue }
                if let pair = ClientCredentials.basicPair(base, field.value), Self.occurs(tokens, in: pair) {
                    isForwarded = true
                }
            }
        }
        head.withBytes(head.path) { path in
            if tokens.occurs(in: path) { isForwarded = true }
            guard path.contains(UInt8(ascii: "%")) else { return }
            if Self.occurs(tokens, in: PathBytes.decoded(path)) { isForwarded = true }
        }
        ClientCredentials.forEach(in: head) { place, purpose in
            guard purpose == .upstream, !route.ownsKey else { return }
            if head.withBytes(place, { tokens.contains($0) }) { isForwarded = true }
        }
        return isForwarded
    }

    private static func occurs(_ tokens: AccessTokens, in bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { tokens.occurs(in: $0) }
    }

    private static func unauthorized(_ route: Route, _ hasCandidate: Bool) -> AccessRejection {
        let way =
            route.ownsKey
            ? "send one as Authorization: Bearer TOKEN (the api_key of the SDKs), or in the field OpenAI-Usage-Token"
            : "send one in the field OpenAI-Usage-Token (default_headers of the SDKs), beside your own key for the upstream"
        return AccessRejection(
            status: 401,
            code: hasCandidate ? "invalid_gateway_token" : "missing_gateway_token",
            message: hasCandidate
                ? "This is not a token of the gateway's: \(way)." : "The gateway wants a token of its own: \(way).",
            event: .unauthorized
        )
    }

    private static let forwardedToken = AccessRejection(
        status: 400,
        code: "gateway_token_misplaced",
        message:
            "The gateway's token stands where it would be sent on to the upstream: send it in the field OpenAI-Usage-Token and nowhere else.",
        event: .unauthorized
    )

    private static let keyInQuery = AccessRejection(
        status: 400,
        code: "key_in_query",
        message:
            "The query holds a key, which would be sent on to an upstream that it is not for: the route has a key of its own, so leave it out.",
        event: .refused
    )

    // MARK: - Keys

    /// Returns the client's key if it is in a place where the engine does not look for it.
    private func otherCredential(_ head: RequestHead) -> String? {
        guard !head.present.contains(.authorization), !head.present.contains(.apiKey) else { return nil }
        var credential: String?
        ClientCredentials.forEach(in: head) { place, purpose in
            if purpose == .upstream, credential == nil { credential = head.string(place) }
        }
        return credential
    }
}
