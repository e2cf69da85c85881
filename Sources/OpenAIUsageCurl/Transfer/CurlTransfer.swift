import CCurl
import OpenAIUsage
import Synchronization

/// A transfer between its caller and the driver thread: their shared state, and the continuations that wait for it.
final class CurlTransfer: Sendable {
    private struct Shared {
        var state: CurlTransferState
        var waiter: (interest: CurlTransferState.Interest, continuation: CheckedContinuation<Void, Never>)?
        /// The task that pulls the request's body, while it waits for room in the buffer.
        var puller: CheckedContinuation<Void, Never>?
        /// True if the transfer is in the command queue.
        var isPosted = false

        /// Removes and returns the continuations that can go on.
        mutating func takeReady() -> Ready {
            var ready = Ready()
            if let (interest, continuation) = waiter, state.isReady(for: interest) {
                waiter = nil
                ready.waiter = continuation
            }
            if let continuation = puller, state.pullStep != .wait {
                puller = nil
                ready.puller = continuation
            }
            return ready
        }
    }

    /// The continuations to resume, outside the lock.
    private struct Ready {
        var waiter: CheckedContinuation<Void, Never>?
        var puller: CheckedContinuation<Void, Never>?

        func wake() {
            waiter?.resume()
            puller?.resume()
        }
    }

    /// The loop's notes.
    let mark = CurlTransferMark()
    let handle: EasyHandle
    /// The origin for which the connection is counted; `nil` if libcurl counts it.
    let origin: String?
    private let commandQueue: CommandQueue
    private let shared: Mutex<Shared>

    init(handle: EasyHandle, origin: String?, state: CurlTransferState, commandQueue: CommandQueue) {
        self.handle = handle
        self.origin = origin
        self.commandQueue = commandQueue
        shared = Mutex(Shared(state: state))
    }

    // MARK: - The caller

    /// Starts the transfer, on the caller's thread if the driver role is free.
    func start(_ loop: CurlLoop) throws(TransportError) {
        shared.withLock { $0.isPosted = true }
        switch commandQueue.post(self, takesDriverRole: CurlLibrary.isReadyAtOnce) {
        case .refused: throw TransportError(.shutDown, "The transport is shut down.", isRequestUnsent: true)
        case .isTaken: break
        case .driverRole: loop.begin()
        }
    }

    func stepToHead() -> CurlTransferState.Step<(bytes: [UInt8], status: Int)> {
        change { state, _ in state.stepToHead() }
    }

    func stepToBody() -> CurlTransferState.Step<[UInt8]?> {
        change { state, now in state.stepToBody(at: now()) }
    }

    /// True while pieces of the request's body may have to be pulled.
    var isUploading: Bool { shared.withLock { $0.state.isUploading } }
    func resumePulling() { change { state, _ in state.resumePulling() } }
    func pausePulling() { change { state, _ in state.pausePulling() } }
    func supply(_ piece: ArraySlice<UInt8>) { change { state, now in state.supply(piece, at: now()) } }
    func endUpload() { change { state, now in state.endUpload(at: now()) } }
    func failUpload(_ error: any Error, isCancelled: Bool) {
        change { state, _ in state.failUpload(error, isCancelled: isCancelled) }
    }

    func cancel() { change { state, _ in state.cancel() } }
    func abandon() { change { state, _ in state.abandon() } }

    /// Waits until the interest is ready; cancellation ends the transfer, and thereby the wait.
    func wait(for interest: CurlTransferState.Interest, isolation: isolated (any Actor)? = #isolation) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                let isReady = shared.withLock { shared in
                    if shared.state.isReady(for: interest) { return true }
                    shared.waiter = (interest, continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Waits until a piece of the request's body is needed, and starts to pull it; false if no more pieces are needed.
    func beginPull() async -> Bool {
        while true {
            switch change({ state, _ in state.takePullStep() }) {
            case .pull: return true
            case .stop: return false
            case .wait:
                await withCheckedContinuation { continuation in
                    let isReady = shared.withLock { shared in
                        if shared.state.pullStep != .wait { return true }
                        shared.puller = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        }
    }

    /// Changes the state, resumes the continuations that can go on, and posts new actions to the driver thread.
    @discardableResult
    private func change<Value: Sendable>(
        _ body: @Sendable (inout CurlTransferState, () -> Int64) -> Value
    ) -> Value {
        let (value, ready, isDue) = shared.withLock { shared in
            let value = body(&shared.state) { SystemUsageClock().monotonicNanoseconds }
            let isDue = shared.state.hasOrders && !shared.isPosted
            if isDue { shared.isPosted = true }
            return (value, shared.takeReady(), isDue)
        }
        ready.wake()
        if isDue { _ = commandQueue.post(self, takesDriverRole: false) }
        return value
    }

    // MARK: - The driver thread

    func takeOrders() -> CurlTransferState.Actions {
        shared.withLock { shared in
            shared.isPosted = false
            return shared.state.takeOrders()
        }
    }

    /// Processes a deadline that has passed, and returns its effect.
    func elapse(_ idleTimeout: Int64, at now: Int64) -> CurlTransferState.Due {
        shared.withLock { $0.state.elapse(idleTimeout, at: now) }
    }

    /// Called when the transfer has to wait for a connection.
    func awaitConnection() { shared.withLock { $0.state.awaitConnection() } }

    /// Called when the transfer gets a connection after a wait.
    func begin(at now: Int64) { shared.withLock { $0.state.begin(at: now) } }

    func finish(_ error: TransportError?) { shared.withLock { $0.state.finish(error) } }

    func abort(_ error: TransportError) { shared.withLock { $0.state.abort(error) } }

    /// Resumes the caller if it can go on.
    ///
    /// - Returns: The next deadline of the transfer; `nil` for none.
    func wake(_ idleTimeout: Int64) -> Int64? {
        let (ready, deadline) = shared.withLock { ($0.takeReady(), $0.state.deadline(idleTimeout)) }
        ready.wake()
        return deadline
    }

    func receive(headLine line: UnsafeBufferPointer<UInt8>) -> Bool {
        let line = BorrowedBytes(UnsafeRawBufferPointer(line))
        let now = mark.touch(self)
        return shared.withLock { $0.state.receive(headLine: line.bytes.bindMemory(to: UInt8.self), at: now) }
    }

    func receive(body bytes: UnsafeRawBufferPointer) -> Bool? {
        let bytes = BorrowedBytes(bytes)
        let now = mark.touch(self)
        return shared.withLock { $0.state.receive(body: bytes.bytes, at: now) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> UploadBuffer.Portion? {
        let buffer = BorrowedBuffer(buffer)
        let now = mark.touch(self)
        return shared.withLock { $0.state.read(into: buffer.bytes, at: now) }
    }

    func rewind() -> Bool { shared.withLock { $0.state.rewind() } }
}

/// SAFETY: libcurl lends the bytes for the duration of a callback, and no pointer to them is kept.
private struct BorrowedBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}

/// SAFETY: libcurl lends the buffer for the duration of a callback, and no pointer to it is kept.
private struct BorrowedBuffer: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }
}
