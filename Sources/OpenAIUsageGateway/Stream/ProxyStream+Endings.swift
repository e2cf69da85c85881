import NIOCore
import OpenAIUsage

// The endings of a call: disconnects and failures, the record, the last bytes, and timeouts.
extension ProxyStream {
    // MARK: - Ends

    mutating func endClient(_ actions: inout [StreamAction]) {
        guard client == .here else { return }
        if requestState == .open || upstream == .tunnel { return closeClient(false, &actions) }
        if observer.isTerminated, !barrier.isArmed, upstream == .responding {
            // The client has the event that ends its stream, and waits for no more.
            isDelivered = true
            actions.append(.completeResponse(.close))
            return closeClient(true, &actions)
        }
        client = .halfClosed
        keepsAlive = false
    }

    mutating func closeClient(_ mayDrain: Bool, _ actions: inout [StreamAction]) {
        guard client != .gone else { return }
        client = .gone
        if observer.isTerminated, !barrier.isArmed, !isRecorded {
            // The client has the event that ends its stream, and disconnected as clients do then.
            record(.completed, &actions)
        }
        switch upstream {
        case .complete:
            if !isRecorded { record(.clientDisconnected, &actions) }
            finish(&actions)
        case .failed: finish(&actions)
        case .tunnel: end(sessionIsClosed ? .completed : .clientDisconnected, &actions)
        case .idle, .connecting: end(.clientDisconnected, &actions)
        case .sent, .responding:
            guard requestState == .complete else {
                requestState = .abandoned
                return end(.clientDisconnected, &actions)
            }
            updateReading(&actions)
            guard !isStream || rules.disconnectGrace > 0 else { return end(.clientDisconnected, &actions) }
            guard mayDrain else { return endReadingOn(.drains, &actions) }
            isDraining = true
            let grace = isStream ? rules.disconnectGrace : rules.plainDisconnectGrace
            actions.append(.arm(.disconnectGrace, milliseconds: grace))
        }
    }

    mutating func closeUpstream(_ failure: UpstreamFailure, _ now: Int64, _ actions: inout [StreamAction]) {
        switch upstream {
        case .idle, .connecting, .complete, .failed: return
        case .tunnel:
            upstream = .failed
            record(sessionIsClosed ? .completed : .cut, &actions)
            if hasClient { completeResponse(&actions) } else { finish(&actions) }
            return
        case .sent, .responding: break
        }
        if upstream == .sent, !hasResponse, isReused, !hasReplayed, failure == .closed, client == .here, mayReplay,
            now - sentAt <= Self.replayWindow, transformer.rewind()
        {
            hasReplayed = true
            lastUpstreamActivity = now
            observer.note("upstream-replay", "connection-closed")
            actions.append(.note(.replayed))
            connect(&actions, isFresh: true)
            return
        }
        failUpstream(failure, &actions)
    }

    /// The nanoseconds after a request was written within which a connection that was about to close reports it.
    ///
    /// An upstream that closes later has received the request, and may have executed, and billed, it.
    static var replayWindow: Int64 { 1_000_000_000 }

    var mayReplay: Bool {
        switch rules.replays {
        case .all: true
        case .none: false
        case .idempotent: request.method.isIdempotent || request.present.contains(.idempotencyKey)
        }
    }

    mutating func failUpstream(
        _ failure: UpstreamFailure,
        _ actions: inout [StreamAction],
        ending: TransportEnd = .cut
    ) {
        abandonInspection(&actions)
        let wasResponding = upstream == .responding
        guard upstream != .complete, upstream != .failed else { return }
        upstream = .failed
        guard hasClient else { return end(.clientDisconnected, &actions) }
        guard wasResponding else { return respond(failure, &actions) }
        record(ending, &actions)
        cut(&actions)
    }

    /// Sends a response that was cut off during its inspection as received, as far as it came.
    mutating func abandonInspection(_ actions: inout [StreamAction]) {
        guard upstream == .sent, response.isInspecting else { return }
        response.abandonInspection()
        endInspection(&actions)
    }

    mutating func abort(_ actions: inout [StreamAction]) {
        let ending: TransportEnd = client == .gone ? .clientDisconnected : .cut
        if hasClient, !isDelivered, upstream != .tunnel, endsByClosing {
            // The client would take the connection's end for that of the response.
            isDelivered = true
            actions.append(.completeResponse(.reset))
        }
        if upstream == .tunnel, let goodbye {
            if hasClient, let frame = goodbye.frame(from: .server) { actions.append(.writeClient(frame)) }
            if let frame = goodbye.frame(from: .client) { actions.append(.writeUpstream(frame)) }
        }
        client = .gone
        end(ending, &actions)
    }

