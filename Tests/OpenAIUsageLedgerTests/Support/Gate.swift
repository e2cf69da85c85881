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
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var all: [Element] { state.withLock { $0.elements } }

    func append(_ element: Element) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.elements.append(element)
            guard let waiter = state.waiter, state.elements.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns once there are as many elements; one task may wait at a time.
    func reach(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.elements.count < count { state.waiter = (count, continuation) }
                return state.elements.count >= count
            }
            if isReached { continuation.resume() }
        }
    }
}
