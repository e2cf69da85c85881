import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The socket options of both sides.
enum SocketSettings {
    typealias Option = (name: ChannelOptions.Types.SocketOption, value: ChannelOptions.Types.SocketOption.Value)

    // MARK: - A body on its way

    // A client that reads slowly has all of this filled for as long as it takes, and many of them at once fill it at once:
    // with what the system and the event loop would let them have, their megabytes would be copied while other calls wait.

    /// The most buffers that are read of a connection before the others have their turn.
    static let readsPerTurn: UInt = 1
    /// The sizes of the buffers that are read into.
    static let received = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2_048, maximum: 32 << 10)
    /// The bytes that the system has not taken when they were flushed: beyond the upper mark no more are read,
    /// until they are below the lower one.
    static let unwritten = ChannelOptions.Types.WriteBufferWaterMark(low: 2 << 10, high: 8 << 10)

    // MARK: - Both sides

    /// Each write leaves at once, and a silent connection is kept open and looked after.
    ///
    /// A call that thinks for minutes sends nothing meanwhile. An address translator in between forgets such a connection, those
    /// of homes after 60 s and that of AWS after 350 s, so that the answer never comes; and of a peer that has lost its power
    /// nothing else brings word.
    static let common: [Option] = [
        (.tcpOption(.tcp_nodelay), 1), (.socketOption(.so_keepalive), 1), (.tcpOption(keepAliveIdle), 45),
        (.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), 15), (.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), 8),
    ]

    /// The settings of a client's connection: the system takes this many bytes of a response and cannot send them yet,
    /// because the client does not take them.
    static let client: [Option] = common + [(.tcpOption(.init(rawValue: CInt(TCP_NOTSENT_LOWAT))), 64 << 10)]

    #if canImport(Darwin)
    private static let keepAliveIdle = NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPALIVE))
    #else
    private static let keepAliveIdle = NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPIDLE))
    #endif
}
