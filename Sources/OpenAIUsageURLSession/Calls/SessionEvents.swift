import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The delegate of a session, which forwards each task's events to the task's observer.
final class SessionEvents: NSObject, URLSessionDataDelegate {
    private let observers = Mutex<[Int: any TaskObserver]>([:])

    /// Forwards the events of a task to an observer, until the task completes.
    func observe(_ task: URLSessionTask, by observer: any TaskObserver) {
        observers.withLock { $0[task.taskIdentifier] = observer }
    }

    private func observer(of task: URLSessionTask) -> (any TaskObserver)? {
        observers.withLock { $0[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession,
        dataTask: URLSessionDataTask,
        didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        // On Linux, interim responses are delivered too.
        let status = (response as? HTTPURLResponse)?.statusCode ?? 200
        if status == 101 || !(100..<200).contains(status) { observer(of: dataTask)?.receive(response) }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        observer(of: dataTask)?.receive(data, of: dataTask)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(observer(of: task)?.followsRedirects == true ? request : nil)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        needNewBodyStream completionHandler: @escaping @Sendable (InputStream?) -> Void
    ) {
        completionHandler(observer(of: task)?.repeatedBody())
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let observer = observers.withLock { $0.removeValue(forKey: task.taskIdentifier) }
        observer?.complete(error, task.response)
    }
}
