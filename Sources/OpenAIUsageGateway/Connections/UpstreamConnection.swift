import NIOCore
import NIOTLS

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

private let peeking = Int32(truncatingIfNeeded: MSG_PEEK | MSG_DONTWAIT)

/// A connection to the upstream, which carries one call at a time.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// No call uses the connection.
        case idle
        case head
        case body
        /// The call's response is complete, but not all bytes that were read with it have been processed.
        case returning
        case tunnel
        case closed
    }

    private let pool: UpstreamPool
    private let loop: DataPlaneLoop
    private let isEncrypted: Bool
    // Accessed on the loop's thread only, and no access spans a call to anything else.
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    /// The channel's socket, open as long as the channel is active; `nil` before and after.
    private var socket: NIOBSDSocket.Handle?
    private var opened: EventLoopPromise<Void>?
    @exclusivity(unchecked) private var buffer = ByteBuffer()
    @exclusivity(unchecked) private var unsent = UnsentBytes()
    @exclusivity(unchecked) private var parser: ResponseParser
    @exclusivity(unchecked) private var body = BodyReader(.none, of: .response)
    @exclusivity(unchecked) private var trailers: ByteBuffer?
    private var frames: WebSocketMeter?
    private var method = RequestMethod.get
    @exclusivity(unchecked) private var phase = Phase.idle
    @exclusivity(unchecked) private var call: ProxiedCall?
    private var failure: UpstreamFailure?
    private var isReading = true
    private var isClosing = false
    /// True if the response ends with the connection.
    private var endsByClosing = false
    /// True if a response that ends with the connection may have ended because the request could not be written: a reset that
    /// fails a write is reported in no other way.
    private var hasLostRequest = false
    @exclusivity(unchecked) private var hasFlushed = false
    /// The idle time that `Keep-Alive` allows, in milliseconds; `nil` for the gateway's own limit.
    private var keepAlive: Int64?
    /// The time at which an idle connection has been idle for too long, in monotonic nanoseconds.
    var idleDeadline = Int64.max
    /// The time at which the connection is too old, in monotonic nanoseconds.
    let expiry: Int64
    /// True while the pool counts the connection.
    var isCounted = false
    /// True while the pool counts the connection as one with an incomplete request.
    var isUnfinished = false
    /// True if an earlier call has used the connection.
    private(set) var isReused = false

    init(pool: UpstreamPool, loop: DataPlaneLoop, isEncrypted: Bool, opened: EventLoopPromise<Void>) {
        self.pool = pool
        self.loop = loop
        self.isEncrypted = isEncrypted
        self.opened = opened
        parser = ResponseParser(limits: loop.headLimits)
        expiry = LoopTimers.now + loop.configuration.connectionAgeMilliseconds * 1_000_000
    }

    deinit {
        // The channel ended before the connection's handler was added.
        opened?.fail(UpstreamFailure.closed)
    }

    var isClosed: Bool { phase == .closed }
    private(set) var isWritable = true
    /// True from a write to its flush, which determines the writability.
    @exclusivity(unchecked) private var isUnflushed = false

    /// Checks an idle connection for events that the loop has not read yet: its end, or unsolicited bytes.
    ///
    /// Such bytes would otherwise become the start of the next call's response.
    ///
    /// - Returns: True if nothing has arrived.
    func isQuiet() -> Bool {
        guard context != nil else { return false }
        guard let socket else { return true }
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, peeking)
        if count > 0, !isEncrypted { loop.count(.strayBytes) }
        // A reset, which only the next call would notice otherwise, is an error, too.
        return count < 0 && [EAGAIN, EWOULDBLOCK, EINTR].contains(errno)
    }

    // MARK: - Used by ProxiedCall

    /// Marks the call's request as complete.
    func completeRequest() { pool.completeRequest(on: self) }

    /// Assigns the connection to a call.
    func begin(_ call: ProxiedCall, _ method: RequestMethod) {
        self.call = call
        self.method = method
        phase = .head
        hasFlushed = false
    }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        // A full channel reports its writability within the write.
        if !isUnflushed {
            isUnflushed = true
            loop.needsFlush(self)
        }
        if phase == .body, endsByClosing {
            writeUnsent()
            let promise = loop.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenFailure { [weak self] _ in self?.hasLostRequest = true }
            context.write(wrapOutboundOut(bytes), promise: promise)
        } else {
            while !unsent.append(bytes) { writeUnsent() }
        }
    }

    private func writeUnsent() {
        if let bytes = unsent.take() { context?.write(wrapOutboundOut(bytes), promise: nil) }
    }

    func flush() {
        hasFlushed = true
        writeUnsent()
        isUnflushed = false
        context?.flush()
        updateWritability()
    }

    private func updateWritability() {
        guard let channel = context?.channel, channel.isWritable != isWritable else { return }
        isWritable.toggle()
        call?.handle(.upstreamWritable(isWritable))
    }

    func setReading(_ isWanted: Bool) {
        guard isWanted != isReading, let context else { return }
        isReading = isWanted
        try? context.channel.syncOptions?.setOption(.autoRead, value: isWanted)
    }

    func beginTunnel(isWebSocket: Bool) {
        phase = .tunnel
        frames = isWebSocket ? WebSocketMeter() : nil
        let bytes = buffer
        buffer = ByteBuffer()
        if bytes.readableBytes > 0 { receiveData(bytes) }
    }

    /// Detaches the connection from its call, and returns it to the pool or closes it.
    ///
    /// - Parameter isReusable: True if it may carry another call, as far as the call knows.
    func release(isReusable: Bool) {
        let hadCall = call != nil
        call = nil
        setReading(true)
        guard phase != .closed else { return }
        guard isReusable, hadCall, failure == nil, buffer.readableBytes == 0 else { return close() }
        switch phase {
        // The bytes that were read with the response must first be known to be part of it.
        case .body: phase = .returning
        case .head where !hasFlushed && !isUnflushed: goIdle()
        default: close()
        }
    }

    func close() {
        isClosing = true
        call = nil
        // The Close frame of a WebSocket may not have been flushed.
        if phase == .tunnel { flush() }
        context?.close(promise: nil)
        if context == nil { phase = .closed }
    }

    private func goIdle() {
        phase = .idle
        isReused = true
        pool.release(self, keepAlive: keepAlive)
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive, !isEncrypted { succeed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        socket = nil
        // A channel that never became active does not become inactive.
        fail(toOpen: failure ?? .closed)
    }

    /// Reports that the connection could not be opened.
    func fail(toOpen failure: UpstreamFailure) {
        opened?.fail(failure)
        opened = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isEncrypted { succeed() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    private func succeed() {
        socket = try? context?.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            $0
        }
        opened?.succeed()
        opened = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // A reset that arrives with the response is told by what could not be sent.
        if isUnflushed, hasFlushed, phase == .head || phase == .body { flush() }
        switch phase {
        case .idle, .returning, .closed:
            // Unsolicited bytes: the connection cannot be trusted.
            if phase != .closed { loop.count(.strayBytes) }
            phase = .closed
            pool.remove(self)
            context.close(promise: nil)
        case .head where !hasFlushed:
            loop.count(.strayBytes)
            failure = .closed
            context.close(promise: nil)
        case .tunnel: receiveData(bytes)
        case .head, .body:
            if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
            process(context)
            // A channel that is closed during its read does not report the read as complete.
            if isClosing { loop.flush() }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        call?.handle(.responseReadComplete)
        if phase == .returning {
            if context.channel.isActive { goIdle() }
        }
        loop.flushSoon()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !isUnflushed {
            updateWritability()
            loop.flush()
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil {
            failure = opened != nil ? UpstreamFailure(error) : .closed
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        socket = nil
        let wasOpen = phase != .closed
        let isWhole = phase == .body && failure == nil && !hasLostRequest && body.close()
        // Once a response has begun, the request must not be replayed on another connection.
        let isWithinHead = phase == .head && buffer.readableBytes > 0
        let call = self.call
        self.call = nil
        phase = .closed
        if wasOpen { pool.remove(self) }
        fail(toOpen: failure ?? .closed)
        if isWhole {
            call?.handle(.responseEnd(trailers: nil))
        } else {
            let failure = failure ?? .closed
            call?.handle(.upstreamClosed(failure == .closed && isWithinHead ? .closedWithin : failure))
        }
        loop.flush()
        context.fireChannelInactive()
    }

    // MARK: - Responses

    @exclusivity(unchecked) private var isProcessing = false

    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        reading: while let call {
            switch phase {
            case .head:
                switch parser.parse(&buffer, answering: method) {
                case .needsMore: break reading
                case .failed(let error):
                    fail(error, context)
                    break reading
                case .head(let head): receive(head, call)
                }
            case .body:
                guard readBody(call, context) else { break reading }
            case .idle, .returning, .tunnel, .closed: break reading
            }
        }
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    }

    private func receive(_ head: ResponseHead, _ call: ProxiedCall) {
        if !head.isInterim, !head.switchesProtocols {
            body = BodyReader(head.framing, of: .response)
            trailers = nil
            phase = .body
            keepAlive = head.keepAliveMilliseconds
            endsByClosing = head.framing == .untilClose
            if endsByClosing {
                let waiting = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
                hasLostRequest = (waiting ?? 0) > 0
            }
        }
        call.handle(.responseHead(head))
    }

    /// Reads the available bytes of the body; false, because no more can be read.
    private func readBody(_ call: ProxiedCall, _ context: ChannelHandlerContext) -> Bool {
        let base = buffer.readerIndex
        let count = buffer.readableBytes
        var index = 0
        var end: Int?
        reading: while true {
            switch buffer.withUnsafeReadableBytes({ body.next($0, from: &index) }) {
            case .payload(let range):
                if let slice = buffer.getSlice(at: base + range.lowerBound, length: range.count) {
                    call.handle(.responseContent(slice))
                }
            case .framing: break
            case .trailers(let range):
                guard let slice = buffer.getSlice(at: base + range.lowerBound, length: range.count) else { break }
                if trailers == nil { trailers = slice } else { trailers?.writeImmutableBuffer(slice) }
            case .end(let position):
                end = position
                break reading
            case .needsMore: break reading
            case .failed(let error):
                // The bytes before the fault belong to the client.
                if index > 0, self.call === call, phase == .body, let slice = buffer.readSlice(length: index) {
                    call.handle(.responseBytes(slice, isLast: false))
                }
                fail(error, context)
                return false
            }
        }
        // The call may have released the connection meanwhile.
        guard self.call === call, phase == .body else { return false }
        let isLast = end != nil
        if let slice = buffer.readSlice(length: end ?? count), slice.readableBytes > 0 {
            call.handle(.responseBytes(slice, isLast: isLast))
        }
        guard isLast, self.call === call, phase == .body else { return false }
        if buffer.readableBytes > 0 {
            loop.count(.strayBytes)
            failure = .closed
        }
        call.handle(.responseEnd(trailers: trailers))
        return false
    }

    private func fail(_ error: WireError, _ context: ChannelHandlerContext) {
        isClosing = true
        failure = .malformed(error.message)
        buffer = ByteBuffer()
        context.close(promise: nil)
    }

    private func receiveData(_ bytes: ByteBuffer) {
        guard let call else { return }
        if let closed = frames?.read(bytes, { call.handle(.message($0)) }), closed { call.handle(.sessionClosed) }
        call.handle(.upstreamData(bytes))
    }
}

extension ResponseHead {
    /// The idle time that the upstream allows (`Keep-Alive: timeout=5`), less a second for a request to get there.
    fileprivate var keepAliveMilliseconds: Int64? {
        guard let text = string(.keepAlive), let mark = text.lowercased().firstRange(of: "timeout=") else { return nil }
        let digits = text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard let seconds = Int64(digits), seconds < 1_000_000 else { return nil }
        return max(0, seconds * 1_000 - 1_000)
    }
}
