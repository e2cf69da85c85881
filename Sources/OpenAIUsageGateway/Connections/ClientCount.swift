import NIOCore
import Synchronization

/// The number of client connections of all loops, in total and by address.
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

    /// Counts a new connection until it closes.
    ///
    /// - Returns: The limit that rejects it; `nil` if it is counted.
    func enter(_ channel: any Channel) -> DataPlaneLimit? {
        let address = channel.remoteAddress?.ipAddress ?? ""
        let reached = counts.withLock { counts -> DataPlaneLimit? in
            guard counts.all < limit else { return .connections }
            guard counts.byAddress[address, default: 0] < limitPerAddress else { return .connectionsPerAddress }
            counts.all += 1
            counts.byAddress[address, default: 0] += 1
            return nil
        }
        if reached == nil { channel.closeFuture.whenComplete { _ in self.leave(address) } }
        return reached
    }

    private func leave(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            counts.byAddress[address, default: 1] -= 1
            if counts.byAddress[address] == 0 { counts.byAddress[address] = nil }
        }
    }
}

/// Rejects a client's connection with 503, and closes it.
final class RejectedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limit: DataPlaneLimit
    private let isEncrypted: Bool

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - limit: The limit that is reached.
    ///   - isEncrypted: True for a listener of TLS, whose clients would not understand an answer in plain text, and for whom no
    ///     handshake is made; the connection is closed without one.
    init(_ limit: DataPlaneLimit, isEncrypted: Bool = false) {
        self.limit = limit
        self.isEncrypted = isEncrypted
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !isEncrypted else { return context.close(promise: nil) }
        let isOfAddress = limit == .connectionsPerAddress
        let answer = GatewayAnswer.error(
            status: 503,
            code: isOfAddress ? "too_many_connections_of_address" : "too_many_connections",
            message: isOfAddress
                ? "The gateway has as many connections of this address as it may have; retry later."
                : "The gateway has as many connections as it may have; retry later.",
            callID: nil,
            connection: .close,
            isBodiless: false
        )
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        context.close(promise: nil)
    }
}
