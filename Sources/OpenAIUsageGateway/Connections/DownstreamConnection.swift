import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A client's connection: turns its requests into calls, one at a time.
///
/// Bytes behind a request are buffered, up to a limit, until that request's response has been written.
final class DownstreamConnection: ChannelInboundHandler, TimedItem {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Between two calls, or within the head of the next.
        case head
        /// Within the body of a request.
        case body
        /// The request is complete, and its response is not.
        case response
        case tunnel
        /// The connection is closing, and received bytes are discarded.
        case discarding
    }

    /// The longest silence of a client before its connection is closed, after a request that was not read to its end, in
    /// milliseconds.
    ///
    /// Many clients read no response before they have sent their request, and a reset would discard it.
    private static let lingering: Int64 = 2_000
    /// The longest time for that in all, in milliseconds.
    private static let longestLingering: Int64 = 30_000
    /// The most bytes that are discarded in that time.
    private static let lingeringBytes = 1 << 30
    /// The most bytes that are buffered behind a request.
    private static let waitingBytes = 64 << 10

    private let loop: DataPlaneLoop
    // Accessed on the loop's thread only, and no access spans a call to anything else.
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var buffer = ByteBuffer()
    @exclusivity(unchecked) private var unsent = UnsentBytes()
    @exclusivity(unchecked) private var parser: RequestParser
    @exclusivity(unchecked) private var body = BodyReader(.none)
    @exclusivity(unchecked) private var trailers: ByteBuffer?
    @exclusivity(unchecked) private var phase = Phase.head
    @exclusivity(unchecked) private var call: ProxiedCall?
    @exclusivity(unchecked) private var isProcessing = false
    private var hasEnded = false
    private var requestEndedAt: Int64 = 0
    private var isWritable = true
    /// True from a write to its flush, which determines the writability.
    @exclusivity(unchecked) private var isUnflushed = false
    /// True while the call has paused its request.
    private var isHeldUp = false
    private var isReading = true
    private var discardedBytes = 0
    /// True once only the client's end is awaited.
    private var isLingering: Bool { lingeringEnd != nil }
    /// The time at which the wait for the client's end is over; `nil` before it has begun.
    private var lingeringEnd: Int64?
    /// The time at which the connection is closed unless something happens; `max` for never.
    @exclusivity(unchecked) private var deadline = Int64.max
    @exclusivity(unchecked) private var isTimed = false
    private var isHeadTimed = false

    init(loop: DataPlaneLoop) {
        self.loop = loop
        parser = RequestParser(limits: loop.headLimits)
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        waitForHead()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline = .max
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .discarding:
            discardedBytes += bytes.readableBytes
            if discardedBytes > Self.lingeringBytes { context.close(promise: nil) }
            if let lingeringEnd { deadline = min(lingeringEnd, LoopTimers.now + Self.lingering * 1_000_000) }
        case .tunnel:
            call?.handle(.clientData(bytes))
        default:
            if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
            process()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { end(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .discarding
        let call = self.call
        self.call = nil
        call?.clientClosed()
        loop.flush()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Handles the client's half-close.
    private func end(_ context: ChannelHandlerContext) {
        hasEnded = true
        switch phase {
        case .response where LoopTimers.now - requestEndedAt <= loop.configuration.halfCloseMilliseconds * 1_000_000:
            // The half-close follows the buffered requests, so that it belongs to the last one.
            if buffer.readableBytes == 0 { call?.handle(.clientEnded) }
        case .response:
            flush()
            context.close(promise: nil)
        // The last response may not have been sent in full.
        case .head: close(context, lingering: false)
        case .discarding where !isLingering: break
        case .body, .tunnel, .discarding:
            flush()
            context.close(promise: nil)
        }
        loop.flush()
    }

    // MARK: - Requests

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while buffer.readableBytes > 0 || phase == .body {
            let isStuck: Bool
            switch phase {
            case .head: isStuck = !readHead()
            case .body: isStuck = !readBody()
            case .response, .tunnel, .discarding: isStuck = true
            }
            if isStuck { break }
        }
        if phase == .discarding { buffer = ByteBuffer() }
        // An incomplete request can never become complete; the response before it may not have been sent.
        if hasEnded, phase == .head || phase == .body, let context { close(context, lingering: false) }
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        updateReading()
    }

    /// Reads a head; false if it is incomplete or malformed.
    private func readHead() -> Bool {
        switch parser.parse(&buffer) {
        case .needsMore:
            waitForRestOfHead()
            return false
        case .failed(let error):
            refuse(error)
            return false
        case .head(let head):
            deadline = .max
            isHeadTimed = false
            begin(head)
            return true
        }
    }

    private func begin(_ head: RequestHead) {
        body = BodyReader(head.framing)
        phase = .body
        trailers = nil
        if let answer = GatewayAnswer.toLoadBalancer(head, isShuttingDown: loop.isShuttingDown) {
            guard body.isComplete else {
                write(answer)
                return complete(.linger)
            }
            write(answer)
            return complete(head.keepsAlive && !loop.isShuttingDown ? .keep : .close)
        }
        let admitted: ProxiedCall?
        do throws(AccessRejection) {
            admitted = try loop.makeCall(head, self)
        } catch {
            return refuse(error, isBodiless: head.method == .head)
        }
        guard let call = admitted else { return complete(.close) }
        self.call = call
        call.start()
        // A client that was blocked before the call began causes no event of its own.
        if !isWritable { call.handle(.clientWritable(false)) }
    }

    /// Rejects a request by the access rules; it gets no row, so that strangers cannot fill the ledger.
    private func refuse(_ rejection: AccessRejection, isBodiless: Bool) {
        loop.countEvent(rejection.event)
        loop.log.tell(.warning, "A request was refused.", code: rejection.code)
        write(
            GatewayAnswer.error(
                status: rejection.status,
                code: rejection.code,
                message: rejection.message,
                callID: nil,
                connection: .close,
                isBodiless: isBodiless
            )
        )
        complete(body.isComplete ? .close : .linger)
    }

    /// Reads the available bytes of the body; true at its end.
    private func readBody() -> Bool {
        guard let call else { return false }
        var end: Int?
        var failure: WireError?
        let base = buffer.readerIndex
        let count = buffer.readableBytes
        var index = 0
        reading: while true {
            let step = buffer.withUnsafeReadableBytes { body.next($0, from: &index) }
            switch step {
            case .payload(let range):
                if let slice = buffer.getSlice(at: base + range.lowerBound, length: range.count) {
                    call.handle(.requestContent(slice))
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
                failure = error
                break reading
            }
        }
        guard self.call === call, phase == .body else { return false }
        let length = end ?? count
        if failure == nil, length > 0, let slice = buffer.readSlice(length: length) {
            call.handle(.requestBytes(slice))
        }
        guard self.call === call, phase == .body else { return false }
        if let failure {
            buffer = ByteBuffer()
            call.handle(.requestFailed(failure))
            return false
        }
        guard end != nil else { return false }
        phase = .response
        requestEndedAt = LoopTimers.now
        call.endRequest(trailers: trailers)
        if hasEnded, phase == .response, buffer.readableBytes == 0 { self.call?.handle(.clientEnded) }
        return true
    }

    /// Answers a malformed request; it gets a row if a method and a path were read.
    private func refuse(_ error: WireError) {
        deadline = .max
        let bytes = buffer
        buffer = ByteBuffer()
        phase = .response
        if let line = error.line, let call = loop.makeRejectedCall(line, bytes, self) {
            self.call = call
            call.refuse(error)
            return
        }
        loop.count(.refused(code: error.code))
        write(
            GatewayAnswer.error(
                status: error.status,
                code: error.code,
                message: error.message,
                callID: nil,
                connection: .close,
                isBodiless: false
            )
        )
        complete(.linger)
    }

    // MARK: - Used by ProxiedCall

    func write(_ bytes: ByteBuffer) {
        guard context != nil else { return }
        if !isUnflushed {
            isUnflushed = true
            loop.needsFlush(self)
        }
        while !unsent.append(bytes) { writeUnsent() }
    }

    private func writeUnsent() {
        if let bytes = unsent.take() { context?.write(wrapOutboundOut(bytes), promise: nil) }
    }

    func flush() {
        loop.keepSubmitted()
        writeUnsent()
        isUnflushed = false
        context?.flush()
        updateWritability()
    }

    private func updateWritability() {
        guard let channel = context?.channel, channel.isWritable != isWritable else { return }
        isWritable.toggle()
        call?.handle(.clientWritable(isWritable))
    }

    /// True if the client has answered the written bytes with a reset.
    var isReset: Bool {
        guard let options = context?.channel.syncOptions else { return true }
        return (try? options.getOption(.socketOption(.so_error))) != 0
    }

    func beginTunnel() {
        phase = .tunnel
        guard buffer.readableBytes > 0 else { return }
        let bytes = buffer
        buffer = ByteBuffer()
        call?.handle(.clientData(bytes))
    }

    func setReading(_ isWanted: Bool) {
        isHeldUp = !isWanted
        updateReading()
    }

    private func updateReading() {
        let isWanted =
            phase == .discarding || !(isHeldUp || (phase == .response && buffer.readableBytes >= Self.waitingBytes))
        guard isWanted != isReading, let context else { return }
        isReading = isWanted
        try? context.channel.syncOptions?.setOption(.autoRead, value: isWanted)
    }

    /// Handles the end of the call's response.
    func complete(_ fate: ClientConnectionFate) {
        call = nil
        isHeldUp = false
        guard let context else { return }
        switch fate {
        case .keep where !loop.isShuttingDown && (!hasEnded || buffer.readableBytes > 0):
            phase = .head
            waitForHead()
            process()
        case .keep, .close: close(context, lingering: false)
        case .linger: close(context, lingering: true)
        case .cut: close(context, lingering: false)
        case .reset:
            phase = .discarding
            flush()
            // With a linger time of 0 the close becomes a reset, which no client mistakes for an end.
            guard let options = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated()
                .whenComplete { _ in context.close(promise: nil) }
        }
    }

    func closeWhenIdle() {
        if let call { return call.makeLast() }
        if isLingering { context?.close(promise: nil) }
        if phase == .head, let context { close(context, lingering: false) }
    }

    func abort() {
        let call = self.call
        self.call = nil
        call?.handle(.abort)
        flush()
        context?.close(promise: nil)
    }

    /// Closes the connection for writing once everything written has been sent, however slowly the client reads, then for
    /// reading.
    private func close(_ context: ChannelHandlerContext, lingering: Bool) {
        guard phase != .discarding else { return }
        phase = .discarding
        buffer = ByteBuffer()
        updateReading()
        deadline = LoopTimers.now + loop.limits.writeMilliseconds * 1_000_000
        time(loop.limits.writeMilliseconds)
        loop.keepSubmitted()
        writeUnsent()
        let written = loop.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard let self, let context = self.context else { return }
            guard lingering, !self.hasEnded else { return context.close(promise: nil) }
            if self.loop.isShuttingDown { return context.close(promise: nil) }
            let now = LoopTimers.now
            self.lingeringEnd = now + Self.longestLingering * 1_000_000
            context.close(mode: .output, promise: nil)
            self.deadline = now + Self.lingering * 1_000_000
            self.time(Self.lingering)
        }
    }

    // MARK: - Time

    private func waitForHead() {
        isHeadTimed = false
        deadline = LoopTimers.now + loop.limits.keepAliveMilliseconds * 1_000_000
        if !isTimed { time(loop.limits.keepAliveMilliseconds) }
    }

    private func waitForRestOfHead() {
        guard !isHeadTimed else { return }
        isHeadTimed = true
        deadline = LoopTimers.now + loop.limits.headMilliseconds * 1_000_000
        time(loop.limits.headMilliseconds)
    }

    private func time(_ milliseconds: Int64) {
        isTimed = true
        loop.timers.schedule(after: milliseconds, self, 0)
    }

    func isWaiting(_ token: Int) -> Bool { context != nil }

    func timerFired(_ token: Int) {
        isTimed = false
        guard let context, deadline != .max else { return }
        let rest = deadline - LoopTimers.now
        guard rest <= 0 else { return time(max(1, rest / 1_000_000)) }
        deadline = .max
        switch phase {
        case .head where parser.isInsideHead:
            loop.count(.refused(code: "request_timeout"))
            loop.count(.limit(.headTimeout))
            write(
                GatewayAnswer.error(
                    status: 408,
                    code: "request_timeout",
                    message: "The request's head did not come in time.",
                    callID: nil,
                    connection: .close,
                    isBodiless: false
                )
            )
            close(context, lingering: true)
        case .head:
            loop.count(.limit(.keepAlive))
            close(context, lingering: false)
        default: context.close(promise: nil)
        }
        loop.flush()
    }
}
