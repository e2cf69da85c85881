package import NIOCore
import NIOPosix
import Synchronization

/// A value that tests wait on: they go on at the moment it becomes what they want, not after a time.
package final class Watched<Value: Sendable>: Sendable {
    /// A wait that came to its limit, which only happens when something is broken.
    package struct LimitError: Error, CustomStringConvertible {
        package let what: String
        package let state: String

        package var description: String { "Waited in vain for \(what); what there is: \(state.prefix(2_000))" }
    }

    private struct Waiter {
        let isMet: @Sendable (Value) -> Bool
        let promise: EventLoopPromise<Value>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    @discardableResult
    package func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        let (result, met, value) = state.withLock { state in
            let result = change(&state.value)
            var met: [EventLoopPromise<Value>] = []
            for (id, waiter) in state.waiters where waiter.isMet(state.value) {
                met.append(waiter.promise)
                state.waiters[id] = nil
            }
            return (result, met, met.isEmpty ? nil : state.value)
        }
        if let value {
            for promise in met { promise.succeed(value) }
        }
        return result
    }

    /// Waits until the value is as wanted, and returns it as it was then.
    @discardableResult
    package func wait(
        for what: String,
        limit: TimeAmount = .seconds(60),
        until isMet: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Value.self)
        let waiting = state.withLock { state -> Int? in
            if isMet(state.value) {
                promise.succeed(state.value)
                return nil
            }
            state.nextID += 1
            state.waiters[state.nextID] = Waiter(isMet: isMet, promise: promise)
            return state.nextID
        }
        guard let waiting else { return try await promise.futureResult.get() }
        let timer = loop.scheduleTask(in: limit) { [self] in
            let (waiter, value) = state.withLock { ($0.waiters.removeValue(forKey: waiting), $0.value) }
            waiter?.promise.fail(LimitError(what: what, state: String(describing: value)))
        }
        defer { timer.cancel() }
        return try await promise.futureResult.get()
    }
}
