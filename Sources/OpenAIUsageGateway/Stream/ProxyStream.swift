import NIOCore
import OpenAIUsage

/// One call on its way through the gateway, as a state machine.
///
/// Events go in, actions come out. The shell performs the actions after the state has changed, so that nothing re-enters.
/// Events may come in any order; every order ends with one record and all resources released:
///
///     request head -> body -> end         client: here -> half closed -> gone
///     idle -> connecting -> sent -> responding -> complete | failed
///                  ^----------+ (once on a fresh connection, once without what was added)
///     response -> barrier -> record committed -> last bytes -> next call
struct ProxyStream<Observer: CallObserver> {
    enum Request { case open, complete, abandoned }
    enum Phase { case idle, connecting, sent, responding, tunnel, complete, failed }
    enum Client { case here, halfClosed, gone }

    let request: RequestHead
    let observer: Observer
    let rules: StreamRules
    let target: Target
    let startedAt: Int64

    var requestState = Request.open
    var upstream = Phase.idle
    var client = Client.here
    var transformer: RequestTransformer
    var response = ResponseTransformer()
    var barrier = CommitBarrier()

    /// The time of the event that is being handled, in monotonic nanoseconds.
    var now: Int64
    var headReceivedAt: Int64 = 0
    var lastUpstreamActivity: Int64
    var lastClientActivity: Int64
    var clientBlockedSince: Int64?
    var isUpstreamWritable = true
    var readsClient = true
    var readsUpstream = true
    var keepsAlive: Bool
    var isReused = false
    /// True once the connection has delivered anything of a response.
    var hasResponse = false
    var hasReplayed = false
    /// The time at which the request was written to the upstream, in monotonic nanoseconds.
    var sentAt: Int64 = 0
    /// True once the client's own request is sent in place of one that the upstream rejected.
    var isResent = false
    var hasInFlightRow = false
    var isRecorded = false
    var isDelivered = false
    var isFinished = false
    /// The fate of the client's connection once the buffered bytes have been sent.
    var pendingCut: ClientConnectionFate?
    var drainedBytes = 0
    var isDraining = false
    var awaitsHalfClose = false
    var sessionIsClosed = false
    var goodbye: WebSocketCloseFrame?

    /// The destination of a call, and the credentials for it.
    struct Target {
        /// The upstream, for messages.
        var upstream: Upstream
        var route: RequestRoute
        /// The number of bytes of the client's path that the route's prefix replaces.
        var droppedPathBytes = 0
        /// Field lines with the gateway's own credentials.
        var credentials: [UInt8] = []
        /// The client's fields that they replace.
        var dropped = KnownFieldSet()
    }

    init(
        request: RequestHead,
        observer: Observer,
        target: Target,
        transformer: RequestTransformer,
        rules: StreamRules,
        isLastCall: Bool,
        at now: Int64
    ) {
        self.request = request
        self.observer = observer
        self.rules = rules
        self.transformer = transformer
        self.target = target
        keepsAlive = request.keepsAlive && !isLastCall
        startedAt = now
        self.now = now
        lastUpstreamActivity = now
        lastClientActivity = now
    }

    // MARK: - Queries

    /// True if the response has been sent in full, or never will be.
    var isOver: Bool { isFinished }
    var hasClient: Bool { client != .gone }
    /// True while more of the request is expected.
    var expectsRequest: Bool { requestState == .open }
    /// True while the response is read although its client has disconnected.
    var isReadOn: Bool { isDraining }

    var isStream: Bool {
        response.isEventStream || (response.head == nil && observer.asksForStream)
    }

    // MARK: - Events

    /// Makes the call the last one on its client's connection.
    mutating func makeLast() { keepsAlive = false }

