import NIOCore
import Synchronization

/// The responses that can be retrieved: the last ones that were created, unless they were deleted.
final class ResponseStore: Sendable {
    private struct State {
        var responses: [String: StoredResponse] = [:]
        var order = CircularBuffer<String>()
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// An empty store for `capacity` responses.
    init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// Keeps a response, and forgets the oldest one if there are too many.
    func insert(_ response: StoredResponse) {
        state.withLock { state in
            if state.responses.updateValue(response, forKey: response.id) == nil {
                state.order.append(response.id)
            }
            while state.order.count > capacity, let oldest = state.order.popFirst() {
                state.responses[oldest] = nil
            }
        }
    }

    /// The response of that id.
    func response(id: String) -> StoredResponse? {
        state.withLock { $0.responses[id] }
    }

    /// Forgets the response of that id; `false` if there is none.
    func remove(id: String) -> Bool {
        state.withLock { state in
            guard state.responses.removeValue(forKey: id) != nil else { return false }
            state.order.removeAll { $0 == id }
            return true
        }
    }
}
