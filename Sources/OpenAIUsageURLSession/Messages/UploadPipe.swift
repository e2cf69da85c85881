import Dispatch
import Foundation
import OpenAIUsage
import Synchronization

/// A pipe between the task that pulls a request's body and URLSession, whose reads can wait only by blocking a thread.
///
/// On Linux, that thread serves all sessions of the process, so a wait has a short limit.
final class UploadPipe: Sendable {
    private struct State {
        var buffer: UploadBuffer
        /// The reason why the body cannot be sent.
        var failure: TransportError?
        var isReaderWaiting = false
        var isPullerStopped = false
        var puller: CheckedContinuation<Void, Never>?
        var waiter: CheckedContinuation<Void, Never>?

        /// True if the puller can go on or has to stop.
        var isPullerDue: Bool { buffer.isWanted || !buffer.isOpen }

        /// True if the reader can go on or has to stop.
        var isReaderDue: Bool { buffer.isReady || buffer.isOver }
    }

    /// The parties to wake, outside the lock.
    private struct Ready {
        var reader = false
        var puller: CheckedContinuation<Void, Never>?
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// The maximum number of buffered bytes, and of sent bytes that are kept for a repeated request.
    static let bufferLength = 256 * 1024

    private let state: Mutex<State>
    private let arrival = DispatchSemaphore(value: 0)
    private let patience: Duration
    /// The length of the body; `nil` if it is unknown.
    let length: Int?

    /// - Parameters:
    ///   - length: The length of the body; `nil` if it is unknown.
    ///   - beginning: The pieces that were already pulled.
    ///   - patience: The longest time that URLSession waits for a piece.
    init(length: Int?, beginning: [ArraySlice<UInt8>], patience: Duration) {
        self.length = length
        self.patience = patience
        var buffer = UploadBuffer(length: length, limit: Self.bufferLength)
        var failure: TransportError?
        for piece in beginning {
            if let problem = buffer.receive(piece) { failure = TransportError(.invalidRequest, problem) }
        }
        state = Mutex(State(buffer: buffer, failure: failure))
    }

    /// The error of the body itself; `nil` if it has none.
    var failure: TransportError? { state.withLock { $0.failure } }

    // MARK: - The task that pulls

    /// Pulls the body to its end, or until it is no longer needed.
    func pull(_ source: UploadSource) async {
        while await isPieceWanted() {
            do {
                if let piece = try await source.next() {
                    change { Self.settle($0.receive(piece)) }
                } else {
                    change { Self.settle($0.end()) }
                }
            } catch {
                let isCancelled = Task.isCancelled || error is CancellationError
                fail(
                    isCancelled
                        ? TransportError(.cancelled, "The call was cancelled.", underlying: error)
                        : TransportError(.failed, "The request's body cannot be read.", underlying: error)
                )
            }
        }
    }

    /// Waits until the body was pulled to its end or is no longer needed.
    func pulled(isolation: isolated (any Actor)? = #isolation) async {
        await withCheckedContinuation(isolation: isolation) { continuation in
            let isOver = state.withLock { state in
                if !state.buffer.isOpen { return true }
                state.waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func isPieceWanted() async -> Bool {
        while true {
            let step = state.withLock { state -> Bool? in
                guard state.buffer.isOpen else { return false }
                guard state.buffer.isWanted else { return nil }
                state.buffer.startPull()
                return true
            }
            if let step { return step }
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isPullerDue { return true }
                    state.puller = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }

    // MARK: - URLSession

    /// Fills a buffer, and blocks the thread while none of the body is available.
    ///
    /// - Returns: The number of bytes, 0 at the end, or -1 if the call has to end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let room = BorrowedRoom(bytes: buffer)
        while true {
            var count: Int?
            change { buffer in
                switch buffer.read(into: room.bytes) {
                case .bytes(let bytes): count = bytes
                case .end: count = 0
                case .pause: count = buffer.isOver ? -1 : nil
                }
                return nil
            }
            if let count { return count }
            guard waitForPiece() else {
                fail(
                    TransportError(
                        .timeout,
                        """
                        The request's body gave no byte for \(patience). URLSession makes all sessions of the process wait \
                        for it; for a body that comes slowly use CurlTransport or AsyncHTTPClientTransport.
                        """
                    )
                )
                return -1
            }
        }
    }

    /// Restarts from the beginning, or fails the body if sent bytes are no longer buffered.
    func rewind() {
        change { buffer in
            if buffer.rewind() { return nil }
            return TransportError(
                .connectionLost,
                "The connection ended inside the call, and its request's body cannot be read a second time."
            )
        }
    }

    /// Ends the body, which is no longer read.
    ///
    /// - Parameter error: The error for the caller, unless the body has failed before.
    func close(_ error: TransportError? = nil) {
        change { buffer in
            if error == nil { buffer.giveUp() }
            return error
        }
    }

    private func fail(_ error: TransportError) { change { _ in error } }

    /// Blocks the thread until a read can go on; false after a timeout.
    private func waitForPiece() -> Bool {
        let isDue = state.withLock { state in
            if state.isReaderDue { return true }
            state.isReaderWaiting = true
            return false
        }
        if isDue { return true }
        let (seconds, attoseconds) = patience.components
        let limit = DispatchTime.now() + Double(seconds) + Double(attoseconds) / 1e18
        if arrival.wait(timeout: limit) == .success { return true }
        let isLate = state.withLock { state in
            defer { state.isReaderWaiting = false }
            return state.isReaderWaiting
        }
        // If another thread has cleared the flag in the meantime, its signal is on the way and has to be consumed.
        if !isLate { arrival.wait() }
        return !isLate
    }

    private static func settle(_ problem: String?) -> TransportError? {
        problem.map { TransportError(.invalidRequest, $0) }
    }

    /// Changes the buffer, and wakes the parties that can go on.
    ///
    /// - Parameter body: The change. An error that it returns ends the body.
    private func change(_ body: (inout UploadBuffer) -> TransportError?) {
        let ready = state.withLock { state -> Ready in
            if let failure = body(&state.buffer), state.failure == nil, !state.buffer.isOver {
                state.failure = failure
                state.buffer.giveUp()
            }
            var ready = Ready()
            if state.isReaderWaiting, state.isReaderDue {
                state.isReaderWaiting = false
                ready.reader = true
            }
            if state.isPullerDue {
                ready.puller = state.puller
                state.puller = nil
            }
            if !state.buffer.isOpen {
                ready.waiter = state.waiter
                state.waiter = nil
            }
            return ready
        }
        if ready.reader { arrival.signal() }
        ready.puller?.resume()
        ready.waiter?.resume()
    }
}

/// SAFETY: the reader lends its buffer for the duration of a read, and no pointer to it is kept.
private struct BorrowedRoom: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
}
