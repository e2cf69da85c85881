import Synchronization

/// The part of a gateway's configuration that can change at run time: certificates, tokens, hosts and keys.
final class LiveConfiguration: Sendable {
    private struct State: Sendable {
        var configuration: GatewayConfiguration
        var plane: DataPlane?
    }

    private let state: Mutex<State>
    /// The access rules of the admin listener.
    let admin: AdminAccess
    /// The certificate of the admin listener.
    let adminCertificate: CurrentCertificate

    init(_ configuration: GatewayConfiguration) {
        state = Mutex(State(configuration: configuration, plane: nil))
        admin = AdminAccess(configuration)
        adminCertificate = CurrentCertificate(configuration.access.adminCertificate)
    }

    /// The current configuration.
    var configuration: GatewayConfiguration { state.withLock { $0.configuration } }

    /// Applies the configuration, and later changes, to a data plane; `nil` detaches it.
    func apply(to plane: DataPlane?) {
        let configuration = state.withLock { state in
            state.plane = plane
            return state.configuration
        }
        plane?.use(configuration)
        if let certificate = configuration.access.certificate { plane?.use(certificate) }
    }

    /// Adopts the tokens, hosts and keys of another configuration.
    ///
    /// - Throws: A ``GatewayError`` if a difference requires a restart or the access rules are invalid; nothing changes then.
    func adopt(_ other: GatewayConfiguration) throws {
        let (adopted, plane) = try state.withLock { state in
            var adopted = state.configuration
            try Self.requireSameRoutes(adopted, other)
            adopted.upstreamKey = other.upstreamKey
            adopted.routes = other.routes
            let (certificate, adminCertificate) = (adopted.access.certificate, adopted.access.adminCertificate)
            adopted.access = other.access
            adopted.access.certificate = certificate
            adopted.access.adminCertificate = adminCertificate
            try adopted.validateAccess()
            state.configuration = adopted
            return (adopted, state.plane)
        }
        admin.use(adopted)
        plane?.use(adopted)
    }

    /// Replaces the certificate of the listener for clients.
    ///
    /// - Throws: A ``GatewayError`` if the listener does not speak TLS.
    func adopt(_ certificate: ServerCertificate) throws {
        let plane = try state.withLock { state in
            guard state.configuration.access.certificate != nil else {
                throw Self.needsRestart("The listener does not speak TLS")
            }
            state.configuration.access.certificate = certificate
            return state.plane
        }
        plane?.use(certificate)
    }

    /// Replaces the certificate of the admin listener.
    ///
    /// - Throws: A ``GatewayError`` if that listener does not speak TLS.
    func adoptAdmin(_ certificate: ServerCertificate) throws {
        guard adminCertificate.value != nil else {
            throw Self.needsRestart("The listener for operators does not speak TLS")
        }
        adminCertificate.use(certificate)
    }

    /// Checks that the routes are the same, because a key must never reach another upstream than its own.
    private static func requireSameRoutes(_ old: GatewayConfiguration, _ new: GatewayConfiguration) throws {
        let destinations = { (configuration: GatewayConfiguration) in
            Dictionary(configuration.routes.map { ($0.prefix, $0.upstream) }) { first, _ in first }
        }
        guard old.upstream == new.upstream, destinations(old) == destinations(new) else {
            throw needsRestart("The upstreams or the prefixes of the routes are others")
        }
    }

    private static func needsRestart(_ what: String) -> GatewayError {
        GatewayError(code: .invalidConfiguration, message: "\(what): that takes a restart.")
    }
}
