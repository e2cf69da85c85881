import OpenAIUsage

/// The state machine of a transfer, with events from the driver thread and from the caller.
struct CurlTransferState: Sendable {
    /// The pending actions of the driver thread.
    struct Actions: OptionSet, Sendable {
        let rawValue: UInt8

        /// Start the transfer.
        static let start = Actions(rawValue: 1)
        /// Resume receiving, sending or both.
        static let unpause = Actions(rawValue: 2)
        /// Remove the transfer, whatever its state.
        static let remove = Actions(rawValue: 4)
    }

    /// An event that a caller waits for.
    enum Interest: Sendable {
        case head
        case body
        /// The piece of the request's body that is being pulled has arrived, or is no longer needed.
        case pull
    }

    /// The next step of the task that pulls the request's body.
    enum PullStep: Sendable {
        /// Pull a piece.
        case pull
        case wait
        /// Stop pulling, for the moment or for good.
        case stop
    }

    /// The next step of a caller that reads the head or the body.
    enum Step<Value: Sendable>: Sendable {
        case value(Value)
        case wait
        case failure(TransportError)
    }

    /// The effect of a deadline that has passed.
    enum Due {
        case nothing
        case actions
        /// The transfer made no progress for too long, and has ended.
        case expiry
    }

    private enum End {
        case complete
        case failed(TransportError)
    }

    /// The interval in nanoseconds at which libcurl is resumed while it waits for the request's body.
    ///
    /// This is needed once the response has begun, since libcurl does not notice the response's end while it waits.
    private static let resumeInterval: Int64 = 100_000_000

    private var head = HeadCollector()
    private var isHeadTaken = false
    private var body: ResponseBuffer
    private(set) var upload: UploadBuffer
    private var end: End?
    /// True if the call was cancelled, abandoned or aborted, so that a head that has arrived is no longer delivered.
    private var isBroken = false
    /// The actions that the driver thread has not taken yet.
    private var actions: Actions = .start
    /// The monotonic time of the last progress, in nanoseconds.
    private var lastProgress: Int64
    private var lastResume: Int64 = 0
    private var isEndTaken = false
    /// True while the transfer waits for a connection, unknown to libcurl.
    private var isQueued = false
    /// True while a task of the caller pulls the request's body.
    private var isPulled = false

    init(upload: UploadBuffer, bufferLength: Int, at now: Int64) {
        self.upload = upload
        body = ResponseBuffer(limit: bufferLength)
        lastProgress = now
    }

    var hasOrders: Bool { !actions.isEmpty }

    // MARK: - The driver thread

    /// Returns the pending actions and clears them.
    mutating func takeOrders() -> Actions {
        defer { actions = [] }
        return actions
    }

    /// Called when the transfer has to wait for a connection.
    mutating func awaitConnection() { isQueued = true }

    /// Called when the transfer gets a connection after a wait.
    mutating func begin(at now: Int64) {
        isQueued = false
        lastProgress = now
    }

