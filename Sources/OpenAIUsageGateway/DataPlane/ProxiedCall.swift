import Logging
import NIOCore
import NIOHTTP1
import OpenAIUsage

/// One call on its way through the gateway, from the client's head to the last byte that is released.
///
/// It lives on one event loop, where both of its connections are. What happens in which order is decided by
/// ``RelayState``; this class carries it out.
final class ProxiedCall: UpstreamDelegate {
    private let loop: DataPlaneLoop
    private var handler: ProxyHandler?
    private let exchange: Exchange
    private let head: HTTPRequestHead
    private let startedAt = NIODeadline.now()
    private var state: RelayState
    private var upload: RequestUpload
    private var download = ResponseDownload()
    private var gate = ReleaseGate()
    private var ticket: UpstreamPool.Ticket?
    private var connection: UpstreamConnection?
    private var watchdog: Scheduled<Void>?
    private var lastActivity = NIODeadline.now()
    private var headReceivedAt: Int64 = 0
    private var hasOpenRow = false
    /// True once the client's own request is on its way in the place of one that the upstream has refused.
    private var isResent = false
    private var isSettled = false
    private var isCutting = false
    private var needsFlush = false

    init(head: HTTPRequestHead, handler: ProxyHandler, loop: DataPlaneLoop) {
        self.loop = loop
        self.handler = handler
        self.head = head
        let request = HeaderPolicy.observed(head, upstream: loop.configuration.upstream)
        exchange = Exchange(request: request, tags: [:], configuration: loop.exchanges, sink: loop.recorder)
        state = RelayState(keepsAlive: HeaderPolicy.keepsAlive(head))
        upload = RequestUpload(
            head: head,
            endpoint: exchange.endpoint,
            includesUsage: loop.configuration.includesUsage,
            requests: loop.usageRequests
        )
    }

    var endpoint: Endpoint { exchange.endpoint }

    private var configuration: GatewayConfiguration { loop.configuration }

