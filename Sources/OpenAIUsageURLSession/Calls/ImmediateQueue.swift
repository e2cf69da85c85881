#if canImport(FoundationNetworking)
import Foundation

/// A queue of a session's events that waits for nothing: they are told where they happen.
///
/// That is the serial queue on which all sessions of the process work. It keeps their order, saves a change of threads for
/// every piece, and is the only place from which a `URLProtocol` may call its client on Linux, where the client reads what
/// that queue writes.
// SAFETY: it has no state of its own.
final class ImmediateQueue: OperationQueue, @unchecked Sendable {
    override init() {
        super.init()
        maxConcurrentOperationCount = 1
    }

    override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
}
#endif
