import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A TLS connection of the admin listener, with the certificate that is current when the connection opens.
///
/// Hummingbird's own TLS channel keeps one certificate for as long as its server runs.
struct AdminTLSChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let certificate: CurrentCertificate

    init(_ base: HTTP1Channel, _ certificate: CurrentCertificate) {
        self.base = base
        self.certificate = certificate
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            guard let certificate = certificate.value else { throw ChannelError.inappropriateOperationForState }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
