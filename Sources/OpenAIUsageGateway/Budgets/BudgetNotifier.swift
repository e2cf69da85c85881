package import OpenAIUsageLedger

/// The decision about messages on budgets: one for each threshold and window, also across restarts.
///
/// It is fed with the states of budgets, and with the notes of what was sent; the caller sends a message and then stores
/// its note. A message is therefore sent at least once, and each time with the same ID. When several thresholds are reached
/// at once, only the highest is told. Windows older than the noted one, as after a clock was set back, tell nothing.
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
    package func due(_ statuses: [BudgetStatus]) -> [Delivery] {
        statuses.compactMap { status in
            guard let threshold = status.reachedThreshold else { return nil }
            let name = Self.name(of: status.budget)
            let unit = status.budget.unit.rawValue
            if let sent = Sent(notes[name] ?? ""), sent.unit ?? unit == unit {
                if status.windowName < sent.window { return nil }
                if status.windowName == sent.window, sent.threshold >= threshold { return nil }
            }
            let note = "\(status.windowName) \(threshold) \(unit)"
            return Delivery(notice: .threshold(threshold, status), name: name, note: note)
        }
    }

    /// Returns true if a digest of the window before is due in a window that starts at a time, as `2026-11-23T00:00:00Z`.
    package func isDigestDue(at start: String) -> Bool {
        guard digest != nil, let last = notes[Self.digestName], Self.isTime(last) else { return false }
        return last < start
    }

    /// True if no digest was noted yet, so that the first window is not told in part.
    package var isFirstDigest: Bool { digest != nil && !Self.isTime(notes[Self.digestName] ?? "") }

    /// Notes that a message was sent.
    package mutating func sent(_ name: String, _ note: String) { notes[name] = note }

    /// A message with the note that is stored once it was sent.
    package struct Delivery: Sendable, Equatable {
        package var notice: BudgetNotice
        package var name: String
        package var note: String
    }

    /// A note on a threshold that was told.
    private struct Sent {
        var window: String
        var threshold: Int
        /// The unit of the window; `nil` in notes of earlier versions.
        var unit: String?

        /// Reads a note; `nil` if it is not understood.
        init?(_ note: String) {
            let parts = note.split(separator: " ")
            guard 2...3 ~= parts.count, isTime(String(parts[0])), let threshold = Int(parts[1]) else { return nil }
            window = String(parts[0])
            self.threshold = threshold
            unit = parts.count == 3 ? String(parts[2]) : nil
        }
    }

    /// True for the text of a day or a time in UTC, whose order is that of time.
    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(10))
        guard bytes.count == 10 else { return false }
        return bytes.indices.allSatisfy { $0 == 4 || $0 == 7 ? bytes[$0] == 0x2D : 0x30...0x39 ~= bytes[$0] }
    }
}
