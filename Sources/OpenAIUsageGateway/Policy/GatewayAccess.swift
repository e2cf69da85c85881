/// Who may use a gateway's listeners.
public struct GatewayAccess: Sendable {
    /// The tokens of which each call needs one; `nil` if none is needed.
    ///
    /// A client presents its token in the field `OpenAI-Usage-Token`, and in a browser as the WebSocket subprotocol
    /// `openai-usage-token.TOKEN`. On a route that has a key of its own, it may also present it in the place of the key:
    /// as `Authorization: Bearer`, `api-key`, `x-api-key`, or the subprotocol `openai-insecure-api-key.TOKEN`.
    public var clientTokens: AccessTokens?
    /// True if clients need no token although the listener can be reached from elsewhere.
    public var allowsAnyone = false
    /// The tokens of which operators need one, as `Authorization: Bearer`; `nil` if none is needed.
    ///
    /// Health and readiness are told to anyone.
    public var adminTokens: AccessTokens?
    /// True if operators need no token although their listener can be reached from elsewhere.
    public var adminAllowsAnyone = false
    /// Names besides those of this machine that clients and operators may call the listeners by: without a port, `*.`
    /// before a name for everything below it, or `*` for any.
    ///
    /// A listener that can be reached from elsewhere may be called by any name as long as this is empty.
    public var allowedHosts: [String] = []
    /// The certificate of the listener for clients; `nil` if it does not speak TLS.
    public var certificate: ServerCertificate?
    /// The certificate of the listener for operators; `nil` if it does not speak TLS.
    public var adminCertificate: ServerCertificate?

    /// Creates the default: no tokens, no TLS.
    public init() {}
}

extension GatewayConfiguration {
    /// True if an upstream's certificate will have to be checked.
    package var hasEncryptedUpstream: Bool { ([upstream] + routes.map(\.upstream)).contains(where: \.isEncrypted) }

    /// Checks that a listener that can be reached from elsewhere asks for a token, unless it is told not to.
    ///
    /// - Throws: A ``GatewayError`` that names the settings.
    public func validateAccess() throws {
        if let wrong = access.allowedHosts.first(where: { !HostRule.isName($0) }) {
            throw GatewayError(
                code: .invalidConfiguration,
                message:
                    "--allowed-host: \"\(wrong.prefix(100))\" is no name: write it without scheme, port and path, as in host.docker.internal or *.example.com."
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
