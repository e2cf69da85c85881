import OpenAIUsage
import Synchronization

/// Easy handles that have done their transfers, for those to come.
final class EasyHandlePool: Sendable {
    private static let limit = 64

    private let handles = Mutex<[EasyHandle]>([])

    /// A handle without a past, but with its sessions and addresses.
    func take() throws(TransportError) -> EasyHandle {
        if let handle = handles.withLock({ $0.popLast() }) { return handle }
        guard let handle = EasyHandle() else {
            throw TransportError(.failed, "libcurl has no memory for another call.")
        }
        return handle
    }

    /// Takes a handle back whose transfer is over.
    func put(_ handle: EasyHandle) {
        handle.reset()
        handles.withLock { if $0.count < Self.limit { $0.append(handle) } }
    }

    /// Lets go of all of them.
    func drain() {
        let left = handles.withLock { handles in
            defer { handles = [] }
            return handles
        }
        withExtendedLifetime(left) {}
    }
}
