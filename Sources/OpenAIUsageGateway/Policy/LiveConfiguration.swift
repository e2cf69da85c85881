import Synchronization

/// The part of a gateway's configuration that changes while calls go on: certificates, tokens, names and keys.
final class LiveConfiguration: Sendable {
    private struct State: Sendable {
        var configuration: GatewayConfiguration
        var plane: DataPlane?
    }

    private let state: Mutex<State>
    /// The rules of the listener for operators.
    let admin: AdminAccess
    /// The certificate of the listener for operators.
    let adminCertificate: CurrentCertificate

    init(_ configuration: GatewayConfiguration) {
        state = Mutex(State(configuration: configuration, plane: nil))
        admin = AdminAccess(configuration)
        adminCertificate = CurrentCertificate(configuration.access.adminCertificate)
    }

    /// The configuration as it is now.
    var configuration: GatewayConfiguration { state.withLock { $0.configuration } }

    /// Applies what has changed, and will change, to a data plane; `nil` when it ends.
    func apply(to plane: DataPlane?) {
        let configuration = state.withLock { state in
            state.plane = plane
            return state.configuration
        }
        plane?.use(configuration)
        if let certificate = configuration.access.certificate { plane?.use(certificate) }
    }

    /// Adopts tokens, names and keys.
    ///
    /// - Throws: A ``GatewayError``, and nothing is changed, for what needs a restart.
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

    /// Adopts a certificate.
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

    /// Adopts a certificate of the listener for operators.
    ///
    /// - Throws: A ``GatewayError`` if that listener does not speak TLS.
    func adoptAdmin(_ certificate: ServerCertificate) throws {
        guard adminCertificate.value != nil else {
            throw Self.needsRestart("The listener for operators does not speak TLS")
        }
        adminCertificate.use(certificate)
    }

    /// A key must never get to another upstream than the one that it stands beside.
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
