import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The receiver of a session's task: it decides how a `URLProtocol` has to hand a response over.
enum TaskObservers {
    /// A delegate, piece by piece, or nobody.
    case delegate
    /// A completion handler, which gets everything at once.
    case completionHandler

    #if canImport(FoundationNetworking)
    /// Looks up the receiver of a task, on the queue on which all sessions of this system work.
    ///
    /// Here a completion handler is handed the last piece alone, so pieces have to be collected for one, and must not be
    /// for a delegate. Foundation keeps to itself which of the two a task has, so that is looked up by reflection. A task
    /// of which nothing is found is taken for one with a completion handler: collecting is always right.
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

    /// A stored property of an object, of its superclasses too.
    private static func stored(_ name: String, of object: Any) -> Any? {
        var mirror = Optional(Mirror(reflecting: object))
        while let current = mirror {
            if let child = current.children.first(where: { $0.label == name }) {
                // Optional values are looked into, and `nil` is not there.
                let value = Mirror(reflecting: child.value)
                return value.displayStyle == .optional ? value.children.first?.value : child.value
            }
            mirror = current.superclassMirror
        }
        return nil
    }
    #endif
}
