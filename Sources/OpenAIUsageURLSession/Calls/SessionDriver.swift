import Foundation
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A session with a delegate of its own, which ends after its tasks when the driver is released.
final class SessionDriver: Sendable {
    private struct State {
        var isShutDown = false
        /// The running tasks with their bodies, for one of which the session's queue may be waiting.
        var tasks: [Int: (task: URLSessionTask, content: RequestContent)] = [:]
    }

    private let session: URLSession
    private let events: SessionEvents
    private let state = Mutex(State())

    init(_ configuration: URLSessionConfiguration) {
        events = SessionEvents()
        #if canImport(FoundationNetworking)
        let queue = ImmediateQueue()
        #else
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        #endif
        session = URLSession(configuration: configuration, delegate: events, delegateQueue: queue)
    }

    deinit { session.finishTasksAndInvalidate() }

    /// True after ``shutDown()``.
    var isShutDown: Bool { state.withLock { $0.isShutDown } }

    /// The session and its delegate, for tests of their lifetime.
    var parts: [any AnyObject & Sendable] { [session, events] }

    /// Starts a task.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - content: The source of its body.
    ///   - observer: The receiver of the task's events.
    /// - Returns: The running task.
    /// - Throws: `TransportError.Code.shutDown` after a shutdown.
    func start(
        _ request: URLRequest,
        _ content: RequestContent,
        observer: any TaskObserver
    ) throws(TransportError) -> URLSessionTask {
        guard !isShutDown else { throw Self.shutDownError }
        // Outside the lock: creating a task waits for the session's queue, whose observers may need the lock.
        let task = makeTask(request, content)
        let isOpen = state.withLock { state in
            if !state.isShutDown { state.tasks[task.taskIdentifier] = (task, content) }
            return !state.isShutDown
        }
        guard isOpen else {
            task.cancel()
            throw Self.shutDownError
        }
        events.observe(task, by: observer)
        task.resume()
        return task
    }

    /// Runs a closure where the session's events are delivered.
    func onQueue(_ body: @escaping @Sendable () -> Void) {
        // The completion handler runs on the delegate queue; its argument is irrelevant.
        session.getAllTasks { _ in body() }
    }

    /// Removes a task that has ended.
    func forget(_ task: URLSessionTask) {
        state.withLock { _ = $0.tasks.removeValue(forKey: task.taskIdentifier) }
    }

    /// Ends all tasks and refuses later ones.
    func shutDown() {
        let tasks = state.withLock { state in
            state.isShutDown = true
            defer { state.tasks = [:] }
            return state.tasks.values.map { $0 }
        }
        for (task, content) in tasks {
            content.close(Self.shutDownError)
            task.cancel()
        }
    }

    static var shutDownError: TransportError { TransportError(.shutDown, "The transport was shut down.") }

    private func makeTask(_ request: URLRequest, _ content: RequestContent) -> URLSessionTask {
        switch content {
        case .none, .single: return session.dataTask(with: request)
        case .kept(let data): return session.uploadTask(with: request, from: data)
        case .bytes, .stream:
            #if !canImport(FoundationNetworking)
            if case .bytes(let data) = content { return session.uploadTask(with: request, from: data) }
            #endif
            var request = request
            request.httpBodyStream = content.stream
            if let length = content.length { request.setValue("\(length)", forHTTPHeaderField: "Content-Length") }
            #if canImport(FoundationNetworking)
            // libcurl drops a field with a blank value but counts it as set. Without these fields, libcurl would send the body
            // in chunks in spite of its Content-Length, and Foundation would set the content type of a form.
            if content.length != nil { request.setValue(" ", forHTTPHeaderField: "Transfer-Encoding") }
            if request.value(forHTTPHeaderField: "Content-Type") == nil {
                request.setValue(" ", forHTTPHeaderField: "Content-Type")
            }
            #endif
            return session.dataTask(with: request)
        }
    }
}
