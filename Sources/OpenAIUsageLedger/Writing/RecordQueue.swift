import Dispatch
import OpenAIUsage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bounded queue between the threads that record calls and the writer's thread.
///
/// All counts change under one lock, so that they are consistent at any time.
final class RecordQueue: Sendable {
    /// A queued record, by reference since a record is large.
    // SAFETY: callbacks change under the queue's lock while the item is queued, and by the writer once it has taken the item;
    // `isJournaled` is read and changed under the queue's lock only.
    final class Item: @unchecked Sendable {
        let record: CallRecord
        let isOpen: Bool
        /// Called with the outcome of the record.
        fileprivate var waiter: CommitObserver?
        /// Called with the record and its outcome.
        fileprivate var observer: RecordObserver?
        /// True if something waited for the record when it was queued.
        fileprivate let isAwaited: Bool
        /// True if the record is in the journal.
        fileprivate var isJournaled = false
        /// The approximate size of the record in bytes: its fields, and the provider's usage object, which alone may be long.
        let size: Int

        init(
            record: consuming CallRecord,
            isOpen: Bool,
            waiter: CommitObserver? = nil,
            observer: RecordObserver? = nil
        ) {
            size = 2_048 + (record.rawUsage?.utf8.count ?? 0)
            self.record = record
            self.isOpen = isOpen
            isAwaited = waiter != nil
            self.waiter = waiter
            self.observer = observer
        }

        fileprivate func tell(_ outcome: CommitOutcome) {
            if let waiter { waiter(outcome) }
            if let observer { observer(record, outcome) }
        }

        /// Returns the item's callbacks, and clears them.
        fileprivate func released() -> ReleasedItem {
            defer { (waiter, observer) = (nil, nil) }
            return ReleasedItem(item: self, waiter: waiter, observer: observer)
        }
    }

    /// The callbacks of an item, detached so that they can be called outside the lock.
    struct ReleasedItem {
        fileprivate let item: Item
        fileprivate let waiter: CommitObserver?
        fileprivate let observer: RecordObserver?

        fileprivate func tell(_ outcome: CommitOutcome) {
            waiter?(outcome)
            observer?(item.record, outcome)
        }
    }

    typealias CommitObserver = @Sendable (CommitOutcome) -> Void
    typealias RecordObserver = @Sendable (CallRecord, CommitOutcome) -> Void
    private typealias Told = (item: ReleasedItem, outcome: CommitOutcome)

    private struct Waiter {
        var target: Int64
        /// The number of a waiter that times out, and does not wait while the writer is failing; `nil` for other waiters.
        var impatience: Int?
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var items: [Item] = []
        /// The items that the writer has taken last; none if nothing waits for them.
        var taken: [Item] = []
        /// The journal of records until they are committed; `nil` if records are in memory only.
        var journal: RecordJournal?
        /// The number of items whose commit is awaited.
        var awaited = 0
        var commands: [WriterCommand] = []
        var statistics = LedgerStatistics()
        var openQueued = 0
        /// The approximate bytes of all records that are queued or being written.
        var bytes = 0
        var accepted: Int64 = 0
        var resolved: Int64 = 0
        var health = LedgerHealth()
        var observers: [@Sendable (LedgerStatusChange) -> Void] = []
        /// Changes from before there was an observer.
        var untold: [LedgerStatusChange] = []
        var writerWaits = false
        var writerGathers = false
        var deadline: Int64?
        var isFinished = false
        /// The end of the last gathering of records, in monotonic nanoseconds.
        var lastTaken = Int64.min / 2
        /// The recent rate of records.
        var traffic = RecordTraffic()
        var waiters: [Waiter] = []
        var impatienceCount = 0
    }

    /// The time in which the writer gathers records after a batch, in nanoseconds: under load if no commit is awaited, and
    /// if one is.
    private static let gatheringNanoseconds: (unawaited: Int64, awaited: Int64) = (20_000_000, 150_000)
    /// The numbers of records from which it does not gather.
    private static let sufficientBatch = (unawaited: 4_096, awaited: 64)

    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let capacityBytes: Int
    /// The records in a window of time from which the writer gathers batches.
    private let busyCount: Int
    private let clock: any UsageClock
    /// The interval at which an idle writer wakes up.
    private let idleInterval: DispatchTimeInterval

