import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The receiver of a task's response, which decides how a `URLProtocol` has to deliver it.
enum TaskObservers {
    /// A delegate, which gets the response piece by piece, or no receiver.
    case delegate
    /// A completion handler, which gets the response as a whole.
    case completionHandler

    #if canImport(FoundationNetworking)
    /// Finds the receiver of a task, on the queue that all sessions of the process share.
    ///
    /// On Linux, a completion handler gets only the last piece, so the pieces have to be collected for it but not for a
    /// delegate. Foundation does not expose which of the two a task has, so this uses reflection. If nothing is found, the
    /// result is a completion handler, since collecting is always correct.
    init(of task: URLSessionTask) {
        guard let session = Self.stored("session", of: task),
            let registry = Self.stored("taskRegistry", of: session),
            let behaviours = Self.stored("behaviours", of: registry) as? [Int: Any],
            let behaviour = behaviours[task.taskIdentifier]
        else {
            self = .completionHandler
            return
        }
        let isHandled = !Mirror(reflecting: behaviour).children.isEmpty
        self = isHandled || String(describing: behaviour) != "callDelegate" ? .completionHandler : .delegate
    }

    /// Returns a stored property of an object, including those of its superclasses.
    private static func stored(_ name: String, of object: Any) -> Any? {
        var mirror = Optional(Mirror(reflecting: object))
        while let current = mirror {
            if let child = current.children.first(where: { $0.label == name }) {
                // An optional is unwrapped.
                let value = Mirror(reflecting: child.value)
                return value.displayStyle == .optional ? value.children.first?.value : child.value
            }
            mirror = current.superclassMirror
        }
        return nil
    }
    #endif
}
