package import OpenAIUsageLedger

/// The decision about messages on budgets: one for each threshold and window, also across restarts.
///
/// It is fed with the states of budgets, and with the notes of what was sent; the caller sends a message and then stores
/// its note. When several thresholds are reached at once, only the highest is told.
package struct BudgetNotifier: Sendable {
    /// The notes by name, as they are stored.
    private var notes: [String: String]
    private let digest: CalendarPeriod.Unit?

    /// Creates a notifier.
    ///
    /// - Parameters:
    ///   - notes: The stored notes, by the names of ``names(of:)``.
    ///   - digest: The unit at whose end a digest is sent; `nil` for none.
    package init(notes: [String: String], digest: CalendarPeriod.Unit? = nil) {
        self.notes = notes
        self.digest = digest
    }

    /// The name of the note on digests.
    package static let digestName = "budget-digest"

    /// The name of a budget's note.
    package static func name(of budget: Budget) -> String { "budget:\(budget.name)" }

    /// Returns the due messages, each with the note that is stored once it was sent.
    ///
    /// - Parameter statuses: The present states.
    /// - Returns: The messages.
    package mutating func due(_ statuses: [BudgetStatus]) -> [Delivery] {
        statuses.compactMap { status in
            guard let threshold = status.reachedThreshold else { return nil }
            let name = Self.name(of: status.budget)
            let note = "\(status.windowName) \(threshold)"
            let parts = (notes[name] ?? "").split(separator: " ")
            if parts.count == 2, parts[0] == status.windowName, let sent = Int(parts[1]), sent >= threshold {
                return nil
            }
            return Delivery(notice: .threshold(threshold, status), name: name, note: note)
        }
    }

    /// The start of the digest's window at a time, if a digest of the window before it is due.
    package func dueDigest(at window: CalendarPeriod.Range, named day: String) -> Bool {
        guard digest != nil, let last = notes[Self.digestName] else { return false }
        return last != day
    }

    /// True if no digest was noted yet, so that the first window is not told in part.
    package var isFirstDigest: Bool { digest != nil && notes[Self.digestName] == nil }

    /// Notes that a message was sent.
    package mutating func sent(_ name: String, _ note: String) { notes[name] = note }

    /// A message with the note that is stored once it was sent.
    package struct Delivery: Sendable, Equatable {
        package var notice: BudgetNotice
        package var name: String
        package var note: String
    }
}