    /// Creates an empty queue.
    ///
    /// - Parameters:
    ///   - capacity: The most records in the queue.
    ///   - capacityBytes: The most bytes of queued records.
    ///   - clock: The clocks.
    ///   - idleMilliseconds: The interval at which an idle writer wakes up.
    ///   - busyCount: The records in 20 ms from which the writer gathers batches.
    init(
        capacity: Int,
        capacityBytes: Int = .max,
        clock: any UsageClock,
        idleMilliseconds: Int = 1_000,
        busyCount: Int = 16
    ) {
        self.capacityBytes = max(1, capacityBytes)
        self.busyCount = busyCount
        idleInterval = .milliseconds(max(1, idleMilliseconds))
        self.capacity = max(1, capacity)
        self.clock = clock
        var state = State()
        state.statistics.capacity = Int64(self.capacity)
        self.state = Mutex(state)
    }

    // MARK: The capturing side

    /// Starts to journal records until they are committed.
    ///
    /// - Throws: A ``LedgerError`` if the journal's files cannot be created.
    func keepJournal(of path: String) throws {
        try state.withLock { $0.journal = try RecordJournal(path: path) }
    }

    /// Queues a finished record, or drops it.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called with the outcome, unless the record is journaled.
    ///   - observer: Called with the record and its outcome in any case.
    ///   - isDeferred: True to leave the writing of the journal to ``flushJournal()``.
    /// - Returns: True if the record is journaled: it survives the end of the process and need not be awaited.
    @discardableResult
    func add(
        _ record: consuming CallRecord,
        waiter: CommitObserver? = nil,
        observer: RecordObserver? = nil,
        isDeferred: Bool = false
    ) -> Bool {
        let item = Item(record: record, isOpen: false, waiter: waiter, observer: observer)
        let (told, isKept, wakes) = state.withLock { state -> (Told?, Bool, Bool) in
            state.statistics.captured += 1
            var reason: DropReason?
            if state.deadline != nil || state.isFinished {
                reason = .shutdown
            } else if state.statistics.queued >= Int64(capacity) || state.bytes >= capacityBytes {
                reason = state.health.dropReason
            }
            if let reason {
                state.statistics.dropped[reason, default: 0] += 1
                return ((item.released(), .dropped(reason)), false, false)
            }
            state.statistics.queued += 1
            return append(item, to: &state, isDeferred: isDeferred)
        }
        if wakes { signal.signal() }
        if let told { told.item.tell(told.outcome) }
        return isKept
    }

    /// Queues an interim record; drops it if the queue is full, since the finished one follows.
    ///
    /// - Returns: True if the record is journaled.
    @discardableResult
    func addOpen(_ record: consuming CallRecord, waiter: CommitObserver? = nil, isDeferred: Bool = false) -> Bool {
        // The time so far would stay in the row for as long as the call goes on.
        record.timing.durationMicroseconds = nil
        let item = Item(record: record, isOpen: true, waiter: waiter)
        let (told, isKept, wakes) = state.withLock { state -> (Told?, Bool, Bool) in
            if state.deadline != nil || state.isFinished {
                return ((item.released(), .dropped(.shutdown)), false, false)
            }
            if state.openQueued >= capacity || state.bytes >= capacityBytes {
                return ((item.released(), .dropped(state.health.dropReason)), false, false)
            }
            state.openQueued += 1
            return append(item, to: &state, isDeferred: isDeferred)
        }
        if wakes { signal.signal() }
        if let told { told.item.tell(told.outcome) }
        return isKept
    }

    /// Queues a command for the writer; fails it if the ledger is closing.
    func add(_ command: WriterCommand) {
        let (isTaken, wakes) = state.withLock { state in
            if state.deadline != nil || state.isFinished { return (false, false) }
            state.commands.append(command)
            return (true, wakeWriter(&state))
        }
        if wakes { signal.signal() }
        if !isTaken { command.refuse() }
    }