    /// Starts the call.
    mutating func start(_ actions: inout [StreamAction]) {
        if request.expectsContinue { actions.append(.writeClient(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))) }
        actions.append(.arm(.watch, milliseconds: min(rules.inFlightRow, rules.watchInterval)))
        if !transformer.isCollecting { connect(&actions) }
    }

    /// Rejects a request that cannot be forwarded.
    mutating func refuse(_ error: WireError, _ actions: inout [StreamAction]) {
        requestState = .abandoned
        upstream = .failed
        answer(error, &actions)
    }

    /// Handles an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - now: The time, in monotonic nanoseconds.
    ///   - actions: The list to which actions are appended.
    mutating func handle(_ event: StreamEvent, at now: Int64, _ actions: inout [StreamAction]) {
        self.now = now
        guard !isFinished else { return release(event, &actions) }
        switch event {
        case .requestContent(let bytes):
            guard requestState == .open else { return }
            observer.receive(requestBody: bytes.readableBytesSpan)
            transformer.receive(content: bytes)
        case .requestBytes(let bytes): receiveRequest(bytes, now, &actions)
        case .requestEnd(let trailers): endRequest(trailers, now, &actions)
        case .requestFailed(let error): failRequest(error, &actions)
        case .clientEnded: endClient(&actions)
        case .clientClosed(let mayDrain): closeClient(mayDrain, &actions)
        case .clientWritable(let isWritable):
            clientBlockedSince = isWritable ? nil : clientBlockedSince ?? now
            updateReading(&actions)
        case .connected(let isReused): connected(isReused, now, &actions)
        case .connectFailed(let failure):
            guard upstream == .connecting else { return }
            failUpstream(failure, &actions)
        case .responseHead(let head): receive(head, now, &actions)
        case .responseContent(let bytes): receiveContent(bytes, now, &actions)
        case .responseBytes(let bytes, let isLast): receiveBytes(bytes, isLast, &actions)
        case .responseEnd(let trailers): endResponse(trailers, &actions)
        case .responseReadComplete: completeRead(&actions)
        case .upstreamClosed(let failure): closeUpstream(failure, now, &actions)
        case .upstreamWritable(let isWritable):
            isUpstreamWritable = isWritable
            // An upstream that accepts the request's bytes is not silent.
            lastUpstreamActivity = now
            updateReading(&actions)
        case .clientData(let bytes):
            guard upstream == .tunnel else { return }
            lastClientActivity = now
            goodbye?.pass(bytes, from: .client)
            actions.append(.writeUpstream(bytes))
        case .upstreamData(let bytes):
            guard upstream == .tunnel else { return }
            lastUpstreamActivity = now
            goodbye?.pass(bytes, from: .server)
            if hasClient { actions.append(.writeClient(bytes)) }
        case .message(let bytes): observer.receive(message: bytes.readableBytesSpan)
        case .sessionClosed: sessionIsClosed = true
        case .committed(let generation): releaseBarrier(generation, &actions)
        case .deadline(let deadline): reach(deadline, now, &actions)
        case .abort: abort(&actions)
        }
    }

    /// Handles an event after the end: a connection that arrives too late returns to the pool.
    func release(_ event: StreamEvent, _ actions: inout [StreamAction]) {
        if case .connected = event { actions.append(.releaseUpstream(isReusable: true)) }
    }

    // MARK: - The request

    mutating func receiveRequest(_ bytes: ByteBuffer, _ now: Int64, _ actions: inout [StreamAction]) {
        guard requestState == .open else { return }
        lastClientActivity = now
        let wasCollecting = transformer.isCollecting
        transformer.receive(bytes)
        if wasCollecting, !transformer.isCollecting { connect(&actions) }
        sendReady(&actions)
    }

    mutating func endRequest(_ trailers: ByteBuffer?, _ now: Int64, _ actions: inout [StreamAction]) {
        guard requestState == .open else { return }
        requestState = .complete
        lastClientActivity = now
        lastUpstreamActivity = max(lastUpstreamActivity, now)
        let wasCollecting = transformer.isCollecting
        transformer.end(trailers: trailers)
        if let note = transformer.note, observer.lacksUsageOption { tell(note, &actions) }
        if wasCollecting { connect(&actions) }
        sendReady(&actions)
    }

    mutating func failRequest(_ error: WireError, _ actions: inout [StreamAction]) {
        guard requestState == .open else { return }
        requestState = .abandoned
        keepsAlive = false
        dropUpstream(&actions)
        switch upstream {
        case .responding:
            upstream = .failed
            record(.clientDisconnected, &actions)
            cut(&actions)
        case .idle, .connecting, .sent:
            upstream = .failed
            answer(error, &actions)
        // The response is complete, or an answer was sent already.
        case .complete, .failed, .tunnel: break
        }
    }

    mutating func connect(_ actions: inout [StreamAction], isFresh: Bool = false) {
        guard upstream == .idle || upstream == .sent else { return }
        upstream = .connecting
        actions.append(.connect(isFresh: isFresh))
    }

    mutating func connected(_ isReused: Bool, _ now: Int64, _ actions: inout [StreamAction]) {
        guard upstream == .connecting, hasClient else {
            actions.append(.releaseUpstream(isReusable: true))
            return
        }
        upstream = .sent
        self.isReused = isReused
        hasResponse = false
        isUpstreamWritable = true
        lastUpstreamActivity = now
        sentAt = now
        if !readsUpstream { actions.append(.readUpstream(false)) }
        var rewrite = RequestRewrite()
        rewrite.droppedPathBytes = target.droppedPathBytes
        rewrite.wantsIdentity = transformer.isRewritten
        rewrite.passesUpgrade = request.upgradesToWebSocket
        rewrite.dropped = target.dropped
        rewrite.added = target.credentials
        if let length = transformer.length { rewrite.body = .length(length) }
        var head = ByteBuffer()
        HeadWriter.write(request, to: target.route, rewrite, into: &head)
        actions.append(.writeUpstream(head))
        for bytes in transformer.take() { actions.append(.writeUpstream(bytes)) }
        if !isResent, !hasReplayed { observer.add(gatewayNanoseconds: now - startedAt) }
        updateReading(&actions)
    }

    mutating func sendReady(_ actions: inout [StreamAction]) {
        if upstream == .sent || upstream == .responding {
            for bytes in transformer.take() { actions.append(.writeUpstream(bytes)) }
        }
        updateReading(&actions)
    }

    // MARK: - The response

    mutating func receive(_ head: ResponseHead, _ now: Int64, _ actions: inout [StreamAction]) {
        guard upstream == .sent else { return }
        lastUpstreamActivity = now
        hasResponse = true
        if head.isInterim {
            guard hasClient, !request.isHTTP10, head.status != 100 || !request.expectsContinue else { return }
            var bytes = ByteBuffer()
            HeadWriter.write(head, into: &bytes)
            actions.append(.writeClient(bytes))
            return
        }
        if head.switchesProtocols { return beginTunnel(head, &actions) }
        headReceivedAt = observer.instant
        response.begin(head, strips: transformer.isRewritten)
        guard response.isInspecting else { return beginResponse(&actions) }
        if head.isLabeledEventStream, head.present.contains(.contentLength) {
            actions.append(.arm(.streamHeadGrace, milliseconds: rules.streamHeadGrace))
        }
    }

    /// Sends the response's head, and discards what a retry would need.
    mutating func beginResponse(_ actions: inout [StreamAction]) {
        guard let head = response.head else { return }
        upstream = .responding
        observer.receive(head, at: headReceivedAt)
        transformer.settle()
        if isResent, head.status < 400 { actions.append(.note(.refusesUsage(model: transformer.model))) }
        response.decideFraming(isHTTP10: request.isHTTP10)
        guard hasClient else { return }
        var rewrite = ResponseRewrite()
        switch response.framing {
        case .asReceived: break
        case .chunked: rewrite.body = .chunked
        case .untilClose:
            rewrite.body = .untilClose
            keepsAlive = false
        }
        if response.isRewritten { rewrite.dropped.insert(.contentEncoding) }
        rewrite.connection = keepsAlive ? (request.isHTTP10 ? .keepAlive : .unsaid) : .close
        var bytes = ByteBuffer()
        HeadWriter.write(head, rewrite, into: &bytes)
        // The response consists of its head alone.
        if rules.waitsForCommit, head.framing == .none || head.framing == .length(0) { barrier.arm() }
        deliver(bytes, &actions)
    }

    mutating func receiveContent(_ bytes: ByteBuffer, _ now: Int64, _ actions: inout [StreamAction]) {
        lastUpstreamActivity = now
        switch upstream {
        case .sent where response.isInspecting:
            response.inspect(content: bytes)
            if response.isRefusal, resend(&actions) { return }
            if !response.isInspecting { endInspection(&actions) }
        case .responding:
            observe(bytes)
            if isDraining {
                drainedBytes += bytes.readableBytes
                if drainedBytes > rules.disconnectBytes { endReadingOn(.drainSize, &actions) }
                return
            }
            guard response.framing != .asReceived else { return }
            relay(response.rewrite(bytes), &actions)
        default: break
        }
    }

    mutating func receiveBytes(_ bytes: ByteBuffer, _ isLast: Bool, _ actions: inout [StreamAction]) {
        switch upstream {
        case .sent where response.isInspecting: response.hold(bytes)
        case .responding where response.framing == .asReceived:
            if isLast, rules.waitsForCommit { barrier.arm() }
            if hasClient { deliver(bytes, &actions) }
        default: break
        }
    }

    mutating func observe(_ bytes: ByteBuffer) {
        observer.receive(body: bytes.readableBytesSpan)
        if rules.waitsForCommit, observer.isTerminated { barrier.arm() }
    }

    /// Sends what was buffered of the response during the inspection.
    mutating func endInspection(_ actions: inout [StreamAction]) {
        beginResponse(&actions)
        let content = response.takeHeldContent()
        for bytes in content { observe(bytes) }
        let held = response.takeHeld()
        if response.isRewritten {
            relay(response.takeOutput(), &actions)
        } else if response.framing == .asReceived {
            for bytes in held where hasClient { deliver(bytes, &actions) }
        } else {
            for bytes in content { relay(bytes, &actions) }
        }
    }

    /// Sends content in the client's framing.
    mutating func relay(_ content: ByteBuffer?, _ actions: inout [StreamAction]) {
        guard hasClient else { return }
        if let content, content.readableBytes > 0 {
            if response.framing == .chunked {
                deliver(ByteBuffer(string: String(content.readableBytes, radix: 16) + "\r\n"), &actions)
                deliver(content, &actions)
                deliver(ByteBuffer(string: "\r\n"), &actions)
            } else {
                deliver(content, &actions)
            }
        }
        guard response.isBroken else { return }
        dropUpstream(&actions)
        if upstream == .responding {
            upstream = .failed
            record(.cut, &actions)
            cut(&actions)
        }
    }

    mutating func endResponse(_ trailers: ByteBuffer?, _ actions: inout [StreamAction]) {
        if upstream == .sent, response.isInspecting {
            response.finishInspection()
            if response.isRefusal, resend(&actions) { return }
            endInspection(&actions)
        }
        guard upstream == .responding else { return }
        // Servers that reject an upgrade may nevertheless stop reading on the connection.
        let isReusable =
            requestState == .complete && (response.head?.keepsAlive ?? false) && !request.upgradesToWebSocket
        actions.append(.releaseUpstream(isReusable: isReusable))
        let rest = response.finish()
        if response.isBroken, hasClient {
            upstream = .failed
            record(.cut, &actions)
            cut(&actions)
            return
        }
        upstream = .complete
        if rules.waitsForCommit { barrier.arm() }
        if hasClient {
            relay(rest, &actions)
            if response.framing == .chunked {
                deliver(ByteBuffer(string: "0\r\n"), &actions)
                if let trailers { deliver(trailers, &actions) }
                deliver(ByteBuffer(string: "\r\n"), &actions)
            }
        }
        if client == .halfClosed, !isRecorded {
            // Only its reaction to more bytes tells a client that has disconnected from one that half-closed.
            awaitsHalfClose = true
            // The end of the response waits for the record with the outcome.
            barrier.forget()
            if let probe = barrier.releaseProbe() { actions.append(.writeClient(probe)) }
            actions.append(.arm(.halfCloseGrace, milliseconds: rules.halfCloseGrace))
            return
        }
        conclude(&actions)
    }

    /// Records a complete response, and releases its end.
    mutating func conclude(_ actions: inout [StreamAction]) {
        awaitsHalfClose = false
        record(hasClient ? .completed : .clientDisconnected, &actions)
        guard hasClient else { return finish(&actions) }
        if !barrier.bufferEnd() { completeResponse(&actions) }
    }

    mutating func completeRead(_ actions: inout [StreamAction]) {
        if upstream == .sent, response.pause() { endInspection(&actions) }
        // The event that ends a stream is buffered although the body continues: it is sent once an in-flight record is kept.
        if barrier.isArmed, !barrier.isAwaited, !isRecorded, !awaitsHalfClose, hasClient {
            let generation = awaitCommit(&actions)
            hasInFlightRow = true
            actions.append(.recordInFlight(generation: generation))
        }
    }

    /// Sends the client's own request in place of the one that the upstream rejected; false if that is not possible.
    mutating func resend(_ actions: inout [StreamAction]) -> Bool {
        guard upstream == .sent, hasClient, requestState == .complete else { return false }
        actions.append(.releaseUpstream(isReusable: false))
        isResent = true
        response = ResponseTransformer()
        tell(.refused, &actions)
        transformer.restore()
        connect(&actions)
        return true
    }

    mutating func tell(_ note: IncludeUsage.Note, _ actions: inout [StreamAction]) {
        observer.note(note)
        actions.append(.note(.usageNotAsked(note)))
    }

    // MARK: - Upgrades

    mutating func beginTunnel(_ head: ResponseHead, _ actions: inout [StreamAction]) {
        guard request.upgradesToWebSocket, requestState == .complete, hasClient else {
            actions.append(.releaseUpstream(isReusable: false))
            return failUpstream(.malformed("a change of protocol that was not asked for"), &actions)
        }
        upstream = .tunnel
        keepsAlive = false
        transformer.settle()
        observer.receive(head, at: observer.instant)
        var bytes = ByteBuffer()
        HeadWriter.write(head, into: &bytes)
        actions.append(.writeClient(bytes))
        goodbye = WebSocketCloseFrame()
        actions.append(.beginTunnel)
    }
}
