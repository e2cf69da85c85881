import NIOCore
import Synchronization

/// The clients' connections of all loops, in all and by address.
final class ClientCount: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let counts = Mutex(Counts())

    init(limit: Int, limitPerAddress: Int) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    /// Counts a new connection in, and out when it ends.
    ///
    /// - Returns: False if there are as many as may be.
    func enter(_ channel: any Channel) -> Bool {
        let address = channel.remoteAddress?.ipAddress ?? ""
        let isAllowed = counts.withLock { counts in
            guard counts.all < limit, counts.byAddress[address, default: 0] < limitPerAddress else { return false }
            counts.all += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
        if isAllowed { channel.closeFuture.whenComplete { _ in self.leave(address) } }
        return isAllowed
    }

    private func leave(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            counts.byAddress[address, default: 1] -= 1
            if counts.byAddress[address] == 0 { counts.byAddress[address] = nil }
        }
    }
}

/// Tells a client that there are too many connections, and ends its own.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let answer = GatewayAnswer.error(
            status: 503,
            code: "too_many_connections",
            message: "The gateway has as many connections as it may have; retry later.",
            callID: nil,
            connection: .close,
            isBodiless: false
        )
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        context.close(promise: nil)
    }
}
