import OpenAIUsageGateway

/// Reads certificates, tokens and keys again while calls go on.
///
/// The two are apart: a certificate that cannot be read does not keep a token from being withdrawn.
struct AccessReload: Sendable {
    private let options: GatewayOptions
    private let gateway: Gateway

    init(options: GatewayOptions, gateway: Gateway) {
        self.options = options
        self.gateway = gateway
    }

    /// Reads everything again, and says what was adopted and what stays as it was.
    func run(_ settings: @Sendable () async throws -> Settings) async {
        do {
            let (configuration, warnings) = try options.configurationWithWarnings(
                try await settings(),
                readsCertificate: false
            )
            try gateway.useAccess(of: configuration)
            for warning in warnings { Self.write(warning) }
            if configuration.hasSecrets { Self.write("tokens and keys were read again") }
        } catch {
            Self.write("\(error) The tokens, names and keys stay as they were.")
        }
        do {
            guard let (certificate, warnings) = try options.access.certificate(try await settings()) else { return }
            try gateway.use(certificate)
            for warning in warnings { Self.write(warning) }
            Self.write("showing the certificate that was read again to whoever connects from now on")
        } catch {
            Self.write("\(error) The certificate stays as it was.")
        }
    }

    private static func write(_ text: String) { LogWriter.standardError.write("gateway: \(text)") }
}

extension GatewayConfiguration {
    /// True if there are tokens or keys that can change.
    fileprivate var hasSecrets: Bool {
        access.clientTokens != nil || access.adminTokens != nil || upstreamKey != nil
            || routes.contains { $0.key != nil }
    }
}
