import Dispatch
import Synchronization

/// Writes lines to an output in order, on a queue of its own, so that a blocked output never delays callers.
///
/// The number of pending lines is limited. Lines beyond the limit are dropped; their number is written once the queue
/// has drained to a quarter.
final class LogWriter: Sendable {
    private struct State: Sendable {
        var waiting = 0
        var dropped = 0
        var onLoss: (@Sendable () -> Void)?
    }

    private let capacity: Int
    private let describeLoss: @Sendable (Int) -> String
    private let output: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "oai-usage.log")
    private let state = Mutex(State())

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - capacity: The maximum number of pending lines.
    ///   - describeLoss: Returns the line that reports the number of dropped lines.
    ///   - output: Writes a line; may block.
    init(
        capacity: Int,
        describeLoss: @escaping @Sendable (Int) -> String,
        output: @escaping @Sendable (String) -> Void
    ) {
        self.capacity = capacity
        self.describeLoss = describeLoss
        self.output = output
    }

    /// Sets the closure that is called for each dropped line, on the thread that tried to write it.
    func observeLoss(_ observer: @escaping @Sendable () -> Void) { state.withLock { $0.onLoss = observer } }

    /// Enqueues a line, or drops it if the queue is full; never blocks.
    func write(_ line: String) {
        let (isTaken, onLoss) = state.withLock { state in
            guard state.waiting < capacity else {
                state.dropped += 1
                return (false, state.onLoss)
            }
            state.waiting += 1
            return (true, nil)
        }
        guard isTaken else {
            onLoss?()
            return
        }
        queue.async { [self] in
            output(line)
            let dropped = state.withLock { state in
                state.waiting -= 1
                // Report losses late: lines dropped while the queue was full follow most of the pending ones.
                guard state.waiting <= capacity / 4 else { return 0 }
                defer { state.dropped = 0 }
                return state.dropped
            }
            if dropped > 0 { output(describeLoss(dropped)) }
        }
    }

    /// Waits until all lines enqueued before are written, at most one second.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .seconds(1))
    }
}
