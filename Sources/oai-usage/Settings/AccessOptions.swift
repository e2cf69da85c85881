import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway

/// The flags for a gateway's TLS and access control.
struct AccessOptions: ParsableArguments {
    /// The section of the gateway's help on access.
    static let discussion = """
        A --listen or --admin address that other machines reach asks for tokens, or for --allow-anyone or \
        --admin-allow-anyone. A client sends its token in the field OpenAI-Usage-Token, beside its own key. On a route \
        with a key of its own, the token takes the key's place: Authorization: Bearer TOKEN, which is the api_key of an \
        SDK. Browsers send it as the WebSocket subprotocol openai-usage-token.TOKEN. Operators send Authorization: Bearer \
        TOKEN. Health needs no token: GET / and /healthz for clients, /healthz and /-/ready for operators. A token's last \
        four characters name it in the rows, and in --key-project.

        On a loopback address the gateway answers to localhost, to its own address and to --allowed-host only, so that no \
        page on the web gets at it through a browser here.

        Other upstreams are the "routes" of the configuration file, by the beginning of the path, which is cut off; the \
        longest counts. A route without a key passes on the client's own:

          {"routes": {
            "/azure": {"upstream": "https://NAME.openai.azure.com",
                       "key-env": "AZURE_OPENAI_API_KEY"},
            "/openrouter/v1": {"upstream": "https://openrouter.ai/api/v1",
                               "key-file": "/run/secrets/openrouter"}}}

        "key-header" is authorization, api-key (the default for Azure) or x-api-key (for Anthropic). The route "/" stands \
        for --upstream, and gives it a key. A key is never sent to another upstream than its route's.

        SIGHUP reads prices, certificates, tokens and keys again, and calls in flight go on; everything else takes a restart.
        """

    @Option(
        help: ArgumentHelp(
            "The certificate of the listener for clients, as PEM text: the server's own first, those of its authorities behind it.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsCert: String?

    @Option(
        help: ArgumentHelp(
            "The certificate's key, as PEM text. (default: it is in the file of --tls-cert)",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The certificate of the listener for operators, as --tls-cert is for clients.",
            valueName: "file"
        ),
        completion: .file()
    )
    var adminTlsCert: String?

    @Option(
        help: ArgumentHelp(
            "That certificate's key, as PEM text. (default: it is in the file of --admin-tls-cert)",
            valueName: "file"
        ),
        completion: .file()
    )
    var adminTlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The tokens of which each client needs one: one a line; a line that begins with # is a comment.",
            valueName: "file"
        ),
        completion: .file()
    )
    var clientTokenFile: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Let clients from other machines in without a token. (default: --no-allow-anyone)"
    )
    var allowAnyone: Bool?

    @Option(
        help: ArgumentHelp("The tokens of which each operator needs one, as for clients.", valueName: "file"),
        completion: .file()
    )
    var adminTokenFile: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Let operators from other machines in without a token. (default: --no-admin-allow-anyone)"
    )
    var adminAllowAnyone: Bool?

    @Option(
        help: ArgumentHelp(
            "A name that the gateway may be called by besides localhost and its own address, as host.docker.internal or *.example.com; repeatable.",
            valueName: "name"
        )
    )
    var allowedHost: [String] = []

    /// The access control that results from flags and settings.
    struct Access {
        /// The access control, without certificates.
        var access = GatewayAccess()
        /// Warnings about the permissions of token files.
        var warnings: [String] = []
    }

    /// Returns the access control, and reads the token files.
    ///
    /// - Throws: A ``CommandFailure`` that names the setting, without repeating a token.
    func access(_ settings: Settings) throws -> Access {
        var result = Access()
        result.access.clientTokens = try tokens("client-token-file", clientTokenFile, settings, &result.warnings)
        result.access.adminTokens = try tokens("admin-token-file", adminTokenFile, settings, &result.warnings)
        result.access.allowsAnyone = try settings.flag("allow-anyone", allowAnyone, otherwise: false)
        result.access.adminAllowsAnyone = try settings.flag("admin-allow-anyone", adminAllowAnyone, otherwise: false)
        result.access.allowedHosts = settings.list("allowed-host", allowedHost)
        return result
    }

    /// A certificate, and warnings about its files.
    typealias ReadCertificate = (certificate: ServerCertificate, warnings: [String])

    /// Reads the certificate of the client listener; `nil` if it does not use TLS.
    ///
    /// - Throws: An error that names the file.
    func certificate(_ settings: Settings) throws -> ReadCertificate? {
        try certificate("tls-cert", tlsCert, "tls-key", tlsKey, settings)
    }

    /// Reads the certificate of the admin listener; `nil` if it does not use TLS.
    func adminCertificate(_ settings: Settings) throws -> ReadCertificate? {
        try certificate("admin-tls-cert", adminTlsCert, "admin-tls-key", adminTlsKey, settings)
    }

    private func certificate(
        _ name: String,
        _ flag: String?,
        _ keyName: String,
        _ keyFlag: String?,
        _ settings: Settings
    ) throws -> ReadCertificate? {
        let key = settings.text(keyName, keyFlag)
        guard let file = settings.text(name, flag) else {
            guard key == nil else {
                throw CommandFailure(
                    "\(keyFlag == nil ? settings.place(keyName) : "--\(keyName)") has no certificate beside it: name its file with --\(name)."
                )
            }
            return nil
        }
        let certificate = try ServerCertificate(
            file: file,
            keyFile: key ?? file,
            settings: ("--\(name)", "--\(keyName)"),
            now: Timestamp(microsecondsSince1970: SystemUsageClock().wallMicroseconds)
        )
        return (certificate, SecretFile.warning(key ?? file).map { [$0] } ?? [])
    }

    private func tokens(
        _ name: String,
        _ flag: String?,
        _ settings: Settings,
        _ warnings: inout [String]
    ) throws -> AccessTokens? {
        guard let path = settings.text(name, flag) else { return nil }
        let file = try SecretFile(path: path, place: flag == nil ? settings.place(name) : "--\(name)")
        if let warning = file.warning { warnings.append(warning) }
        return try AccessTokens(text: file.text, place: path)
    }
}
