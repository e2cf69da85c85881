import OpenAIUsage

/// All that is decided about a transfer, by events of the driving thread on one side and of the caller on the other.
struct CurlTransferState: Sendable {
    /// What the driving thread has to do for the transfer.
    struct Orders: OptionSet, Sendable {
        let rawValue: UInt8

        /// Begin it.
        static let start = Orders(rawValue: 1)
        /// Go on receiving, sending or both.
        static let unpause = Orders(rawValue: 2)
        /// Take it out, whatever its state.
        static let remove = Orders(rawValue: 4)
    }

    /// What a caller waits for.
    enum Interest: Sendable {
        case head
        case body
        /// The piece of the request's body that is being pulled, or that it is no longer needed.
        case pull
    }

    /// The next step of the task that pulls the request's body.
    enum PullStep: Sendable {
        /// Pull a piece.
        case pull
        case wait
        /// Pull no more, for now or at all.
        case stop
    }

    /// What a caller who wants the head, or more of the body, does next.
    enum Step<Value: Sendable>: Sendable {
        case value(Value)
        case wait
        case failure(TransportError)
    }

    /// What has become due.
    enum Due {
        case nothing
        case orders
        /// The transfer stood still for too long, and has ended.
        case expiry
    }

    private enum End {
        case complete
        case failed(TransportError)
    }

    /// How often libcurl is let ask again while it waits for a piece of the request's body although the response has begun:
    /// it does not see the response's end until then.
    private static let proddingInterval: Int64 = 100_000_000

    private var head = HeadCollector()
    private var isHeadTaken = false
    private var body: ResponseBuffer
    private(set) var upload: UploadBuffer
    private var end: End?
    /// Whether the caller has gone, or was told off, so that what waits is not handed over any more.
    private var isBroken = false
    /// What the driving thread has not done yet.
    private var orders: Orders = .start
    /// When a byte moved last.
    private var lastProgress: Int64
    private var lastProdding: Int64 = 0
    private var isEndTaken = false
    /// True while it waits for a connection, and libcurl does not know of it.
    private var isQueued = false
    /// True while a caller has a task that pulls the request's body.
    private var isPulled = false

    init(upload: UploadBuffer, bufferLength: Int, at now: Int64) {
        self.upload = upload
        body = ResponseBuffer(limit: bufferLength)
        lastProgress = now
    }

    var hasOrders: Bool { !orders.isEmpty }

    // MARK: - The driving thread

    /// Hands over what has to be done.
    mutating func takeOrders() -> Orders {
        defer { orders = [] }
        return orders
    }

    /// Notes that it waits for a connection.
    mutating func awaitConnection() { isQueued = true }

    /// Notes that it has a place for a connection.
    mutating func begin(at now: Int64) {
        isQueued = false
        lastProgress = now
    }

    /// Takes a line of a head; whether the transfer goes on.
    mutating func receive(headLine line: UnsafeBufferPointer<UInt8>, at now: Int64) -> Bool {
        guard end == nil else { return false }
        lastProgress = now
        switch head.receive(line) {
        case .goesOn: return true
        case .ends(let status):
            // libcurl sends nothing more of a body that the response has refused.
            if status >= 300, !upload.isSent { upload.giveUp() }
            return true
        case .isRepeated:
            end = .complete
            return false
        case .isTooLong:
            fail(.failed, "The response's head is longer than \(HeadCollector.limit) bytes.")
            return false
        case .isMalformed:
            fail(.connectionLost, "The server's answer is not HTTP.")
            return false
        }
    }

    /// Takes bytes of the body, or refuses them until ``Orders/unpause``; `nil` ends the transfer.
    mutating func receive(body bytes: UnsafeRawBufferPointer, at now: Int64) -> Bool? {
        guard end == nil else { return nil }
        lastProgress = now
        return body.receive(bytes)
    }

