import NIOCore
import Synchronization

/// The responses that can be retrieved: the last ones that were created, unless deleted.
final class ResponseStore: Sendable {
    private struct State {
        var responses: [String: StoredResponse] = [:]
        var order = CircularBuffer<String>()
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Creates an empty store for `capacity` responses.
    init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// Stores a response, and removes the oldest one if there are too many.
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

    /// Returns the response with an ID; `nil` if there is none.
    func response(id: String) -> StoredResponse? {
        state.withLock { $0.responses[id] }
    }

    /// Removes the response with an ID; false if there is none.
    func remove(id: String) -> Bool {
        state.withLock { state in
            guard state.responses.removeValue(forKey: id) != nil else { return false }
            state.order.removeAll { $0 == id }
            return true
        }
    }
}
