import Foundation
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A session with a delegate of its own, which ends when nobody needs it.
final class SessionDriver: Sendable {
    private struct State {
        var isShutDown = false
        /// The tasks that run, and their bodies, of which a session's queue may be waiting for one.
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

    /// Whether ``shutDown()`` was called.
    var isShutDown: Bool { state.withLock { $0.isShutDown } }

    /// The session and its delegate, of which tests want to see the end.
    var parts: [any AnyObject & Sendable] { [session, events] }

    /// Begins a call.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - content: Its body, unless the request bears it.
    ///   - observer: Who is told what happens.
    /// - Returns: The task, which runs.
    /// - Throws: `TransportError.Code.shutDown`.
    func start(
        _ request: URLRequest,
        _ content: RequestContent,
        observer: any TaskObserver
    ) throws(TransportError) -> URLSessionTask {
        guard !isShutDown else { throw Self.shutDownError }
        // Not under the lock: a session makes tasks on the queue on which it tells of others, whose observers may want it.
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

    /// Does something where the session's events are told.
    func onQueue(_ body: @escaping @Sendable () -> Void) {
        // The answer comes where events come, and what it says does not matter.
        session.getAllTasks { _ in body() }
    }

    /// Lets go of a task that has ended.
    func forget(_ task: URLSessionTask) {
        state.withLock { _ = $0.tasks.removeValue(forKey: task.taskIdentifier) }
    }

    /// Ends all tasks, and refuses others.
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
            // libcurl leaves out a field whose value is blank, but it counts as told. Without them it divides the body into
            // chunks beside its Content-Length, and Foundation calls it a form.
            if content.length != nil { request.setValue(" ", forHTTPHeaderField: "Transfer-Encoding") }
            if request.value(forHTTPHeaderField: "Content-Type") == nil {
                request.setValue(" ", forHTTPHeaderField: "Content-Type")
            }
            #endif
            return session.dataTask(with: request)
        }
    }
}
