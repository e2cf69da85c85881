import Hummingbird
import NIOCore

/// What is known of a request to the admin plane besides itself.
struct AdminContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where the request comes from.
    let remoteAddress: SocketAddress?
    /// The connection.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        channel = source.channel
    }

    /// Whether the request comes from this machine.
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
