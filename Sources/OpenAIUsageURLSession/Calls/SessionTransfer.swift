import Dispatch
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A call between the session's events and its caller.
final class SessionTransfer: TaskObserver {
    private struct Guarded {
        var call: SessionCallState
        var isCancelled = false
        var waiter: CheckedContinuation<Void, Never>?
        /// The request's body, until the call has ended.
        var content: RequestContent
    }

    /// The queue that runs the commands for tasks.
    ///
    /// They must not run inside a task's own event or a cancellation handler, since they may wait for the session's queue.
    private static let commands = DispatchQueue(label: "oai-usage.tasks")

    let followsRedirects: Bool
    private let guarded: Mutex<Guarded>

    init(followsRedirects: Bool, limit: Int, content: RequestContent) {
        self.followsRedirects = followsRedirects
        guarded = Mutex(Guarded(call: SessionCallState(limit: limit), content: content))
    }

    /// True if the caller has ended the call.
    var isCancelled: Bool { guarded.withLock { $0.isCancelled } }

    // MARK: - The session

    func receive(_ response: URLResponse) {
        change { $0.call.receive(response) }
    }

    func receive(_ data: Data, of task: URLSessionTask) {
        tell(task, change { $0.call.receive(data) })
    }

    func complete(_ error: (any Error)?, _ response: URLResponse?) {
        // The body is released outside the lock.
        let content = change { guarded -> RequestContent in
            guarded.call.complete(error, response)
            defer { guarded.content = .none }
            return guarded.content
        }
        content.close()
    }

    func repeatedBody() -> InputStream? { guarded.withLock { $0.content }.repeated }

    // MARK: - The caller

    func stepToHead() -> SessionCallState.Step<URLResponse> { guarded.withLock { $0.call.stepToHead() } }

    func stepToBody() -> (step: SessionCallState.Step<Data?>, order: SessionCallState.Order) {
        guarded.withLock { $0.call.stepToBody() }
    }

    /// Ends the call on the caller's side, unless it has ended.
    func cancel(_ task: URLSessionTask) {
        let wasOpen = change {
            let wasOpen = $0.call.cancel()
            if wasOpen { $0.isCancelled = true }
            return wasOpen
        }
        guard wasOpen else { return }
        // The session's queue may be waiting for the body, and would not process the cancellation until then.
        guarded.withLock { $0.content }.close()
        tell(task, .cancel)
    }

    /// Sends a command to a task, asynchronously and in order.
    func tell(_ task: URLSessionTask, _ order: SessionCallState.Order) {
        switch order {
        case .nothing: break
        case .suspend: Self.commands.async { task.suspend() }
        case .resume: Self.commands.async { task.resume() }
        case .cancel: Self.commands.async { task.cancel() }
        }
    }

    /// Waits until a caller with the given interest can go on.
    func wait(for interest: SessionCallState.Interest, isolation: isolated (any Actor)?) async {
        await withCheckedContinuation(isolation: isolation) { continuation in
            let ready = guarded.withLock { guarded -> CheckedContinuation<Void, Never>? in
                if guarded.call.has(interest) { return continuation }
                defer { guarded.waiter = continuation }
                return guarded.waiter
            }
            ready?.resume()
        }
    }

    @discardableResult
    private func change<Result: Sendable>(_ body: (inout Guarded) -> Result) -> Result {
        let (result, waiter) = guarded.withLock { guarded in
            let result = body(&guarded)
            defer { guarded.waiter = nil }
            return (result, guarded.waiter)
        }
        waiter?.resume()
        return result
    }
}