    /// Fills a buffer with bytes of the request's body; `nil` ends the transfer.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer, at now: Int64) -> UploadBuffer.Portion? {
        guard end == nil else { return nil }
        let portion = upload.read(into: buffer)
        if portion == .pause { lastProdding = now } else { lastProgress = now }
        return portion
    }

    /// Begins the request's body anew, if that is possible.
    mutating func rewind() -> Bool { upload.rewind() }

    /// Takes libcurl's verdict; the first end counts.
    mutating func finish(_ error: TransportError?) {
        guard end == nil else { return }
        if let error {
            end = .failed(error)
        } else if head.isComplete {
            end = .complete
        } else {
            fail(.connectionLost, "The connection ended without an answer.")
        }
        upload.giveUp()
    }

    /// When something becomes due, unless something happens before; `nil` if nothing does.
    func deadline(_ idleTimeout: Int64) -> Int64? {
        guard end == nil else { return nil }
        let isWaitedFor = body.isPaused || upload.isStarved && !upload.isOver
        var deadline: Int64?
        if !isWaitedFor {
            let (expiry, isOverflow) = lastProgress.addingReportingOverflow(idleTimeout)
            if !isOverflow { deadline = expiry }
        }
        if isProdded { deadline = min(deadline ?? .max, lastProdding + Self.proddingInterval) }
        return deadline
    }

    /// Does what has become due.
    mutating func elapse(_ idleTimeout: Int64, at now: Int64) -> Due {
        guard let deadline = deadline(idleTimeout), deadline <= now else { return .nothing }
        if isProdded, lastProdding + Self.proddingInterval <= now {
            lastProdding = now
            upload.unpause()
            orders.insert(.unpause)
            return .orders
        }
        if isQueued {
            fail(
                .timeout,
                """
                No connection became free for \(Duration.nanoseconds(idleTimeout)); see \
                CurlTransportConfiguration.maximumConnections, maximumConnectionsPerHost and idleTimeout.
                """
            )
            return .expiry
        }
        let what = head.isComplete ? "The response stood still" : "There was no answer"
        fail(.timeout, "\(what) for \(Duration.nanoseconds(idleTimeout)); see CurlTransportConfiguration.idleTimeout.")
        return .expiry
    }

    private var isProdded: Bool { upload.isStarved && head.isComplete && !body.isPaused }

    // MARK: - The caller

    /// What to do for the head.
    mutating func stepToHead() -> Step<(bytes: [UInt8], status: Int)> {
        if case .failed(let error) = end, isBroken || !head.isComplete { return .failure(error) }
        if head.isComplete, !isHeadTaken {
            isHeadTaken = true
            return .value((head.take(), head.status))
        }
        return .wait
    }

    /// What to do for more of the body, whose end is `nil`.
    mutating func stepToBody(at now: Int64) -> Step<[UInt8]?> {
        if !body.isEmpty {
            let (bytes, resumes) = body.take()
            if resumes { unpause(at: now) }
            return .value(bytes)
        }
        switch end {
        case .complete:
            isEndTaken = true
            return .value(nil)
        case .failed(let error): return .failure(error)
        case nil: return .wait
        }
    }

    /// Whether there is something to do for who waits.
    func isReady(for interest: Interest) -> Bool {
        if end != nil { return true }
        switch interest {
        case .head: return head.isComplete
        case .body: return !body.isEmpty
        case .pull: return !upload.isPulling || upload.isOver
        }
    }

    /// True while pieces of the request's body may have to be pulled.
    var isUploading: Bool { end == nil && upload.isOpen }

    /// Notes that a caller has a task that pulls the request's body.
    mutating func resumePulling() { isPulled = true }

    /// Lets that task end, once it has the piece that it is pulling.
    mutating func pausePulling() { isPulled = false }

    /// The next step of the task that pulls.
    var pullStep: PullStep {
        guard isPulled, isUploading else { return .stop }
        return upload.isWanted ? .pull : .wait
    }

    /// Returns the next step of the task that pulls, and counts on it.
    mutating func takePullStep() -> PullStep {
        let step = pullStep
        if step == .pull { upload.startPull() }
        return step
    }

    /// Takes a piece of the request's body.
    mutating func supply(_ piece: ArraySlice<UInt8>, at now: Int64) {
        settle(upload.receive(piece), at: now)
    }

    /// Takes the end of the request's body.
    mutating func endUpload(at now: Int64) {
        settle(upload.end(), at: now)
    }

    /// Notes that the source of the request's body has failed, or was cancelled with the caller's task.
    mutating func failUpload(_ error: any Error, isCancelled: Bool) {
        guard end == nil, !upload.isOver else { return }
        if isCancelled { return cancel() }
        abort(TransportError(.failed, "The request's body could not be read.", underlying: error))
    }

    /// Ends the transfer from this side, unless it has ended, and drops what waits.
    mutating func abort(_ error: TransportError) {
        guard end == nil else { return }
        orders.insert(.remove)
        interrupt(error)
    }

    /// Ends the transfer for the caller, unless the caller has seen its end.
    mutating func cancel() {
        let error = TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        abort(error)
        if case .complete = end, !isEndTaken { interrupt(error) }
    }

    /// Lets go of everything: there is no caller any more.
    mutating func abandon() {
        abort(TransportError(.cancelled, "The call was abandoned."))
        body.drop()
    }

    // MARK: - Inside

    private mutating func settle(_ problem: String?, at now: Int64) {
        guard end == nil else { return }
        if let problem {
            abort(TransportError(.invalidRequest, problem))
        } else if upload.isReady {
            upload.unpause()
            unpause(at: now)
        }
    }

    private mutating func unpause(at now: Int64) {
        guard end == nil else { return }
        lastProgress = now
        orders.insert(.unpause)
    }

    private mutating func interrupt(_ error: TransportError) {
        end = .failed(error)
        isBroken = true
        body.drop()
        upload.giveUp()
    }

    private mutating func fail(_ code: TransportError.Code, _ message: String) {
        end = .failed(TransportError(code, message))
        upload.giveUp()
    }
}
