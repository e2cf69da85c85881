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

    private let settings: Settings
    private let ledger: Ledger
    private let reader: AsyncLedgerReader
    private let clock: any UsageClock
    private let tell: @Sendable (String) -> Void
    private let sleep: @Sendable (Duration) async throws -> Void
    private let statuses = Mutex<[BudgetStatus]>([])

    /// Creates a watch; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - ledger: The ledger, which remembers what was sent.
    ///   - clock: The clock.
    ///   - sleep: Waits for a duration. It throws when the task is cancelled.
    ///   - tell: Called with a sentence when a message could not be sent or the ledger not be read.
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
        reader = AsyncLedgerReader(path: ledger.path)
    }

    /// The latest states.
    package var latest: [BudgetStatus] { statuses.withLock { $0 } }

    /// Reads and tells until a graceful shutdown or cancellation.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            var notifier: BudgetNotifier?
            while !Task.isCancelled {
                do { try await step(&notifier) } catch is CancellationError { return } catch {
                    tell("The budgets could not be read or told: \(error)")
                }
                try await sleep(settings.interval)
            }
        }
    }

    /// Reads the states once, and sends what is due.
    ///
    /// - Parameter notifier: The notifier; `nil` before the first step, which reads the notes.
    /// - Throws: A ``LedgerError``, or the error of a digest that was not accepted.
    package func step(_ notifier: inout BudgetNotifier?) async throws {
        let now = clock.wallMicroseconds
        let budgets = settings.budgets
        let found = try await reader.run { try $0.status(of: budgets, now: now) }
        statuses.withLock { $0 = found }
        guard let send = settings.send else { return }
        var current: BudgetNotifier
        if let notifier { current = notifier } else { current = try await storedNotes() }
        defer { notifier = current }
        for delivery in current.due(found) {
            do { try await send(delivery.notice) } catch is CancellationError { throw CancellationError() } catch {
                // The next step tries again; other budgets must not wait for it.
                tell("The message \(delivery.notice.id) could not be sent: \(error)")
                continue
            }
            try await ledger.setNote(delivery.note, named: delivery.name)
            current.sent(delivery.name, delivery.note)
        }
        try await sendDigest(&current, at: now, send)
    }

    private func sendDigest(
        _ notifier: inout BudgetNotifier,
        at now: Int64,
        _ send: @Sendable (BudgetNotice) async throws -> Void
    ) async throws {
        guard let unit = settings.digest, let zone = settings.budgets.first?.timeZone else { return }
        let window = CalendarPeriod.whole(unit, at: now, timeZone: zone)
        let day = TimestampText.utc(window.from, isShort: true)
        if notifier.dueDigest(at: window, named: day) {
            let (budgets, end) = (settings.budgets, window.from - 1)
            let before = try await reader.run { try $0.status(of: budgets, now: end) }
            let start = CalendarPeriod.whole(unit, at: end, timeZone: zone).from
            try await send(.digest(before, of: unit, from: TimestampText.utc(start, isShort: true)))
        } else if !notifier.isFirstDigest {
            return
        }
        try await ledger.setNote(day, named: BudgetNotifier.digestName)
        notifier.sent(BudgetNotifier.digestName, day)
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
