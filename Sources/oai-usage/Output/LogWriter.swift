import Dispatch
import Synchronization

/// Writes lines to the standard error in their order, on a queue of its own: an output that nobody reads holds nothing up.
///
/// The number of lines that wait has a bound. What comes beyond it is dropped, and how much that was is written once there
/// is room again.
final class LogWriter: Sendable {
    private struct State: Sendable {
        var waiting = 0
        var dropped = 0
    }

    /// The lines of the program.
    static let standardError = LogWriter(capacity: 1_024) { StandardError.write($0) }

    private let capacity: Int
    private let output: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "oai-usage.log")
    private let state = Mutex(State())

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - capacity: The most lines that wait.
    ///   - output: Writes a line; it may block.
    init(capacity: Int, output: @escaping @Sendable (String) -> Void) {
        self.capacity = capacity
        self.output = output
    }

    /// Hands a line over; it never blocks.
    func write(_ line: String) {
        let dropped = state.withLock { state -> Int? in
            guard state.waiting < capacity else {
                state.dropped += 1
                return nil
            }
            state.waiting += 1
            defer { state.dropped = 0 }
            return state.dropped
        }
        guard let dropped else { return }
        queue.async { [self] in
            if dropped > 0 { output("\(dropped) lines of the log were dropped, because nobody reads it.") }
            output(line)
            state.withLock { $0.waiting -= 1 }
        }
    }

    /// Waits until the lines are written that were handed over before, or for a second.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .seconds(1))
    }
}
