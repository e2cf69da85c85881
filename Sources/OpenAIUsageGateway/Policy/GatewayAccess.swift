/// The access rules of a gateway's listeners.
public struct GatewayAccess: Sendable {
    /// The tokens for clients, one of which each call needs; `nil` if none is needed.
    ///
    /// A client sends its token in the field `OpenAI-Usage-Token`, or in a browser as the WebSocket subprotocol
    /// `openai-usage-token.TOKEN`. On a route with a key of its own, it may also send it in place of the key: as
    /// `Authorization: Bearer`, `api-key`, `x-api-key`, `x-goog-api-key`, or the subprotocol `openai-insecure-api-key.TOKEN`.
    public var clientTokens: AccessTokens?
    /// True if clients need no token even though other machines can reach the listener.
    public var allowsAnyone = false
    /// The tokens for operators, one of which each request needs as `Authorization: Bearer`; `nil` if none is needed.
    ///
    /// Health and readiness need no token.
    public var adminTokens: AccessTokens?
    /// True if operators need no token even though other machines can reach their listener.
    public var adminAllowsAnyone = false
    /// The hosts, besides the names of this machine, by which clients and operators may address the listeners.
    ///
    /// An entry is a name without a port, `*.` before a name for its subdomains, or `*` for any. A listener that other machines
    /// can reach accepts any name while the list is empty.
    public var allowedHosts: [String] = []
    /// The certificate of the listener for clients; `nil` for plain HTTP.
    public var certificate: ServerCertificate?
    /// The certificate of the admin listener; `nil` for plain HTTP.
    public var adminCertificate: ServerCertificate?

    /// Creates the default rules: no tokens, no TLS.
    public init() {}
}

extension GatewayConfiguration {
    /// True if an upstream uses TLS, so that its certificate must be verified.
    package var hasEncryptedUpstream: Bool { ([upstream] + routes.map(\.upstream)).contains(where: \.isEncrypted) }

    /// Checks the allowed hosts, and that a listener that other machines can reach requires a token unless configured
    /// otherwise.
    ///
    /// - Throws: A ``GatewayError`` that names the settings.
    public func validateAccess() throws {
        if let wrong = access.allowedHosts.first(where: { !HostRule.isName($0) }) {
            throw GatewayError(
                code: .invalidConfiguration,
                message:
                    "--allowed-host: \"\(wrong.prefix(100))\" is not a name: write it without scheme, port and path, as in host.docker.internal or *.example.com."
            )
        }
        if !listen.isLoopback, access.clientTokens == nil, !access.allowsAnyone {
            throw Self.openListener(
                "--listen",
                listen,
                "spend by it",
                tokens: "--client-token-file FILE",
                open: "--allow-anyone"
            )
        }
        if !admin.isLoopback, access.adminTokens == nil, !access.adminAllowsAnyone {
            throw Self.openListener(
                "--admin",
                admin,
                "read its metrics",
                tokens: "--admin-token-file FILE",
                open: "--admin-allow-anyone"
            )
        }
    }

    private static func openListener(
        _ flag: String,
        _ address: Address,
        _ danger: String,
        tokens: String,
        open: String
    ) -> GatewayError {
        GatewayError(
            code: .invalidConfiguration,
            message:
                "\(flag) \(address) can be reached from other machines, and anyone there could \(danger): ask for a token with \(tokens), or add \(open) if something else keeps others out."
        )
    }
}