    /// True if only the end of the connection shows the client the end of its response.
    var endsByClosing: Bool {
        switch response.framing {
        case .untilClose: true
        case .asReceived: response.head?.framing == .untilClose
        case .chunked: false
        }
    }

    /// Ends a call whose client has disconnected, because a limit forbids reading on.
    mutating func endReadingOn(_ limit: DataPlaneLimit, _ actions: inout [StreamAction]) {
        observer.note("gateway-limit", limit.rawValue)
        actions.append(.note(.limit(limit)))
        end(.clientDisconnected, &actions)
    }

    /// Ends a call whose client has disconnected.
    mutating func end(_ ending: TransportEnd, _ actions: inout [StreamAction]) {
        dropUpstream(&actions)
        if upstream != .complete { upstream = .failed }
        record(ending, &actions)
        finish(&actions)
    }

    mutating func dropUpstream(_ actions: inout [StreamAction]) {
        switch upstream {
        case .connecting: actions.append(.cancelConnect)
        case .sent, .responding, .tunnel: actions.append(.releaseUpstream(isReusable: false))
        case .idle, .complete, .failed: break
        }
    }

    /// Ends an incomplete response; its buffered bytes are sent first, as they would have been without the gateway.
    mutating func cut(_ actions: inout [StreamAction]) {
        guard hasClient else { return finish(&actions) }
        let fate: ClientConnectionFate = endsByClosing ? .reset : .cut
        guard barrier.isArmed else {
            isDelivered = true
            actions.append(.completeResponse(fate))
            return finish(&actions)
        }
        pendingCut = fate
    }

    /// Answers with an error that the gateway generates.
    mutating func respond(_ failure: UpstreamFailure, _ actions: inout [StreamAction]) {
        actions.append(.note(.failed(code: failure.code)))
        let ending: TransportEnd =
            switch failure {
            case .connectTimeout: .connectTimeout
            case .responseTimeout: .timeout
            // The provider may have executed the request.
            case .closed, .closedWithin, .malformed: .unanswered
            case .unreachable, .untrusted, .proxyUnreachable, .proxyRefused, .overloaded: .unreachable
            }
        respond(
            status: failure.status,
            code: failure.code,
            message: failure.message(target.upstream),
            ending,
            &actions
        )
    }

    /// Answers a rejected request.
    mutating func answer(_ error: WireError, _ actions: inout [StreamAction]) {
        actions.append(.note(.refused(code: error.code)))
        observer.receive(ownStatus: error.status)
        respond(status: error.status, code: error.code, message: error.message, .completed, &actions)
    }

    mutating func respond(
        status: Int,
        code: String,
        message: String,
        _ ending: TransportEnd,
        _ actions: inout [StreamAction]
    ) {
        guard hasClient else {
            record(ending, errorType: GatewayAnswer.errorType, errorCode: code, &actions)
            return finish(&actions)
        }
        if requestState != .complete { keepsAlive = false }
        if rules.waitsForCommit { barrier.arm() }
        let answer = GatewayAnswer.error(
            status: status,
            code: code,
            message: message,
            callID: observer.callID,
            connection: keepsAlive ? (request.isHTTP10 ? .keepAlive : .unsaid) : .close,
            isBodiless: request.method == .head
        )
        deliver(answer, &actions)
        record(ending, errorType: GatewayAnswer.errorType, errorCode: code, &actions)
        if !barrier.bufferEnd() { completeResponse(&actions) }
    }

    /// Delivers the record, once; buffered bytes are released when it is kept.
    mutating func record(
        _ ending: TransportEnd,
        errorType: String? = nil,
        errorCode: String? = nil,
        _ actions: inout [StreamAction]
    ) {
        guard !isRecorded else { return }
        isRecorded = true
        transformer.settle()
        if response.isInspecting, let head = response.head {
            observer.receive(head, at: headReceivedAt)
            for bytes in response.takeHeldContent() { observer.receive(body: bytes.readableBytesSpan) }
        }
        let generation = barrier.isArmed && hasClient ? awaitCommit(&actions) : nil
        actions.append(.record(ending, errorType: errorType, errorCode: errorCode, generation: generation))
    }

    mutating func finish(_ actions: inout [StreamAction]) {
        guard !isFinished, isRecorded, !hasClient || isDelivered else { return }
        isFinished = true
        actions.append(.finish)
    }

    // MARK: - Delivery

    mutating func deliver(_ bytes: ByteBuffer, _ actions: inout [StreamAction]) {
        if !barrier.buffer(bytes) { actions.append(.writeClient(bytes)) }
    }

