import Hummingbird
import NIOCore

/// The context of a request to the admin plane.
struct AdminContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    /// The client's address.
    let remoteAddress: SocketAddress?
    /// The client's connection.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        channel = source.channel
    }

    /// True if the request comes from this machine.
    var isLocal: Bool {
        switch remoteAddress {
        case .unixDomainSocket?: return true
        case .v4?, .v6?:
            let address = remoteAddress?.ipAddress ?? ""
            return address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        case nil: return false
        }
    }
}