    func start() {
        loop.started(self)
        if head.version != .http1_0, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            handler?.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            handler?.flush()
        }
        watch(.milliseconds(configuration.openRowMilliseconds))
        if !upload.isCollecting { connect() }
    }

    // MARK: - The client

    func clientReceived(body: ByteBuffer) {
        lastActivity = .now()
        exchange.receive(requestBody: body.readableBytesSpan)
        let wasCollecting = upload.isCollecting
        let pieces = upload.receive(body, hasConnection: connection != nil)
        if wasCollecting, !upload.isCollecting { connect() }
        send(pieces)
        if upload.isFull { handler?.pauseReading() }
    }

    func clientEnded(trailers: HTTPHeaders?) {
        state.requestEnded()
        let wasCollecting = upload.isCollecting
        let pieces = upload.end(trailers: trailers, hasConnection: connection != nil)
        if let reason = upload.note, exchange.lacksUsageOption { note(reason) }
        if wasCollecting { connect() }
        send(pieces)
    }

    func clientWritabilityChanged(isWritable: Bool) {
        if isWritable { connection?.resumeReading() } else { connection?.pauseReading() }
    }

    func clientClosed() {
        handler = nil
        if exchange.isTerminated, !gate.isHolding, !isSettled {
            // The client has the event that ends its stream, and went away as clients do then.
            settle(.completed)
            finish()
        }
        switch state.clientClosed() {
        case .nothing: finish()
        case .abort: end(.clientDisconnected)
        case .drain:
            connection?.resumeReading()
            let isStream = download.isEventStream || (download.head == nil && exchange.asksForStream)
            guard isStream else { return }
            guard configuration.drainMilliseconds > 0 else {
                end(.clientDisconnected)
                return
            }
            watchdog?.cancel()
            watchdog = loop.eventLoop.assumeIsolated().scheduleTask(
                in: .milliseconds(configuration.drainMilliseconds)
            ) { self.end(.clientDisconnected) }
        }
    }

    /// Ends the call as it stands, because the gateway itself ends.
    func abort() {
        handler = nil
        end(state.hasClient ? .cut : .clientDisconnected)
    }

    // MARK: - The upstream

    private func connect() {
        state.connecting()
        ticket = loop.pool.acquire { [self] result in
            ticket = nil
            switch result {
            case .failure(let failure): upstreamClosed(failure)
            case .success(let connection):
                guard state.connected() else {
                    loop.pool.takeBack(connection)
                    return
                }
                self.connection = connection
                connection.begin(self)
                connection.send(
                    head: HeaderPolicy.upstreamRequest(
                        upload.head,
                        to: configuration.upstream,
                        isRewritten: upload.isRewritten
                    )
                )
                lastActivity = .now()
                send(upload.takePending())
                connection.flush()
                if !isResent { exchange.add(gatewayNanoseconds: (NIODeadline.now() - startedAt).nanoseconds) }
                if connection.isWritable { handler?.resumeReading() }
            }
        }
    }

    private func send(_ pieces: [RequestUpload.Piece]) {
        guard let connection, !pieces.isEmpty else { return }
        for piece in pieces {
            switch piece {
            case .body(let body): connection.send(body: body)
            case .end(let trailers): connection.send(end: trailers)
            }
        }
        connection.flush()
        if !connection.isWritable { handler?.pauseReading() }
    }

    func upstreamWritabilityChanged(isWritable: Bool) {
        if isWritable { handler?.resumeReading() } else { handler?.pauseReading() }
    }

    func upstreamReceived(head: HTTPResponseHead) {
        lastActivity = .now()
        headReceivedAt = exchange.instant
        download.begin(head, request: self.head, strips: upload.isRewritten)
        if !download.isInspecting { beginResponse() }
    }

    /// Lets the response's head leave, and gives up what a second try would need.
    private func beginResponse() {
        guard let head = download.head else { return }
        state.responseStarted()
        exchange.receive(head: HeaderPolicy.observed(head), at: headReceivedAt)
        upload.settle()
        if isResent, head.status.code < 400 { rememberRefusal() }
        guard state.hasClient else { return }
        var response = HeaderPolicy.clientResponse(head, to: self.head, isRewritten: download.isRewritten)
        if !state.keepsAlive || loop.isShuttingDown { response.headers.add(name: "Connection", value: "close") }
        deliver(.head(response))
    }

    func upstreamReceived(body: ByteBuffer) {
        lastActivity = .now()
        guard download.isInspecting else {
            observe(body)
            relay(download.rewrite(body))
            return
        }
        download.inspect(body)
        if download.isRefusal, resend() { return }
        if !download.isInspecting { endInspection() }
    }

    /// Lets leave what was held of the response.
    private func endInspection() {
        beginResponse()
        let held = download.takeHeld()
        for body in held { observe(body) }
        if download.isRewritten {
            relay(download.takeOutput())
        } else {
            for body in held { relay(body) }
        }
    }

    private func observe(_ body: ByteBuffer) {
        exchange.receive(body: body.readableBytesSpan)
        let isLast = download.count(body.readableBytes)
        if configuration.durability != .buffered, isLast || exchange.isTerminated { gate.hold() }
    }

    private func relay(_ body: ByteBuffer?) {
        guard state.hasClient else { return }
        if let body { deliver(.body(.byteBuffer(body))) }
        if download.isBroken {
            breakOff()
        } else if let handler, !handler.isWritable {
            connection?.pauseReading()
        }
    }

    /// Ends a response that is not what it began as.
    private func breakOff() {
        connection?.abort()
        connection = nil
        if state.upstreamClosed() == .cut { cut(.cut) }
    }

    /// Sends the client's own request in the place of the one that the upstream has refused; false if nobody waits for it.
    private func resend() -> Bool {
        guard state.restarted() else { return false }
        connection?.abort()
        connection = nil
        isResent = true
        download = ResponseDownload()
        note(.refused)
        upload.restore()
        connect()
        return true
    }

    private func note(_ reason: IncludeUsage.Note) {
        exchange.note(reason)
        loop.recorder.usageNotAsked(reason)
    }

    private func rememberRefusal() {
        guard loop.usageRequests.remember(upload.model) else { return }
        loop.logger.notice(
            "The upstream refuses stream_options.include_usage: streams of this model pass as they are for 10 minutes, and without usage unless the upstream tells it by itself.",
            metadata: [
                "call_id": "\(exchange.id)", "endpoint": "\(endpoint.name)",
                "model": "\(upload.model.map { String($0.prefix(128)) } ?? "-")",
                "upstream": "\(configuration.upstream)",
            ]
        )
    }

    func upstreamReceivedEnd(trailers: HTTPHeaders?) {
        connection = nil
        if download.isInspecting {
            download.finishInspection()
            if download.isRefusal, resend() { return }
            endInspection()
        }
        let rest = download.finish()
        if download.isBroken, state.hasClient {
            relay(rest)
            return
        }
        state.responseEnded()
        if configuration.durability != .buffered { gate.hold() }
        if state.hasClient {
            if let rest { deliver(.body(.byteBuffer(rest))) }
            deliver(.end(trailers))
        }
        settle(state.hasClient ? .completed : .clientDisconnected)
    }

    func upstreamReadCompleted() {
        if download.pause() { endInspection() }
        // The event that ends a stream is held although the body goes on: what is known is kept before it leaves.
        if gate.isHolding, !gate.isPending, !isSettled, state.hasClient, let record = exchange.openRecord() {
            let generation = pend()
            loop.recorder.submitOpen(record, onCommit: releaser(generation))
        }
        if needsFlush {
            needsFlush = false
            handler?.flush()
        }
    }

    func upstreamClosed(_ failure: UpstreamFailure) {
        connection = nil
        abandonInspection()
        switch state.upstreamClosed() {
        case .nothing: break
        case .respond: respond(failure)
        case .cut: cut(.cut)
        case .end: end(.clientDisconnected)
        }
    }

    /// A response that is cut off while it is looked at leaves as it came, as far as it came.
    private func abandonInspection() {
        guard download.isInspecting else { return }
        download.abandonInspection()
        endInspection()
    }

    // MARK: - The end

    private func deliver(_ part: HTTPServerResponsePart) {
        if gate.take(part) { return }
        write(part)
    }

    private func write(_ part: HTTPServerResponsePart) {
        guard let handler else { return }
        handler.write(part)
        needsFlush = true
        if case .end = part {
            needsFlush = false
            handler.flush()
            self.handler = nil
            handler.finished(state.delivered())
            finish()
        }
    }

    /// Answers with an error of the gateway's own.
    private func respond(_ failure: UpstreamFailure) {
        loop.logger.warning(
            "A call failed at the gateway.",
            metadata: [
                "call_id": "\(exchange.id)", "error_code": "\(failure.code)",
                "endpoint": "\(endpoint.name)", "upstream": "\(configuration.upstream)",
            ]
        )
        if configuration.durability != .buffered { gate.hold() }
        let (head, body) = GatewayErrorBody.response(
            status: failure.status,
            code: failure.code,
            message: failure.message(configuration.upstream),
            callID: exchange.id.description,
            allocator: ByteBufferAllocator()
        )
        var response = head
        if !state.keepsAlive || state.request != .complete {
            response.headers.add(name: "Connection", value: "close")
        }
        deliver(.head(response))
        if self.head.method != .HEAD { deliver(.body(.byteBuffer(body))) }
        deliver(.end(nil))
        let ending: Ending = failure == .connectTimeout || failure == .responseTimeout ? .timeout : .unreachable
        settle(ending, errorType: GatewayErrorBody.type, errorCode: failure.code)
    }

    /// Ends a response that is not whole; what of it is held leaves first, as it would have without the gateway.
    private func cut(_ ending: Ending) {
        settle(ending)
        isCutting = gate.isHolding
        if !isCutting { closeCut() }
    }

    private func closeCut() {
        handler?.flush()
        handler?.cut()
        finish()
    }

    /// Ends a call that nobody waits for.
    private func end(_ ending: Ending) {
        ticket?.cancel()
        ticket = nil
        connection?.abort()
        connection = nil
        settle(ending)
        finish()
    }

    /// Hands the record on, once, and releases the response when it is kept.
    private func settle(_ ending: Ending, errorType: String? = nil, errorCode: String? = nil) {
        guard !isSettled else { return }
        isSettled = true
        watchdog?.cancel()
        watchdog = nil
        upload.settle()
        if download.isInspecting, let head = download.head {
            exchange.receive(head: HeaderPolicy.observed(head), at: headReceivedAt)
            for body in download.takeHeld() { exchange.receive(body: body.readableBytesSpan) }
        }
        guard let record = exchange.end(ending, errorType: errorType, errorCode: errorCode) else { return }
        if gate.isHolding, state.hasClient {
            loop.recorder.submit(record, onCommit: releaser(pend()))
        } else {
            loop.recorder.submit(record, onCommit: nil)
            if !state.hasClient || state.isDelivered { finish() }
        }
    }

    private func pend() -> Int {
        let generation = gate.pend()
        loop.eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(configuration.commitDeadlineMilliseconds)
        ) { [weak self] in
            guard let self, self.gate.isHolding, self.gate.generation == generation else { return }
            self.loop.recorder.releasedLate()
            self.release(generation)
        }
        return generation
    }

    private func releaser(_ generation: Int) -> @Sendable () -> Void {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        return { eventLoop.execute { bound.value.release(generation) } }
    }

    private func release(_ generation: Int) {
        guard let parts = gate.release(generation) else { return }
        for part in parts { write(part) }
        if isCutting {
            closeCut()
            return
        }
        if needsFlush {
            needsFlush = false
            handler?.flush()
        }
    }

    private var isFinished = false

    private func finish() {
        guard !isFinished, isSettled else { return }
        isFinished = true
        watchdog?.cancel()
        watchdog = nil
        loop.ended(self)
    }

    // MARK: - Time

    private func watch(_ delay: TimeAmount) {
        watchdog = loop.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.watched() }
    }

    private func watched() {
        watchdog = nil
        guard !isSettled else { return }
        if !hasOpenRow {
            hasOpenRow = true
            if let record = exchange.openRecord() { loop.recorder.submitOpen(record, onCommit: nil) }
        }
        let limit = TimeAmount.milliseconds(configuration.responseTimeoutMilliseconds)
        let silence = NIODeadline.now() - lastActivity
        // A client that reads slowly, or has not sent all, is not the upstream's silence.
        let waitsForUpstream = state.request == .complete && (handler?.isWritable ?? true)
        guard waitsForUpstream, silence >= limit else {
            watch(waitsForUpstream ? limit - silence : limit)
            return
        }
        timedOut()
    }

    private func timedOut() {
        ticket?.cancel()
        ticket = nil
        connection?.abort()
        connection = nil
        abandonInspection()
        switch state.upstreamClosed() {
        case .nothing: break
        case .respond: respond(.responseTimeout)
        case .cut: cut(.timeout)
        case .end: end(.clientDisconnected)
        }
    }
}
