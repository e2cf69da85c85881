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
    ///   - capacity: The most lines that wait.
    ///   - describeLoss: The line that tells how many were dropped.
    ///   - output: Writes a line; it may block.
    init(
        capacity: Int,
        describeLoss: @escaping @Sendable (Int) -> String,
        output: @escaping @Sendable (String) -> Void
    ) {
        self.capacity = capacity
        self.describeLoss = describeLoss
        self.output = output
    }

    /// Names who is called for each line that is dropped, on the thread that wrote it.
    func observeLoss(_ observer: @escaping @Sendable () -> Void) { state.withLock { $0.onLoss = observer } }

    /// Hands a line over; it never blocks.
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
                // What came while there was no room came behind most of the lines that still wait.
                guard state.waiting <= capacity / 4 else { return 0 }
                defer { state.dropped = 0 }
                return state.dropped
            }
            if dropped > 0 { output(describeLoss(dropped)) }
        }
    }

    /// Waits until the lines are written that were handed over before, or for a second.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .seconds(1))
    }
}
