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

/// The bounded queue between the threads that capture calls and the one that writes them.
///
/// All counts change under one lock, so that they agree at every moment.
final class RecordQueue: Sendable {
    /// A record on its way; a record is large, and moved once.
    // SAFETY: who waits changes under the queue's lock while the item is queued, and by the writer once it has taken the item.
    final class Item: @unchecked Sendable {
        let record: CallRecord
        let isOpen: Bool
        /// Told what became of the record by who waits for it.
        fileprivate var waiter: CommitObserver?
        /// Told of the record and what became of it.
        fileprivate var observer: RecordObserver?
        /// The bytes that the record takes, about: its fields, and the provider's object, which alone may be long.
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
            self.waiter = waiter
            self.observer = observer
        }

        fileprivate func tell(_ outcome: CommitOutcome) {
            if let waiter { waiter(outcome) }
            if let observer { observer(record, outcome) }
        }

        /// The item with those who are to be told, which this one forgets.
        fileprivate func released() -> ReleasedItem {
            defer { (waiter, observer) = (nil, nil) }
            return ReleasedItem(item: self, waiter: waiter, observer: observer)
        }
    }

    /// Those who are to be told of an item that others hold by now.
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
        /// The number of who does not wait for long, or while the writer is in trouble.
        var impatience: Int?
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var items: [Item] = []
        /// Where records are kept until they are committed; `nil` if they are in memory only.
        var journal: RecordJournal?
        /// How many of the items are waited for.
        var awaited = 0
        var commands: [WriterCommand] = []
        var statistics = LedgerStatistics()
        var openQueued = 0
        /// The bytes that the records take which wait.
        var bytes = 0
        var accepted: Int64 = 0
        var resolved: Int64 = 0
        var health = LedgerHealth()
        var observers: [@Sendable (LedgerStatusChange) -> Void] = []
        /// What happened before there was an observer.
        var untold: [LedgerStatusChange] = []
        var writerWaits = false
        var writerGathers = false
        var deadline: Int64?
        var isFinished = false
        /// When records were looked for last, in monotonic nanoseconds.
        var lastTaken = Int64.min / 2
        /// How many records come at present.
        var traffic = RecordTraffic()
        var waiters: [Waiter] = []
        var impatienceCount = 0
    }

    /// How long the writer waits for more records when it has just written some, in nanoseconds: while many come and nobody
    /// waits for their commit, and while somebody does.
    private static let gatheringNanoseconds: (unawaited: Int64, awaited: Int64) = (20_000_000, 150_000)
    /// The numbers of records for which it does not wait.
    private static let sufficientBatch = (unawaited: 4_096, awaited: 64)

    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let capacityBytes: Int
    /// The records in a window of time from which on they are gathered.
    private let busyCount: Int
    private let clock: any UsageClock
    /// How often the writer looks around when nothing is queued.
    private let idleInterval: DispatchTimeInterval

    /// - Parameters:
    ///   - capacity: The most records that wait.
    ///   - capacityBytes: The most bytes that they take.
    ///   - clock: The clocks.
    ///   - idleMilliseconds: How often the writer looks around when nothing is queued.
    ///   - busyCount: The records in 20 ms from which on they are gathered.
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

    /// Keeps every record in a journal too, from now on, until it is committed.
    ///
    /// - Throws: A ``LedgerError`` if the journal's files cannot be created.
    func keepJournal(of path: String) throws {
        try state.withLock { $0.journal = try RecordJournal(path: path) }
    }

    /// Takes a finished record, or drops it.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Told what became of it, unless it need not be waited for.
    ///   - observer: Told of the record and what became of it in any case.
    /// - Returns: True if it survives the end of the process already, so that nobody need wait.
    @discardableResult
    func add(_ record: consuming CallRecord, waiter: CommitObserver? = nil, observer: RecordObserver? = nil) -> Bool {
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
            return append(item, to: &state)
        }
        if wakes { signal.signal() }
        if let told { told.item.tell(told.outcome) }
        return isKept
    }

    /// Takes an interim record; it is left out when there is no room, since the finished one follows.
    ///
    /// - Returns: True if it survives the end of the process already.
    @discardableResult
    func addOpen(_ record: consuming CallRecord, waiter: CommitObserver? = nil) -> Bool {
        let item = Item(record: record, isOpen: true, waiter: waiter)
        let (told, isKept, wakes) = state.withLock { state -> (Told?, Bool, Bool) in
            if state.deadline != nil || state.isFinished {
                return ((item.released(), .dropped(.shutdown)), false, false)
            }
            if state.openQueued >= capacity || state.bytes >= capacityBytes {
                return ((item.released(), .dropped(state.health.dropReason)), false, false)
            }
            state.openQueued += 1
            return append(item, to: &state)
        }
        if wakes { signal.signal() }
        if let told { told.item.tell(told.outcome) }
        return isKept
    }

    /// Takes something else for the writer to do.
    func add(_ command: WriterCommand) {
        let (isTaken, wakes) = state.withLock { state in
            if state.deadline != nil || state.isFinished { return (false, false) }
            state.commands.append(command)
            return (true, wakeWriter(&state))
        }
        if wakes { signal.signal() }
        if !isTaken { command.refuse() }
    }

    /// The counts.
    var statistics: LedgerStatistics { state.withLock(\.statistics) }

    /// Returns when everything that is in the queue now is committed or lost.
    ///
    /// - Parameter isImpatient: True to return while the writer is in trouble, and after 100 ms at the latest.
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

    /// Asks the writer to write what is left until a deadline on the monotonic clock, and to end.
    func close(deadline: Int64) {
        state.withLock { state in
            state.deadline = min(state.deadline ?? deadline, deadline)
            (state.writerWaits, state.writerGathers) = (false, false)
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

    /// Queues a record; while the writer is in trouble, nobody is made to wait for it.
    ///
    /// - Returns: What is to be told at once, whether the record is kept already, and whether the writer must be woken.
    private func append(_ item: Item, to state: inout State) -> (Told?, isKept: Bool, wakes: Bool) {
        let isBusy = state.traffic.note(at: clock.monotonicNanoseconds) >= busyCount
        // Of a call that has not ended a record is of use only to who waits for it; and who waits for a writer that has little
        // to do waits for the commit itself.
        let isWorthKeeping = item.waiter == nil ? !item.isOpen : isBusy || state.health.trouble != nil
        let isKept = isWorthKeeping && state.journal?.append(item.record, isOpen: item.isOpen) == true
        let isPostponed = !isKept && state.health.trouble != nil
        if isKept { item.waiter = nil }
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

    /// Tells whether the writer must be woken, which is then to be done.
    private func wakeWriter(_ state: inout State) -> Bool {
        defer { (state.writerWaits, state.writerGathers) = (false, false) }
        return state.writerWaits || state.writerGathers
    }

    /// Adds an observer of the writer's health, which is told of a trouble that lasts; the first one is told of
    /// replacements before it, too.
    func observe(_ observer: @escaping @Sendable (LedgerStatusChange) -> Void) {
        let (trouble, untold) = state.withLock { state in
            state.observers.append(observer)
            defer { state.untold = [] }
            return (state.health.trouble, state.untold)
        }
        for change in untold { observer(change) }
        if let trouble {
            observer(LedgerStatusChange(kind: .failed, trouble: trouble, duration: 0, remedy: nil, dropped: 0))
        }
    }

    // MARK: The writing side

    /// Everything that is queued, after a wait if that is nothing; `nil` when the ledger closes and nothing is left.
    ///
    /// It is empty when there is only something else to do, and from time to time when there is nothing.
    ///
    /// - Parameter limit: The longest wait in nanoseconds; `nil` for the usual one.
    /// - Returns: The items, or `nil`.
    func take(within limit: Int64? = nil) -> [Item]? {
        gather()
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

    /// Waits a little for more records, if the last ones were taken just before: every batch costs a commit, however few they
    /// are, and calls that are under way at the same time end at nearly the same time.
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

    /// Counts a failure for which records cannot be written, and releases everybody who waits for a commit.
    func noteFailure(_ error: LedgerError) {
        let now = clock.wallMicroseconds
        let (released, impatient, change, observers) = state.withLock { state in
            count(error, in: &state)
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

    /// Releases those who wait for items that the writer has taken and could not write.
    func postpone(_ items: ArraySlice<Item>) {
        for item in items { item.released().tell(.postponed) }
    }

    /// Ends a trouble when nothing waits to be written.
    func noteRecovery() {
        let now = clock.wallMicroseconds
        let (change, observers) = state.withLock { state in
            defer { state.statistics.trouble = nil }
            return (state.health.succeed(at: now, dropped: state.statistics.totalDropped), state.observers)
        }
        if let change { for observer in observers { observer(change) } }
    }

    /// Counts a failure for which no record waits.
    func noteError(_ error: LedgerError) {
        state.withLock { count(error, in: &$0) }
    }

    /// Notes that the writer goes on in another file, or will.
    ///
    /// - Parameters:
    ///   - error: What happened to the file before.
    ///   - remedy: What was done about it, in a sentence.
    ///   - lost: The committed records that are lost with it, which count as dropped from now on.
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

    /// Settles items in their order, and tells those who wait for them.
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
                state.statistics.lastCommit = now
            }
            return (takeWaiters(of: &state), change, change == nil ? [] : state.observers)
        }
        if let change { for observer in observers { observer(change) } }
        for (item, outcome) in zip(items, outcomes) { item.tell(outcome) }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Removes the journal, while the ledger is still this process'; what the end has dropped is left to who opens it next.
    func removeJournal() {
        state.withLock { state in
            guard state.statistics.queued == 0, state.statistics.dropped[.shutdown] ?? 0 == 0 else { return }
            state.journal?.remove()
            state.journal = nil
        }
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
