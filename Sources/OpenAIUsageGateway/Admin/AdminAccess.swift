import HTTPTypes
import Hummingbird
import OpenAIUsageMetrics
import Synchronization

/// The access rules of the admin listener.
///
/// Health probes are exempt: they send no token, and the answer reveals only the state. The page needs a known host and no token:
/// a browser cannot send one with its first request, and the page holds no figure.
final class AdminAccess: Sendable {
    private struct Rules: Sendable {
        var hosts: HostRule
        var tokens: AccessTokens?
    }

    /// The reason for a rejection.
    enum Rejection {
        case host(String)
        case token
        case crossSite
    }

    private let rules: Mutex<Rules>

    init(_ configuration: GatewayConfiguration) {
        rules = Mutex(Self.rules(configuration))
    }

    /// Creates the rules of a listener outside a gateway.
    init(listen: GatewayConfiguration.Address, allowedHosts: [String], tokens: AccessTokens?) {
        rules = Mutex(Rules(hosts: HostRule(listen: listen, allowed: allowedHosts), tokens: tokens))
    }

    private static func rules(_ configuration: GatewayConfiguration) -> Rules {
        Rules(
            hosts: HostRule(listen: configuration.admin, allowed: configuration.access.allowedHosts),
            tokens: configuration.access.adminTokens
        )
    }

    /// True if requests need a token.
    var asksToken: Bool { rules.withLock { $0.tokens != nil } }

    /// Adopts the tokens and hosts of another configuration.
    func use(_ configuration: GatewayConfiguration) {
        let rules = Self.rules(configuration)
        self.rules.withLock { $0 = rules }
    }

    /// Returns the reason to reject a request; `nil` if it may proceed.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - needsToken: False for what anyone may read who knows the listener by a name of its own.
    /// - Returns: The reason.
    func rejection(of request: Request, needsToken: Bool = true) -> Rejection? {
        let rules = self.rules.withLock { $0 }
        var authority = request.head.authority ?? ""
        guard authority.withUTF8({ rules.hosts.allows(UnsafeRawBufferPointer($0)) }) else { return .host(authority) }
        guard needsToken else { return nil }
        // A page cannot read the answer, but it could make the listener work; browsers say where a request comes from.
        if Self.isCrossSite(request) { return .crossSite }
        guard let tokens = rules.tokens else { return nil }
        let values = request.headers[values: .authorization]
        guard values.count == 1 else { return .token }
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return .token }
        var token = String(parts[1]).trimmingPrefix(" ").description
        return token.withUTF8 { tokens.contains(UnsafeRawBufferPointer($0)) } ? nil : .token
    }
}

extension AdminAccess {
    static let crossSiteText =
        "A web page elsewhere made this request; open the address itself, or ask for it from a program."

    private static func isCrossSite(_ request: Request) -> Bool {
        guard let name = HTTPField.Name("Sec-Fetch-Site") else { return false }
        return request.headers[values: name].contains { $0.lowercased() == "cross-site" }
    }
}

extension AdminPlane {
    /// Returns the answer to a rejected request; `nil` if it may proceed.
    func rejection(of request: Request, needsToken: Bool = true) -> Response? {
        switch access.rejection(of: request, needsToken: needsToken) {
        case nil: return nil
        case .host(let name)?:
            metrics.countGatewayEvent(DataPlaneEvent.hostRefused.rawValue)
            return failure(
                HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request"),
                "The gateway does not know itself by the host \"\(name.prefix(100))\": if operators may call it so, start it with --allowed-host NAME."
            )
        case .crossSite?:
            return failure(.forbidden, AdminAccess.crossSiteText)
        case .token?:
            metrics.countGatewayEvent(DataPlaneEvent.unauthorized.rawValue)
            var response = failure(
                .unauthorized,
                "Operators need a token: send one of the --admin-token-file as Authorization: Bearer TOKEN (Prometheus: authorization with credentials_file; oai-usage: --admin-token-file or OAI_USAGE_ADMIN_TOKEN)."
            )
            response.headers[.wwwAuthenticate] = "Bearer realm=\"oai-usage gateway\""
            return response
        }
    }
}