    mutating func completeResponse(_ actions: inout [StreamAction]) {
        guard !isDelivered else { return }
        isDelivered = true
        let fate: ClientConnectionFate
        if requestState != .complete, upstream != .tunnel {
            fate = .linger
        } else {
            fate = keepsAlive && client == .here ? .keep : .close
        }
        actions.append(.completeResponse(fate))
        finish(&actions)
    }

    mutating func awaitCommit(_ actions: inout [StreamAction]) -> Int {
        let generation = barrier.await()
        actions.append(.arm(.commit(generation: generation), milliseconds: rules.commitDeadline))
        return generation
    }

    mutating func releaseBarrier(_ generation: Int, _ actions: inout [StreamAction]) {
        guard let released = barrier.release(generation), hasClient else { return }
        for bytes in released.buffers { actions.append(.writeClient(bytes)) }
        if let pendingCut {
            self.pendingCut = nil
            isDelivered = true
            actions.append(.completeResponse(pendingCut))
            finish(&actions)
        } else if released.isEnd {
            completeResponse(&actions)
        }
    }

    mutating func updateReading(_ actions: inout [StreamAction]) {
        let hasConnection = upstream == .sent || upstream == .responding || upstream == .tunnel
        let client = hasConnection ? isUpstreamWritable : !transformer.isFull
        if client != readsClient {
            readsClient = client
            // The silence of a side counts from when it is read again.
            if client { lastClientActivity = now }
            actions.append(.readClient(client))
        }
        let upstream = !hasClient || clientBlockedSince == nil
        if upstream != readsUpstream {
            readsUpstream = upstream
            if upstream { lastUpstreamActivity = now }
            actions.append(.readUpstream(upstream))
        }
    }

    // MARK: - Timeouts

    mutating func reach(_ deadline: StreamDeadline, _ now: Int64, _ actions: inout [StreamAction]) {
        switch deadline {
        case .watch: watch(now, &actions)
        case .commit(let generation):
            guard barrier.isArmed, barrier.isAwaited, barrier.generation == generation, hasClient else { return }
            actions.append(.note(.releasedLate))
            releaseBarrier(generation, &actions)
        case .disconnectGrace:
            guard isDraining else { return }
            endReadingOn(.drain, &actions)
        case .halfCloseGrace:
            guard awaitsHalfClose, upstream == .complete else { return }
            conclude(&actions)
        case .streamHeadGrace:
            if upstream == .sent, response.pause(isLate: true) { endInspection(&actions) }
        }
    }

    mutating func watch(_ now: Int64, _ actions: inout [StreamAction]) {
        guard !isRecorded || (hasClient && !isDelivered) else { return }
        func left(_ since: Int64, _ limit: Int64) -> Int64 { limit - (now - since) / 1_000_000 }
        // The call may meanwhile wait for something with an earlier deadline.
        var next = rules.watchInterval
        if !hasInFlightRow, !isRecorded {
            let rest = left(startedAt, rules.inFlightRow)
            if rest > 0 {
                next = min(next, rest)
            } else {
                hasInFlightRow = true
                actions.append(.recordInFlight(generation: nil))
            }
        }
        if let clientBlockedSince, hasClient {
            let rest = left(clientBlockedSince, rules.writeTimeout)
            guard rest > 0 else { return giveUpOnClient(&actions) }
            next = min(next, rest)
        }
        if requestState == .open, readsClient, upstream != .tunnel, hasClient {
            let rest = left(lastClientActivity, rules.requestBodyTimeout)
            guard rest > 0 else { return timeOutRequest(&actions) }
            next = min(next, rest)
        } else if upstream == .connecting || upstream == .sent || upstream == .responding, readsUpstream {
            let rest = left(lastUpstreamActivity, rules.responseTimeout)
            guard rest > 0 else {
                dropUpstream(&actions)
                return failUpstream(.responseTimeout, &actions, ending: .timeout)
            }
            next = min(next, rest)
        }
        actions.append(.arm(.watch, milliseconds: max(1, next)))
    }

    /// Ends a call whose client accepts nothing of its response.
    mutating func giveUpOnClient(_ actions: inout [StreamAction]) {
        observer.note("gateway-limit", DataPlaneLimit.writeTimeout.rawValue)
        actions.append(.note(.limit(.writeTimeout)))
        actions.append(.completeResponse(.reset))
        isDelivered = true
        client = .gone
        end(.clientDisconnected, &actions)
    }

    mutating func timeOutRequest(_ actions: inout [StreamAction]) {
        actions.append(.note(.limit(.bodyTimeout)))
        failRequest(
            WireError(408, "request_timeout", "The request's body did not come in time."),
            &actions
        )
    }
}
