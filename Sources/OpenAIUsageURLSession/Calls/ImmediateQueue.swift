#if canImport(FoundationNetworking)
import Foundation

/// A delegate queue that runs its operations immediately, on the thread that adds them.
///
/// On Linux, that is the serial queue that all sessions of the process share. It keeps the order of events, saves a thread
/// switch per piece, and is the only place where a `URLProtocol` may call its client, which reads what that queue writes.
// SAFETY: it has no state of its own.
final class ImmediateQueue: OperationQueue, @unchecked Sendable {
    override init() {
        super.init()
        maxConcurrentOperationCount = 1
    }

    override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
}
#endif
