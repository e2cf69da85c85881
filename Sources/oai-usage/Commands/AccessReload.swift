import Logging
import OpenAIUsageGateway

/// Reloads certificates, tokens and keys while calls are in flight.
///
/// Certificates and secrets are reloaded independently: an unreadable certificate does not prevent a token from being
/// revoked.
struct AccessReload: Sendable {
    private let options: GatewayOptions
    private let gateway: Gateway
    private let log: ProgramLog

    init(options: GatewayOptions, gateway: Gateway, log: ProgramLog) {
        self.options = options
        self.gateway = gateway
        self.log = log
    }

    /// Reloads everything, and logs what was applied and what stays unchanged.
    func run(_ settings: @Sendable () async throws -> Settings) async {
        var isSuccessful = true
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
            isSuccessful = false
        }
        let adopted = await adopt("certificate", gateway.use) { try options.access.certificate(try await settings()) }
        let adoptedAdmin = await adopt("certificate for operators", gateway.useAdmin) {
            try options.access.adminCertificate(try await settings())
        }
        gateway.countReload(isSuccessful: isSuccessful && adopted && adoptedAdmin)
    }

    /// Adopts a certificate; returns false if it could not be read or used.

    private func adopt(
        _ name: String,
        _ use: (ServerCertificate) throws -> Void,
        _ read: () async throws -> AccessOptions.ReadCertificate?
    ) async -> Bool {
        do {
            guard let (certificate, warnings) = try await read() else { return true }
            try use(certificate)
            for warning in warnings { log.say("gateway: \(warning)", level: .warning) }
            log.say("gateway: showing the \(name) that was read again to whoever connects from now on")
        } catch {
            log.say("gateway: \(error) The \(name) stays as it was.", level: .error)
            return false
        }
        return true
    }
}

extension GatewayConfiguration {
    /// True if there are tokens or keys to reload.
    fileprivate var hasSecrets: Bool {
        access.clientTokens != nil || access.adminTokens != nil || upstreamKey != nil
            || routes.contains { $0.key != nil }
    }
}
