import Logging
import OpenAIUsageGateway

/// Reads certificates, tokens and keys again while calls go on.
///
/// The two are apart: a certificate that cannot be read does not keep a token from being withdrawn.
struct AccessReload: Sendable {
    private let options: GatewayOptions
    private let gateway: Gateway
    private let log: ProgramLog

    init(options: GatewayOptions, gateway: Gateway, log: ProgramLog) {
        self.options = options
        self.gateway = gateway
        self.log = log
    }

    /// Reads everything again, and says what was adopted and what stays as it was.
    func run(_ settings: @Sendable () async throws -> Settings) async {
        do {
            let (configuration, warnings) = try options.configurationWithWarnings(
                try await settings(),
                readsCertificate: false
            )
            try gateway.useAccess(of: configuration)
            for warning in warnings { log.say("gateway: \(warning)", level: .warning) }
            if configuration.hasSecrets { log.say("gateway: tokens and keys were read again") }
        } catch {
            log.say("gateway: \(error) The tokens, names and keys stay as they were.", level: .error)
        }
        await adopt("certificate", gateway.use) { try options.access.certificate(try await settings()) }
        await adopt("certificate for operators", gateway.useAdmin) {
            try options.access.adminCertificate(try await settings())
        }
    }

    private func adopt(
        _ name: String,
        _ use: (ServerCertificate) throws -> Void,
        _ read: () async throws -> AccessOptions.ReadCertificate?
    ) async {
        do {
            guard let (certificate, warnings) = try await read() else { return }
            try use(certificate)
            for warning in warnings { log.say("gateway: \(warning)", level: .warning) }
            log.say("gateway: showing the \(name) that was read again to whoever connects from now on")
        } catch {
            log.say("gateway: \(error) The \(name) stays as it was.", level: .error)
        }
    }
}

extension GatewayConfiguration {
    /// True if there are tokens or keys that can change.
    fileprivate var hasSecrets: Bool {
        access.clientTokens != nil || access.adminTokens != nil || upstreamKey != nil
            || routes.contains { $0.key != nil }
    }
}
