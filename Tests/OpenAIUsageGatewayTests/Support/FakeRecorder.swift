import OpenAIUsage
import OpenAIUsageTestKit
import Synchronization

@testable import OpenAIUsageGateway

/// A recorder that keeps what it is given, and commits when it is told to.
final class FakeRecorder: DataPlaneRecorder, DataPlaneCounters {
    /// A record whose keeper waits.
    struct Commit: Sendable {
        let record: CallRecord
        let isOpen: Bool
        let waiter: (@Sendable () -> Void)?
    }

    struct State: Sendable, CustomStringConvertible {
        var records: [CallRecord] = []
        var openRecords: [CallRecord] = []
        /// Records that came through the plain sink, which means that nobody ended their call.
        var abandoned: [CallRecord] = []
        var withheld: [Commit] = []
        var started = 0
        var ended = 0
        var late = 0
        /// The records kept at once that no flush has followed.
        var unflushed = 0
        var notAsked: [IncludeUsage.Note] = []
        var events: [DataPlaneEvent] = []
        var limits: [DataPlaneLimit] = []
        var waiting = 0
        /// The interim records of calls whose client left before their end.
        var disconnects: [CallRecord] = []
        var afterDisconnect = 0
        var retries: [UpstreamRetry] = []

        var description: String {
            "\(records.count) records \(records.map(\.outcome)), \(openRecords.count) open, \(withheld.count) withheld, "
                + "\(started) started, \(ended) ended, \(late) late"
        }
    }

    private let state = Watched(State())
    private let withholds: Atomic<Bool>
    private let flushObserver = Mutex<(@Sendable () -> Void)?>(nil)

    /// True to keep every record at once, so that nobody is told of it later.
    private let keepsAtOnce: Bool

    init(withholdsCommits: Bool = false, keepsAtOnce: Bool = false) {
        self.keepsAtOnce = keepsAtOnce
        withholds = Atomic(withholdsCommits)
    }

    var current: State { state.value }

    /// Waits until the state is as wanted.
    @discardableResult
    func wait(for what: String, until isMet: @escaping @Sendable (State) -> Bool) async throws -> State {
        try await state.wait(for: what, until: isMet)
    }

    /// The final records, as soon as there are that many.
    func records(_ count: Int) async throws -> [CallRecord] {
        try await state.wait(for: "\(count) records") { $0.records.count >= count }.records
    }

    /// The one record, as soon as its call has ended.
    func record() async throws -> CallRecord {
        let state = try await state.wait(for: "a record") { $0.records.count >= 1 && $0.started == $0.ended }
        guard state.records.count == 1 else {
            throw Watched<State>.LimitError(what: "exactly one record", state: "\(state)")
        }
        return state.records[0]
    }

    /// Commits the oldest withheld record, as soon as there is one.
    @discardableResult
    func commitNext() async throws -> Commit {
        try await state.wait(for: "a withheld commit") { !$0.withheld.isEmpty }
        let commit = state.update { $0.withheld.removeFirst() }
        commit.waiter?()
        return commit
    }

    /// Commits everything that is withheld, and all that comes.
    func commitAll() {
        withholds.store(false, ordering: .sequentiallyConsistent)
        let withheld = state.update { state in
            defer { state.withheld = [] }
            return state.withheld
        }
        for commit in withheld { commit.waiter?() }
    }

    private func take(_ commit: Commit) {
        let isWithheld = withholds.load(ordering: .sequentiallyConsistent)
        state.update { state in
            if commit.isOpen {
                state.openRecords.append(commit.record)
            } else {
                state.records.append(commit.record)
            }
            if isWithheld { state.withheld.append(commit) }
            if keepsAtOnce { state.unflushed += 1 }
        }
        if !isWithheld { commit.waiter?() }
    }

    // MARK: - DataPlaneRecorder

    func submit(_ record: CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        take(Commit(record: record, isOpen: false, waiter: keepsAtOnce ? nil : waiter))
        return keepsAtOnce
    }

    func submitOpen(_ record: CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        take(Commit(record: record, isOpen: true, waiter: keepsAtOnce ? nil : waiter))
        return keepsAtOnce
    }

    func flush() {
        let observer = flushObserver.withLock { $0 }
        observer?()
        state.update { $0.unflushed = 0 }
    }

    /// Sets the closure that is called before submitted records count as flushed.
    func observeFlushes(_ observer: @escaping @Sendable () -> Void) { flushObserver.withLock { $0 = observer } }

    func record(_ record: CallRecord) { state.update { $0.abandoned.append(record) } }

    func changeInFlight(_ endpoint: Endpoint, by change: Int64) {
        state.update { if change > 0 { $0.started += 1 } else { $0.ended += 1 } }
    }

    func releaseLate() { state.update { $0.late += 1 } }
    func recordDisconnect(_ record: CallRecord) { state.update { $0.disconnects.append(record) } }

    // MARK: - DataPlaneCounters

    func usageNotAsked(_ reason: IncludeUsage.Note) { state.update { $0.notAsked.append(reason) } }
    func count(_ event: DataPlaneEvent) { state.update { $0.events.append(event) } }
    func reached(_ limit: DataPlaneLimit) { state.update { $0.limits.append(limit) } }
    func changeWaiting(by change: Int) { state.update { $0.waiting += change } }
    func changeConnections(by change: Int) {}
    func changeCallsAfterDisconnect(by change: Int) { state.update { $0.afterDisconnect += change } }
    func retried(_ reason: UpstreamRetry) { state.update { $0.retries.append(reason) } }
}
