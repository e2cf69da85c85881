import OpenAIUsage
import Synchronization

/// Easy handles for reuse by later transfers.
final class EasyHandlePool: Sendable {
    private static let limit = 64

    private let handles = Mutex<[EasyHandle]>([])

    /// Returns a handle without options, which may hold TLS sessions and addresses of earlier transfers.
    func take() throws(TransportError) -> EasyHandle {
        if let handle = handles.withLock({ $0.popLast() }) { return handle }
        guard let handle = EasyHandle() else {
            throw TransportError(.failed, "libcurl has no memory for another call.")
        }
        return handle
    }

    /// Returns the handle of a finished transfer to the pool.
    func put(_ handle: EasyHandle) {
        handle.reset()
        handles.withLock { if $0.count < Self.limit { $0.append(handle) } }
    }

    /// Releases all handles.
    func drain() {
        let left = handles.withLock { handles in
            defer { handles = [] }
            return handles
        }
        withExtendedLifetime(left) {}
    }
}
