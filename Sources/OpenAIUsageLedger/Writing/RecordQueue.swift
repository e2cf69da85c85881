import Dispatch
import OpenAIUsage
import Synchronization

/// The bounded queue between the threads that capture calls and the one that writes them.
///
/// All counts change under one lock, so that they agree at every moment.
final class RecordQueue: Sendable {
    /// A record on its way.
    struct Item {
        var record: CallRecord
        var isOpen: Bool
        var onCommit: (@Sendable (CommitOutcome) -> Void)?
    }

    private struct Waiter {
        var target: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var items: [Item] = []
        var commands: [WriterCommand] = []
        var statistics = LedgerStatistics()
        var openQueued = 0
        var accepted: Int64 = 0
        var resolved: Int64 = 0
        var stall: DropReason?
        var writerWaits = false
        var deadline: Int64?
        var isFinished = false
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let clock: any UsageClock

    init(capacity: Int, clock: any UsageClock) {
        self.capacity = max(1, capacity)
        self.clock = clock
        var state = State()
        state.statistics.capacity = Int64(self.capacity)
        self.state = Mutex(state)
    }

    // MARK: The capturing side

    /// Takes a finished record, or drops it.
    func add(_ record: CallRecord, onCommit: (@Sendable (CommitOutcome) -> Void)?) {
        let (reason, wakes) = state.withLock { state -> (DropReason?, Bool) in
            state.statistics.captured += 1
            var reason: DropReason?
            if state.deadline != nil || state.isFinished {
                reason = .shutdown
            } else if state.statistics.queued >= Int64(capacity) {
                reason = state.stall ?? .queueFull
            }
            if let reason {
                state.statistics.dropped[reason, default: 0] += 1
                return (reason, false)
            }
            state.statistics.queued += 1
            return (nil, append(Item(record: record, isOpen: false, onCommit: onCommit), to: &state))
        }
        if wakes { signal.signal() }
        if let reason { onCommit?(.dropped(reason)) }
    }

    /// Takes an interim record; it is left out when there is no room, since the finished one follows.
    func addOpen(_ record: CallRecord, onCommit: (@Sendable (CommitOutcome) -> Void)?) {
        let (reason, wakes) = state.withLock { state -> (DropReason?, Bool) in
            if state.deadline != nil || state.isFinished { return (.shutdown, false) }
            if state.openQueued >= capacity { return (.queueFull, false) }
            state.openQueued += 1
            return (nil, append(Item(record: record, isOpen: true, onCommit: onCommit), to: &state))
        }
        if wakes { signal.signal() }
        if let reason { onCommit?(.dropped(reason)) }
    }

    /// Takes something else for the writer to do.
    func add(_ command: WriterCommand) {
        let (isTaken, wakes) = state.withLock { state in
            if state.deadline != nil || state.isFinished { return (false, false) }
            state.commands.append(command)
            defer { state.writerWaits = false }
            return (true, state.writerWaits)
        }
        if wakes { signal.signal() }
        if !isTaken { command.refuse() }
    }

    /// The counts.
    var statistics: LedgerStatistics { state.withLock(\.statistics) }

    /// Returns when everything that is in the queue now is committed or lost.
    func flush() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.resolved >= state.accepted { return true }
                state.waiters.append(Waiter(target: state.accepted, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// Asks the writer to write what is left until a deadline on the monotonic clock, and to end.
    func close(deadline: Int64) {
        state.withLock { state in
            state.deadline = min(state.deadline ?? deadline, deadline)
            state.writerWaits = false
        }
        signal.signal()
    }

    /// Returns when the writer has ended.
    func waitUntilFinished() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.isFinished { return true }
                state.waiters.append(Waiter(target: .max, continuation: continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func append(_ item: Item, to state: inout State) -> Bool {
        state.items.append(item)
        state.accepted += 1
        defer { state.writerWaits = false }
        return state.writerWaits
    }

    // MARK: The writing side

    /// Everything that is queued, after a wait if that is nothing; `nil` when the ledger closes and nothing is left.
    ///
    /// It is empty when there is only something else to do.
    func take() -> [Item]? {
        while true {
            enum Step {
                case items([Item])
                case end
                case wait
            }
            let step = state.withLock { state -> Step in
                if !state.items.isEmpty {
                    var items: [Item] = []
                    swap(&items, &state.items)
                    return .items(items)
                }
                if state.deadline != nil { return .end }
                if !state.commands.isEmpty { return .items([]) }
                state.writerWaits = true
                return .wait
            }
            switch step {
            case .items(let items): return items
            case .end: return nil
            case .wait: signal.wait()
            }
        }
    }

    /// The next thing to do besides writing records.
    func takeCommand() -> WriterCommand? {
        state.withLock { $0.commands.isEmpty ? nil : $0.commands.removeFirst() }
    }

    /// Whether nothing waits.
    var isIdle: Bool { state.withLock(\.items.isEmpty) }

    /// Whether the ledger closes, and its deadline has passed.
    var isPastDeadline: Bool {
        let now = clock.monotonicNanoseconds
        return state.withLock { $0.deadline.map { $0 <= now } ?? false }
    }

    /// Waits for some time; the closing of the ledger ends the wait.
    func pause(milliseconds: Int) {
        if state.withLock({ $0.deadline != nil }) {
            // The signal was given once, and may be used up: the wait is short, and ends at the deadline.
            _ = signal.wait(timeout: .now() + .milliseconds(min(milliseconds, 20)))
        } else {
            _ = signal.wait(timeout: .now() + .milliseconds(milliseconds))
        }
    }

    /// Counts a failure that is retried, and what it says about records that find the queue full meanwhile.
    func noteFailure(_ message: String, stall: DropReason?) {
        state.withLock { state in
            state.statistics.errors += 1
            state.statistics.lastError = message
            state.stall = stall
        }
    }

    /// Counts a failure of something other than a batch.
    func noteFailure(_ message: String) {
        state.withLock { state in
            state.statistics.errors += 1
            state.statistics.lastError = message
        }
    }

    /// Settles items in their order, and tells those who wait for them.
    func resolve(_ items: ArraySlice<Item>, _ outcomes: [CommitOutcome], isCommit: Bool) {
        let now = clock.wallMicroseconds
        let ready = state.withLock { state in
            for (item, outcome) in zip(items, outcomes) {
                if item.isOpen {
                    state.openQueued -= 1
                    continue
                }
                state.statistics.queued -= 1
                switch outcome {
                case .written: state.statistics.written += 1
                case .dropped(let reason): state.statistics.dropped[reason, default: 0] += 1
                }
            }
            state.resolved += Int64(items.count)
            if isCommit {
                state.stall = nil
                state.statistics.commits += 1
                state.statistics.lastCommit = now
            }
            return takeWaiters(of: &state)
        }
        for (item, outcome) in zip(items, outcomes) { item.onCommit?(outcome) }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Tells everyone that the writer has ended.
    func finish() {
        let (ready, commands) = state.withLock { state in
            state.isFinished = true
            defer { (state.waiters, state.commands) = ([], []) }
            return (state.waiters, state.commands)
        }
        for command in commands { command.refuse() }
        for waiter in ready { waiter.continuation.resume() }
    }

    private func takeWaiters(of state: inout State) -> [Waiter] {
        guard !state.waiters.isEmpty else { return [] }
        let resolved = state.resolved
        let ready = state.waiters.filter { $0.target <= resolved }
        state.waiters.removeAll { $0.target <= resolved }
        return ready
    }
}