    /// Processes a line of a head; false ends the transfer.
    mutating func receive(headLine line: UnsafeBufferPointer<UInt8>, at now: Int64) -> Bool {
        guard end == nil else { return false }
        lastProgress = now
        switch head.receive(line) {
        case .goesOn: return true
        case .ends(let status):
            // libcurl stops sending the body after such a status.
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

    /// Buffers bytes of the body; false pauses the transfer until ``Actions/unpause``, `nil` ends it.
    mutating func receive(body bytes: UnsafeRawBufferPointer, at now: Int64) -> Bool? {
        guard end == nil else { return nil }
        lastProgress = now
        return body.receive(bytes)
    }

    /// Fills a buffer with bytes of the request's body; `nil` ends the transfer.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer, at now: Int64) -> UploadBuffer.Portion? {
        guard end == nil else { return nil }
        let portion = upload.read(into: buffer)
        if portion == .pause { lastResume = now } else { lastProgress = now }
        return portion
    }

    /// Restarts the request's body from its beginning; false if bytes that were sent are no longer buffered.
    mutating func rewind() -> Bool { upload.rewind() }

    /// Processes libcurl's result, unless the transfer has ended before.
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

    /// The time at which ``elapse(_:at:)`` has to be called, unless another event comes first; `nil` for none.
    func deadline(_ idleTimeout: Int64) -> Int64? {
        guard end == nil else { return nil }
        let isWaitedFor = body.isPaused || upload.isStarved && !upload.isOver
        var deadline: Int64?
        if !isWaitedFor {
            let (expiry, isOverflow) = lastProgress.addingReportingOverflow(idleTimeout)
            if !isOverflow { deadline = expiry }
        }
        if needsResume { deadline = min(deadline ?? .max, lastResume + Self.resumeInterval) }
        return deadline
    }

    /// Processes a deadline that has passed.
    mutating func elapse(_ idleTimeout: Int64, at now: Int64) -> Due {
        guard let deadline = deadline(idleTimeout), deadline <= now else { return .nothing }
        if needsResume, lastResume + Self.resumeInterval <= now {
            lastResume = now
            upload.unpause()
            actions.insert(.unpause)
            return .actions
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

    private var needsResume: Bool { upload.isStarved && head.isComplete && !body.isPaused }

    // MARK: - The caller

    /// Returns the next step of a caller that waits for the head.
    mutating func stepToHead() -> Step<(bytes: [UInt8], status: Int)> {
        if case .failed(let error) = end, isBroken || !head.isComplete { return .failure(error) }
        if head.isComplete, !isHeadTaken {
            isHeadTaken = true
            return .value((head.take(), head.status))
        }
        return .wait
    }

    /// Returns the next step of a caller that reads the body; the value `nil` is its end.
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

    /// True if a caller that waits for an interest can go on.
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

    /// Called when a task of the caller starts to pull the request's body.
    mutating func resumePulling() { isPulled = true }

    /// Stops that task, after the piece that it is pulling.
    mutating func pausePulling() { isPulled = false }

    /// The next step of the task that pulls.
    var pullStep: PullStep {
        guard isPulled, isUploading else { return .stop }
        return upload.isWanted ? .pull : .wait
    }

    /// Returns the next step of the task that pulls, and records that a pull has started.
    mutating func takePullStep() -> PullStep {
        let step = pullStep
        if step == .pull { upload.startPull() }
        return step
    }

    /// Appends a piece of the request's body.
    mutating func supply(_ piece: ArraySlice<UInt8>, at now: Int64) {
        settle(upload.receive(piece), at: now)
    }

    /// Marks the end of the request's body.
    mutating func endUpload(at now: Int64) {
        settle(upload.end(), at: now)
    }

    /// Called when the source of the request's body has thrown, or was cancelled with the caller's task.
    mutating func failUpload(_ error: any Error, isCancelled: Bool) {
        guard end == nil, !upload.isOver else { return }
        if isCancelled { return cancel() }
        abort(TransportError(.failed, "The request's body could not be read.", underlying: error))
    }

    /// Ends the transfer with an error, unless it has ended, and discards buffered bytes.
    mutating func abort(_ error: TransportError) {
        guard end == nil else { return }
        actions.insert(.remove)
        interrupt(error)
    }

    /// Ends the transfer with a cancellation error, unless the caller has already received its end.
    mutating func cancel() {
        let error = TransportError(.cancelled, "The call was cancelled.", underlying: CancellationError())
        abort(error)
        if case .complete = end, !isEndTaken { interrupt(error) }
    }

    /// Ends the transfer and discards all buffered bytes, after its caller has released it.
    mutating func abandon() {
        abort(TransportError(.cancelled, "The call was abandoned."))
        body.drop()
    }

    // MARK: - Transitions

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
        actions.insert(.unpause)
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
