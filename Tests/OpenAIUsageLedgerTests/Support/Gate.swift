import Dispatch
import OpenAIUsageLedger
import Synchronization

/// Holds the writer before a batch until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var hasArrived = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let passage = DispatchSemaphore(value: 0)

    /// The hook that waits for the gate.
    var hook: @Sendable () throws -> Void {
        { [self] in
            let (isOpen, waiter) = state.withLock { state in
                defer { state.waiter = nil }
                state.hasArrived = true
                return (state.isOpen, state.waiter)
            }
            waiter?.resume()
            if !isOpen { passage.wait() }
        }
    }

    /// Returns once the writer stands at the gate.
    func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if !state.hasArrived { state.waiter = continuation }
                return state.hasArrived
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets the writer pass, now and later.
    func open() {
        state.withLock { $0.isOpen = true }
        passage.signal()
    }
}

/// A list that any thread may append to.
final class Collector<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func append(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}