    /// A consistent snapshot of the counts.
    var statistics: LedgerStatistics { state.withLock(\.statistics) }

    /// Returns once everything in the queue at the time of the call is committed or lost.
    ///
    /// - Parameter isImpatient: True to return while the writer is failing, and after 100 ms at the latest.
    func flush(isImpatient: Bool = false) async {
        await withCheckedContinuation { continuation in
            let (isDone, wakes) = state.withLock { state in
                if state.resolved >= state.accepted || state.isFinished { return (true, false) }
                if isImpatient, state.health.trouble != nil { return (true, false) }
                var waiter = Waiter(target: state.accepted, continuation: continuation)
                if isImpatient {
                    state.impatienceCount += 1
                    waiter.impatience = state.impatienceCount
                    giveUpLater(state.impatienceCount)
                }
                state.waiters.append(waiter)
                return (false, wakeWriter(&state))
            }
            if wakes { signal.signal() }
            if isDone { continuation.resume() }
        }
    }

    private func giveUpLater(_ impatience: Int) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { [self] in
            let waiter = state.withLock { state in
                let index = state.waiters.firstIndex { $0.impatience == impatience }
                return index.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume()
        }
    }

    /// Asks the writer to write what is left until a deadline in monotonic nanoseconds, and to end.
    func close(deadline: Int64) {
        state.withLock { state in
            state.deadline = min(state.deadline ?? deadline, deadline)
            (state.writerWaits, state.writerGathers) = (false, false)
        }
        signal.signal()
    }

    /// Returns once the writer has ended.
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

    /// Queues a record; while the writer is failing, its callbacks are called at once.
    ///
    /// - Returns: The outcome to report at once, and if the record is journaled and the writer must be woken.
    private func append(
        _ item: Item,
        to state: inout State,
        isDeferred: Bool
    ) -> (Told?, isKept: Bool, wakes: Bool) {
        let isBusy = state.traffic.note(at: clock.monotonicNanoseconds) >= busyCount
        // An interim record is useful only to a waiter, and a waiter can wait for the commit itself while the writer has little
        // to do.
        let isWorthKeeping = item.waiter == nil ? !item.isOpen : isBusy || state.health.trouble != nil
        let isKept =
            isWorthKeeping
            && state.journal?.append(item.record, isOpen: item.isOpen, isDeferred: isDeferred) == true
        let isPostponed = !isKept && state.health.trouble != nil
        if isKept { (item.waiter, item.isJournaled) = (nil, true) }
        let told: Told? = isPostponed ? (item.released(), .postponed) : nil
        state.bytes += item.size
        state.items.append(item)
        let isAwaited = item.waiter != nil
        state.accepted += 1
        if isAwaited { state.awaited += 1 }
        var wakes = state.writerWaits
        if state.writerGathers, isAwaited || state.items.count >= Self.sufficientBatch.unawaited { wakes = true }
        if wakes { (state.writerWaits, state.writerGathers) = (false, false) }
        return (told, isKept, wakes)
    }

    /// Writes the journal of the records whose writing was deferred.
    ///
    /// - Returns: The number of such records since the last call that could not be written: they are lost with the process
    ///   until the writer has committed them.
    func flushJournal() -> Int {
        state.withLock { state in
            state.journal?.flush()
            return state.journal?.takeFailures() ?? 0
        }
    }

    /// Journals the records that something waits for, so that they survive the end of the process without a commit.
    ///
    /// - Returns: True if all of them are in the journal now.
    func journalAwaited() -> Bool {
        state.withLock { Self.journalAwaited(&$0) }
    }

    @discardableResult
    private static func journalAwaited(_ state: inout State) -> Bool {
        // A record of the batch in progress may be committed and journaled: who reads a leftover journal tells it by its ID.
        for item in [state.taken, state.items].joined() where item.isAwaited && !item.isJournaled {
            item.isJournaled = state.journal?.append(item.record, isOpen: item.isOpen) == true
            if !item.isJournaled { return false }
        }
        return true
    }

