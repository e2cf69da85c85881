import CCurl
import OpenAIUsage
import Synchronization

/// A transfer between its caller and the driving thread: the state they share, and the caller's wait for it.
final class CurlTransfer: Sendable {
    private struct Shared {
        var state: CurlTransferState
        var waiter: (interest: CurlTransferState.Interest, continuation: CheckedContinuation<Void, Never>)?
        /// Whether the mailbox has it.
        var isPosted = false

        /// Takes the waiter if there is something for it.
        mutating func takeReadyWaiter() -> CheckedContinuation<Void, Never>? {
            guard let (interest, continuation) = waiter, state.isReady(for: interest) else { return nil }
            waiter = nil
            return continuation
        }
    }

    /// What the driving thread notes on it.
    let mark = CurlTransferMark()
    let handle: EasyHandle
    private let mailbox: CurlMailbox
    private let shared: Mutex<Shared>

    init(handle: EasyHandle, state: CurlTransferState, mailbox: CurlMailbox) {
        self.handle = handle
        self.mailbox = mailbox
        shared = Mutex(Shared(state: state))
    }

    // MARK: - The caller

    /// Begins, at once if it is nobody's turn.
    func start(_ loop: CurlLoop) throws(TransportError) {
        shared.withLock { $0.isPosted = true }
        switch mailbox.post(self, takesTurn: CurlLibrary.isReadyAtOnce) {
        case .refused: throw TransportError(.shutDown, "The transport is shut down.")
        case .isTaken: break
        case .turn: loop.begin()
        }
    }

    func stepToHead() -> CurlTransferState.Step<(bytes: [UInt8], status: Int)> {
        change { state, _ in state.stepToHead() }
    }

    func stepToBody() -> CurlTransferState.Step<[UInt8]?> {
        change { state, now in state.stepToBody(at: now()) }
    }

    func startPull() { change { state, _ in state.startPull() } }
    func supply(_ piece: ArraySlice<UInt8>) { change { state, now in state.supply(piece, at: now()) } }
    func endUpload() { change { state, now in state.endUpload(at: now()) } }
    func failUpload(_ error: any Error) { change { state, _ in state.failUpload(error) } }
    func cancel() { change { state, _ in state.cancel() } }
    func abandon() { change { state, _ in state.abandon() } }

    /// Waits until there is something to do; a caller that is cancelled ends the transfer.
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

    /// Changes the state, and tells the waiter and the driving thread what has come of it.
    @discardableResult
    private func change<Value: Sendable>(
        _ body: @Sendable (inout CurlTransferState, () -> Int64) -> Value
    ) -> Value {
        let (value, waiter, isDue) = shared.withLock { shared in
            let value = body(&shared.state) { SystemUsageClock().monotonicNanoseconds }
            let isDue = shared.state.hasOrders && !shared.isPosted
            if isDue { shared.isPosted = true }
            return (value, shared.takeReadyWaiter(), isDue)
        }
        waiter?.resume()
        if isDue { _ = mailbox.post(self, takesTurn: false) }
        return value
    }

    // MARK: - The driving thread

    func takeOrders() -> CurlTransferState.Orders {
        shared.withLock { shared in
            shared.isPosted = false
            return shared.state.takeOrders()
        }
    }

    /// Does what is due, and says what was.
    func elapse(_ idleTimeout: Int64, at now: Int64) -> CurlTransferState.Due {
        shared.withLock { $0.state.elapse(idleTimeout, at: now) }
    }

    func finish(_ error: TransportError?) { shared.withLock { $0.state.finish(error) } }

    func abort(_ error: TransportError) { shared.withLock { $0.state.abort(error) } }

    /// Wakes the caller if there is something for it, and says when something becomes due.
    func wake(_ idleTimeout: Int64) -> Int64? {
        let (waiter, deadline) = shared.withLock { ($0.takeReadyWaiter(), $0.state.deadline(idleTimeout)) }
        waiter?.resume()
        return deadline
    }

    func receive(headLine line: UnsafeBufferPointer<UInt8>) -> Bool {
        let line = LentBytes(UnsafeRawBufferPointer(line))
        let now = mark.touch(self)
        return shared.withLock { $0.state.receive(headLine: line.bytes.bindMemory(to: UInt8.self), at: now) }
    }

    func receive(body bytes: UnsafeRawBufferPointer) -> Bool? {
        let bytes = LentBytes(bytes)
        let now = mark.touch(self)
        return shared.withLock { $0.state.receive(body: bytes.bytes, at: now) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> UploadBuffer.Portion? {
        let buffer = LentBuffer(buffer)
        let now = mark.touch(self)
        return shared.withLock { $0.state.read(into: buffer.bytes, at: now) }
    }

    func rewind() -> Bool { shared.withLock { $0.state.rewind() } }
}

/// SAFETY: libcurl lends the bytes for the call that hands them over, and nothing keeps a pointer to them.
private struct LentBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}

/// SAFETY: libcurl lends the buffer for the call that hands it over, and nothing keeps a pointer to it.
private struct LentBuffer: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }
}
