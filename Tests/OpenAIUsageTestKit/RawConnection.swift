package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One end of a TCP connection, whose bytes a test sends and reads as it likes.
package final class RawConnection: Sendable {
    /// How the other side ended.
    package enum End: Sendable, Equatable { case closed, reset }

    /// What has come so far and was not taken.
    package struct Received: Sendable, CustomStringConvertible {
        package var bytes: [UInt8] = []
        /// The bytes behind a head, if they are only compared with ``Pattern`` and not kept.
        package var patternLength = 0
        package var isPattern = true
        package var end: End?

        package var description: String {
            "\(bytes.count) bytes \(String(decoding: bytes.prefix(1_000), as: UTF8.self).debugDescription), "
                + "pattern \(patternLength), end \(end.map { "\($0)" } ?? "open")"
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let received: Watched<Received>
        private let expectsPattern: Bool
        private var isBehindHead = false

        init(_ received: Watched<Received>, expectsPattern: Bool) {
            self.received = received
            self.expectsPattern = expectsPattern
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            received.update { received in
                if !isBehindHead || !expectsPattern {
                    buffer.readWithUnsafeReadableBytes { bytes in
                        guard expectsPattern else {
                            received.bytes.append(contentsOf: bytes)
                            return bytes.count
                        }
                        for (index, byte) in bytes.enumerated() {
                            received.bytes.append(byte)
                            if byte == 0x0a, received.bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                                isBehindHead = true
                                return index + 1
                            }
                        }
                        return bytes.count
                    }
                }
                guard buffer.readableBytes > 0 else { return }
                received.isPattern = received.isPattern && Pattern.matches(buffer, from: received.patternLength)
                received.patternLength += buffer.readableBytes
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? ChannelEvent, event == .inputClosed { end(.closed) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let error = error as? IOError, error.errnoCode == ECONNRESET { end(.reset) }
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { end(.closed) }

        // A channel that is closed before it is active becomes inactive without a word.
        func handlerRemoved(context: ChannelHandlerContext) { end(.closed) }

        private func end(_ end: End) {
            received.update { if $0.end == nil { $0.end = end } }
        }
    }

    package let channel: any Channel
    private let received: Watched<Received>

    private init(_ channel: any Channel, _ received: Watched<Received>) {
        self.channel = channel
        self.received = received
    }

    /// Makes a connection of a channel that is being set up, on its event loop.
    package static func attach(to channel: any Channel, expectsPattern: Bool = false) throws -> RawConnection {
        let received = Watched(Received())
        try channel.pipeline.syncOperations.addHandler(Collector(received, expectsPattern: expectsPattern))
        return RawConnection(channel, received)
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: The port.
    ///   - host: The address of this machine.
    ///   - expectsPattern: Whether what comes behind the first head is only compared with ``Pattern``.
    ///   - receiveBuffer: The size of the system's buffer for what comes.
    ///   - front: Puts handlers before the connection, such as those of TLS.
    /// - Returns: The connection, once it is made.
    /// - Throws: What the system says when it cannot be made.
    package static func connect(
        to port: Int,
        at host: String = "127.0.0.1",
        expectsPattern: Bool = false,
        receiveBuffer: Int? = nil,
        front: (@Sendable (any Channel) throws -> Void)? = nil
    ) async throws -> RawConnection {
        let group = MultiThreadedEventLoopGroup.singleton
        let connection = group.next().makePromise(of: RawConnection.self)
        var bootstrap = ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try front?(channel)
                    connection.succeed(try attach(to: channel, expectsPattern: expectsPattern))
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf),
                value: SocketOptionValue(truncatingIfNeeded: receiveBuffer)
            )
        }
        let failure: any Error
        do {
            _ = try await bootstrap.connect(host: host, port: port).get()
            return try await connection.futureResult.get()
        } catch {
            failure = error
        }
        // Without a channel nobody keeps the promise; with one, this comes too late.
        connection.fail(failure)
        throw failure
    }

    /// What has come and was not taken.
    package var unread: Received { received.value }

    // MARK: - Sending

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        } catch let error as IOError where error.errnoCode == ECONNRESET {
            // The system tells of a reset once: a read that comes behind such a write sees an end without a fault.
            received.update { $0.end = .reset }
            throw error
        }
    }

    /// Sends in pieces of the given sizes, over and over, each in a write of its own.
    package func send(_ bytes: [UInt8], inPiecesOf sizes: [Int]) async throws {
        var position = 0
        var turn = 0
        while position < bytes.count {
            let end = min(bytes.count, position + sizes[turn % sizes.count])
            try await send(Array(bytes[position..<end]))
            position = end
            turn += 1
        }
    }

    // MARK: - Receiving

    /// Waits until the bytes that have come are as wanted; nothing is taken.
    @discardableResult
    package func receive(_ what: String, until isMet: @escaping @Sendable (Received) -> Bool) async throws -> Received {
        let received = try await received.wait(for: what) { isMet($0) || $0.end != nil }
        guard isMet(received) else {
            throw Watched<Received>.LimitError(what: "\(what), but the other side ended", state: "\(received)")
        }
        return received
    }

    /// Waits for a text, and takes everything up to its end.
    @discardableResult
    package func take(through marker: String) async throws -> String {
        let marker = Array(marker.utf8)
        try await receive("\(String(decoding: marker, as: UTF8.self).debugDescription)") {
            $0.bytes.range(of: marker) != nil
        }
        return self.received.update { received in
            let end = received.bytes.range(of: marker)?.upperBound ?? 0
            defer { received.bytes.removeFirst(end) }
            return String(decoding: received.bytes[..<end], as: UTF8.self)
        }
    }

    /// Takes a number of bytes.
    package func take(_ count: Int) async throws -> [UInt8] {
        try await receive("\(count) bytes") { $0.bytes.count >= count }
        return received.update { received in
            defer { received.bytes.removeFirst(count) }
            return Array(received.bytes[..<count])
        }
    }

    /// Waits for a whole message, and takes it.
    package func message(_ kind: RawMessage.Kind) async throws -> RawMessage {
        let received = try await received.wait(for: "a whole message") { received in
            received.end != nil || (try? RawMessage.parse(received.bytes, kind, isEnded: false)) != nil
        }
        guard let (message, length) = try RawMessage.parse(received.bytes, kind, isEnded: received.end != nil) else {
            throw Watched<Received>.LimitError(what: "a whole message, but the other side ended", state: "\(received)")
        }
        self.received.update { $0.bytes.removeFirst(length) }
        return message
    }

    /// Waits until the other side ends, and returns everything that was not taken.
    @discardableResult
    package func ended() async throws -> Received {
        try await received.wait(for: "the other side to end") { $0.end != nil }
    }

    package func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
    }

    /// Returns the connection's socket.
    package func socket() async throws -> NIOBSDSocket.Handle {
        let channel = channel
        return try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
                ?? -1
        }.get()
    }

    // MARK: - TransportEnd

    package func closeOutput() async throws { try await channel.close(mode: .output).get() }

    /// Closes, unless the connection has ended already.
    package func close() async {
        try? await channel.close().get()
    }

    /// Ends with a reset, unless the connection has ended already.
    package func reset() async {
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    /// Sends a text and ends with a reset at once, so that the other side may find both together.
    package func reset(after text: String) async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        let channel = channel
        try await channel.eventLoop.submit {
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            channel.close(promise: nil)
        }.get()
    }
}
