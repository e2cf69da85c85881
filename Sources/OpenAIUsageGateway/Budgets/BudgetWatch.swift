import Foundation
package import OpenAIUsage
package import OpenAIUsageLedger
import OpenAIUsageMetrics
import ServiceLifecycle
import Synchronization

/// The service that reads the states of budgets, shows them in metrics and sends messages.
package final class BudgetWatch: Service {
    /// The settings of the watch.
    package struct Settings: Sendable {
        /// The budgets.
        package var budgets: [Budget] = []
        /// The unit of the calendar at whose end a digest is sent; `nil` for none.
        package var digest: CalendarPeriod.Unit?
        /// The delivery of a message, which throws if it was not accepted; `nil` to send none.
        package var send: (@Sendable (BudgetNotice) async throws -> Void)?
        /// The interval between two readings of the ledger.
        package var interval = Duration.seconds(15)

        package init() {}
    }

    /// A reading of the states.
    private struct Reading: Sendable {
        var statuses: [BudgetStatus] = []
        /// The time of the reading, in microseconds since 1970.
        var time: Int64 = 0
        /// The number of readings so far.
        var number = 0
        /// The problem of the last attempt to read; `nil` if there was none.
        var problem: String?
    }

    /// The memory of the delivery of messages from one step to the next.
    package struct Deliveries: Sendable {
        /// The number of the reading that was used last.
        var reading = 0
        /// `nil` before the notes are read.
        var notifier: BudgetNotifier?
        var backoff = DeliveryBackoff()
        /// The problem that was told last; `nil` if there is none.
        var problem: String?

        package init() {}
    }

    private let settings: Settings
    private let ledger: Ledger
    private let reader: AsyncLedgerReader
    private let clock: any UsageClock
    private let tell: @Sendable (String) -> Void
    private let sleep: @Sendable (Duration) async throws -> Void
    private let reading = Mutex(Reading())

    /// Creates a watch; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - ledger: The ledger, which remembers what was sent.
    ///   - clock: The clock.
    ///   - sleep: Waits for a duration. It throws when the task is cancelled.
    ///   - tell: Called with a sentence when messages or readings begin to fail, and when they succeed again.
    package init(
        _ settings: Settings,
        ledger: Ledger,
        clock: any UsageClock = SystemUsageClock(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.sleep = sleep
        self.tell = tell
        reader = AsyncLedgerReader(path: ledger.path, cache: ReportCache())
    }

    /// The budgets.
    var budgets: [Budget] { settings.budgets }

    /// The latest states.
    package var latest: [BudgetStatus] { reading.withLock { $0.statuses } }

    /// Reads and tells until a graceful shutdown or cancellation.
    ///
    /// Readings do not wait for messages, which a receiver may hold up.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    while !Task.isCancelled {
                        try await read()
                        try await sleep(settings.interval)
                    }
                }
                group.addTask { [self] in
                    var deliveries = Deliveries()
                    while !Task.isCancelled {
                        try await deliver(&deliveries)
                        // Soon after a new reading.
                        try await sleep(min(settings.interval, .seconds(1)))
                    }
                }
                defer { group.cancelAll() }
                _ = try await group.next()
            }
        }
    }

    /// Reads the states once; a problem is told when it begins.
    ///
    /// - Throws: A `CancellationError`.
    package func read() async throws {
        let (now, budgets) = (clock.wallMicroseconds, settings.budgets)
        var problem: String?
        do {
            let found = try await reader.run { try $0.status(of: budgets, now: now) }
            reading.withLock { ($0.statuses, $0.time, $0.number) = (found, now, $0.number + 1) }
        } catch is CancellationError { throw CancellationError() } catch { problem = "\(error)" }
        let before = reading.withLock { reading in
            defer { reading.problem = problem }
            return reading.problem
        }
        guard problem != before else { return }
        tell(problem.map { "The budgets cannot be read: \($0)" } ?? "The budgets can be read again.")
    }

    /// Sends what is due by the latest states, once for each reading; a problem is told when it begins.
    ///
    /// - Parameter deliveries: What was remembered from the step before.
    /// - Throws: A `CancellationError`.
    package func deliver(_ deliveries: inout Deliveries) async throws {
        let reading = reading.withLock { $0 }
        guard let send = settings.send, reading.number != deliveries.reading else { return }
        deliveries.reading = reading.number
        var problem: String?
        do {
            var notifier: BudgetNotifier
            if let known = deliveries.notifier { notifier = known } else { notifier = try await storedNotes() }
            defer { deliveries.notifier = notifier }
            var due = notifier.due(reading.statuses)
            if let digest = try await dueDigest(&notifier, at: reading.time) { due.append(digest) }
            deliveries.backoff.keep(Set(due.map(\.notice.id)))
            for delivery in due {
                guard try await attempt(delivery.notice, &deliveries.backoff, send) else { continue }
                notifier.sent(delivery.name, delivery.note)
                try await ledger.setNote(delivery.note, named: delivery.name)
            }
        } catch is CancellationError { throw CancellationError() } catch { problem = "\(error)" }
        if let problem, problem != deliveries.problem { tell("The messages on budgets cannot be noted: \(problem)") }
        deliveries.problem = problem
    }

    /// Sends a message unless its last attempt was too short ago.
    ///
    /// - Returns: True if it was accepted.
    /// - Throws: A `CancellationError`.
    private func attempt(
        _ notice: BudgetNotice,
        _ backoff: inout DeliveryBackoff,
        _ send: @Sendable (BudgetNotice) async throws -> Void
    ) async throws -> Bool {
        guard backoff.mayTry(notice.id, at: clock.monotonicNanoseconds) else { return false }
        do {
            try await send(notice)
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            if backoff.failed(notice.id, at: clock.monotonicNanoseconds, reason: "\(error)") {
                tell(
                    "The message \(notice.id) could not be sent: \(error) It is tried again after 15 seconds, and then less and less often, up to once an hour."
                )
            }
            return false
        }
        if backoff.accepted(notice.id) { tell("Messages on budgets are accepted again: \(notice.id) was sent.") }
        return true
    }

    /// Returns the digest that is due at a time; `nil` if none is.
    ///
    /// The first window is only noted.
    private func dueDigest(_ notifier: inout BudgetNotifier, at now: Int64) async throws -> BudgetNotifier.Delivery? {
        guard let unit = settings.digest, let zone = settings.budgets.first?.timeZone else { return nil }
        let window = CalendarPeriod.whole(unit, at: now, timeZone: zone)
        let day = TimestampText.utc(window.from, isShort: true)
        if notifier.isDigestDue(at: day) {
            let (budgets, end) = (settings.budgets, window.from - 1)
            let before = try await reader.run { try $0.status(of: budgets, now: end) }
            let start = CalendarPeriod.whole(unit, at: end, timeZone: zone).from
            let notice = BudgetNotice.digest(before, of: unit, from: TimestampText.utc(start, isShort: true))
            return BudgetNotifier.Delivery(notice: notice, name: BudgetNotifier.digestName, note: day)
        }
        if notifier.isFirstDigest {
            try await ledger.setNote(day, named: BudgetNotifier.digestName)
            notifier.sent(BudgetNotifier.digestName, day)
        }
        return nil
    }

    private func storedNotes() async throws -> BudgetNotifier {
        let names = settings.budgets.map(BudgetNotifier.name(of:)) + [BudgetNotifier.digestName]
        let notes = try await reader.run { reader in
            var notes: [String: String] = [:]
            for name in names { notes[name] = try reader.note(named: name) }
            return notes
        }
        return BudgetNotifier(notes: notes, digest: settings.digest)
    }

    /// The states as gauges.
    func gauges() -> [BudgetGauge] {
        latest.map {
            BudgetGauge(
                name: $0.budget.name,
                amountPicoUSD: $0.budget.amountPicoUSD,
                spentPicoUSD: $0.spentPicoUSD,
                forecastPicoUSD: $0.forecastPicoUSD
            )
        }
    }
}
