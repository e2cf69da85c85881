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

    // MARK: - Buffers

    // A slow client keeps all of these buffers full, and many slow clients do so at once: with the limits of the system and the
    // event loop, megabytes would be copied for them while other calls wait.

    /// The number of reads per connection before other connections get their turn.
    static let readsPerTurn: UInt = 1
    /// The sizes of the read buffers.
    static let received = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2_048, maximum: 32 << 10)
    /// The amounts of flushed bytes that the system has not accepted: beyond the high mark reading pauses, below the low mark
    /// it resumes.
    static let unwritten = ChannelOptions.Types.WriteBufferWaterMark(low: 2 << 10, high: 8 << 10)

    // MARK: - Both sides

    /// Writes leave at once, and silent connections are kept alive and probed.
    ///
    /// A call that thinks for minutes sends nothing meanwhile. Address translators forget such a connection, those of homes
    /// after 60 s and that of AWS after 350 s, so that the answer never arrives; and nothing else reveals a peer that has lost
    /// power.
    static let common: [Option] = [
        (.tcpOption(.tcp_nodelay), 1), (.socketOption(.so_keepalive), 1), (.tcpOption(keepAliveIdle), 45),
        (.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), 15), (.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), 8),
    ]

    /// The options of a client's connection: the system accepts at most this many bytes of a response that it cannot send yet.
    static let client: [Option] = common + [(.tcpOption(.init(rawValue: CInt(TCP_NOTSENT_LOWAT))), 64 << 10)]

    #if canImport(Darwin)
    private static let keepAliveIdle = NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPALIVE))
    #else
    private static let keepAliveIdle = NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPIDLE))
    #endif
}
