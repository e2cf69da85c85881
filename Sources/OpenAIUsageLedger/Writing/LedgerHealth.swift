/// The rules for when a failure of the writer begins, is reported again, and ends.
struct LedgerHealth: Sendable {
    /// The present failure; `nil` while records are written.
    private(set) var trouble: LedgerFault?
    private var droppedBefore: Int64 = 0
    /// The number of dropped records and the time at the last report.
    private var told: (dropped: Int64, at: Int64) = (0, 0)
    /// The least interval between reports of continuing losses, in microseconds.
    private static let interval: Int64 = 60_000_000
    private var remedy: String?

    /// The reason why a full queue drops records at present.
    var dropReason: DropReason {
        switch trouble?.code {
        case nil: .queueFull
        case .diskFull: .diskFull
        case .busy: .databaseLocked
        default: .ledgerFailed
        }
    }

    /// Notes a failure.
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - now: The time in microseconds since 1970.
    ///   - dropped: The records dropped so far.
    /// - Returns: The change to report; during a failure, at most once a minute and only if it has cost further records.
    mutating func fail(_ error: LedgerError, at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        if trouble != nil {
            // The newest failure tells the remedy; the start stays.
            trouble?.code = error.code
            trouble?.description = error.description
            return lasting(at: now, dropped: dropped)
        }
        let began = LedgerFault(code: error.code, description: error.description, sinceMicroseconds: now)
        trouble = began
        droppedBefore = dropped
        told = (dropped, now)
        return LedgerStatusChange(kind: .failed, trouble: began, durationMicroseconds: 0, remedy: remedy, dropped: 0)
    }

    private mutating func lasting(at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        guard let trouble, dropped > told.dropped, now - told.at >= Self.interval else { return nil }
        told = (dropped, now)
        return LedgerStatusChange(
            kind: .lasting,
            trouble: trouble,
            durationMicroseconds: max(0, now - trouble.sinceMicroseconds),
            remedy: remedy,
            dropped: dropped - droppedBefore
        )
    }

    /// Notes the writer's remedy for a lost file.
    ///
    /// - Parameters:
    ///   - error: The damage to the file.
    ///   - remedy: The remedy, in a sentence.
    ///   - lost: The committed records that are lost with the file.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The change to report; `nil` during a failure, whose end reports the remedy.
    mutating func replace(_ error: LedgerError, _ remedy: String, lost: Int64, at now: Int64) -> LedgerStatusChange? {
        if trouble != nil {
            self.remedy = remedy
            return nil
        }
        let event = LedgerFault(code: error.code, description: error.description, sinceMicroseconds: now)
        return LedgerStatusChange(
            kind: .replaced,
            trouble: event,
            durationMicroseconds: 0,
            remedy: remedy,
            dropped: lost
        )
    }

    /// Notes a commit.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970.
    ///   - dropped: The records dropped so far.
    /// - Returns: The change to report; `nil` if there was no failure.
    mutating func succeed(at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        guard let trouble else { return nil }
        defer { (self.trouble, remedy) = (nil, nil) }
        return LedgerStatusChange(
            kind: .recovered,
            trouble: trouble,
            durationMicroseconds: max(0, now - trouble.sinceMicroseconds),
            remedy: remedy,
            dropped: dropped - droppedBefore
        )
    }
}