    /// Clears the writer's wait flags; true if the writer must be signaled.
    private func wakeWriter(_ state: inout State) -> Bool {
        defer { (state.writerWaits, state.writerGathers) = (false, false) }
        return state.writerWaits || state.writerGathers
    }

    /// Adds an observer of the writer's health; it is called at once for a present failure, and the first one also for earlier
    /// replacements.
    func observe(_ observer: @escaping @Sendable (LedgerStatusChange) -> Void) {
        let (trouble, untold) = state.withLock { state in
            state.observers.append(observer)
            defer { state.untold = [] }
            return (state.health.trouble, state.untold)
        }
        for change in untold { observer(change) }
        if let trouble {
            observer(
                LedgerStatusChange(kind: .failed, trouble: trouble, durationMicroseconds: 0, remedy: nil, dropped: 0)
            )
        }
    }

    // MARK: The writing side

    /// Removes and returns all queued items, after a wait if there are none; `nil` once the ledger is closing and the queue is empty.
    ///
    /// The result is empty if there is only a command, and when the wait ends without items.
    ///
    /// - Parameter limit: The longest wait in nanoseconds; `nil` for the idle interval.
    /// - Returns: The items, or `nil`.
    func take(within limit: Int64? = nil) -> [Item]? {
        gather()
        while true {
            enum Step {
                case items([Item])
                case end
                case wait
            }
            // Released outside the lock.
            var done: [Item] = []
            let step = state.withLock { state -> Step in
                swap(&done, &state.taken)
                if !state.items.isEmpty {
                    var items: [Item] = []
                    swap(&items, &state.items)
                    if state.awaited > 0 { state.taken = items }
                    state.awaited = 0
                    state.journal?.turn()
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
            case .wait:
                var end = DispatchTime.now() + idleInterval
                if let limit { end = min(end, .now() + .nanoseconds(Int(limit))) }
                if signal.wait(timeout: end) == .timedOut { return [] }
            }
        }
    }

    /// Waits briefly for more records if the last ones were taken just before: each batch costs a commit, whatever its size,
    /// and calls in flight at the same time tend to end together.
    private func gather() {
        let now = clock.monotonicNanoseconds
        let wait = state.withLock { state -> Int64 in
            guard state.deadline == nil, state.commands.isEmpty, state.waiters.isEmpty else { return 0 }
            let isAwaited = state.awaited > 0
            let sufficient = isAwaited ? Self.sufficientBatch.awaited : Self.sufficientBatch.unawaited
            guard state.items.count < sufficient else { return 0 }
            if isAwaited {
                let isBusy = now - state.lastTaken < Self.gatheringNanoseconds.awaited
                return isBusy ? Self.gatheringNanoseconds.awaited : 0
            }
            guard state.traffic.count(at: now) >= busyCount else { return 0 }
            let rest = state.lastTaken + Self.gatheringNanoseconds.unawaited - now
            state.writerGathers = rest > 0
            return rest
        }
        if wait > 0 { _ = signal.wait(timeout: .now() + .nanoseconds(Int(wait))) }
        let end = clock.monotonicNanoseconds
        state.withLock { state in
            state.writerGathers = false
            state.lastTaken = end
        }
    }

    /// Removes and returns the next command; `nil` if there is none.
    func takeCommand() -> WriterCommand? {
        state.withLock { $0.commands.isEmpty ? nil : $0.commands.removeFirst() }
    }

    /// True if no record is queued.
    var isIdle: Bool { state.withLock(\.items.isEmpty) }

    /// True if the ledger is closing and its deadline has passed.
    var isPastDeadline: Bool {
        let now = clock.monotonicNanoseconds
        return state.withLock { $0.deadline.map { $0 <= now } ?? false }
    }

    /// Waits for some time; closing the ledger ends the wait.
    func pause(milliseconds: Int) {
        if state.withLock({ $0.deadline != nil }) {
            // The signal is given once and may be used up: the wait is short, so that it ends near the deadline.
            _ = signal.wait(timeout: .now() + .milliseconds(min(milliseconds, 20)))
        } else {
            _ = signal.wait(timeout: .now() + .milliseconds(milliseconds))
        }
    }

    /// Counts a failure to write, and releases everyone who waits for a commit.
    func noteFailure(_ error: LedgerError) {
        let now = clock.wallMicroseconds
        let (released, impatient, change, observers) = state.withLock { state in
            count(error, in: &state)
            Self.journalAwaited(&state)
            let change = state.health.fail(error, at: now, dropped: state.statistics.totalDropped)
            state.statistics.trouble = state.health.trouble
            let released = state.items.map { $0.released() }
            state.awaited = 0
            let impatient = state.waiters.filter { $0.impatience != nil }
            state.waiters.removeAll { $0.impatience != nil }
            return (released, impatient, change, state.observers)
        }
        for item in released { item.tell(.postponed) }
        for waiter in impatient { waiter.continuation.resume() }
        if let change { for observer in observers { observer(change) } }
    }

    /// Reports that the writer has taken items and could not write them.
    func postpone(_ items: ArraySlice<Item>) {
        for item in items { item.released().tell(.postponed) }
    }

    /// Ends a failure while no record is queued.
    func noteRecovery() {
        let now = clock.wallMicroseconds
        let (change, observers) = state.withLock { state in
            defer { state.statistics.trouble = nil }
            return (state.health.succeed(at: now, dropped: state.statistics.totalDropped), state.observers)
        }
        if let change { for observer in observers { observer(change) } }
    }

    /// Counts a failure that holds up no record.
    func noteError(_ error: LedgerError) {
        state.withLock { count(error, in: &$0) }
    }

    /// Notes that the writer continues in another file, or will.
    ///
    /// - Parameters:
    ///   - error: The damage to the previous file.
    ///   - remedy: The remedy, in a sentence.
    ///   - lost: The committed records that are lost with the file; they count as dropped from then on.
    func noteReplacement(_ error: LedgerError, _ remedy: String, lost: Int64) {
        let now = clock.wallMicroseconds
        let (change, observers) = state.withLock { state in
            let lost = min(lost, state.statistics.written)
            state.statistics.written -= lost
            state.statistics.dropped[.ledgerLost, default: 0] += lost
            let change = state.health.replace(error, remedy, lost: lost, at: now)
            if let change, state.observers.isEmpty, state.untold.count < 16 { state.untold.append(change) }
            return (change, state.observers)
        }
        if let change { for observer in observers { observer(change) } }
    }

    private func count(_ error: LedgerError, in state: inout State) {
        state.statistics.errors += 1
        state.statistics.errorsByCode[error.code, default: 0] += 1
        state.statistics.lastError = error.description
    }

    /// Resolves items in their order, and calls their callbacks.
    func resolve(_ items: ArraySlice<Item>, _ outcomes: [CommitOutcome], isCommit: Bool) {
        let now = clock.wallMicroseconds
        let (ready, change, observers) = state.withLock { state in
            for (item, outcome) in zip(items, outcomes) {
                state.bytes -= item.size
                if item.isOpen {
                    state.openQueued -= 1
                    continue
                }
                state.statistics.queued -= 1
                switch outcome {
                case .written, .writtenUncounted, .postponed: state.statistics.written += 1
                case .dropped(let reason): state.statistics.dropped[reason, default: 0] += 1
                }
            }
            state.resolved += Int64(items.count)
            var change: LedgerStatusChange?
            if isCommit {
                change = state.health.succeed(at: now, dropped: state.statistics.totalDropped)
                state.statistics.trouble = nil
                state.statistics.commits += 1
                state.statistics.lastCommitMicroseconds = now
            }
            return (takeWaiters(of: &state), change, change == nil ? [] : state.observers)
        }
        if let change { for observer in observers { observer(change) } }
        for (item, outcome) in zip(items, outcomes) { item.tell(outcome) }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Removes the journal while the lock is held; records dropped at the end are left to the next writer.
    func removeJournal() {
        state.withLock { state in
            guard state.statistics.queued == 0, state.statistics.dropped[.shutdown] ?? 0 == 0 else { return }
            state.journal?.remove()
            state.journal = nil
        }
    }

    /// Fails the remaining commands and resumes all waiters, since the writer has ended.
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
