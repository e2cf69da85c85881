/// The decisions on when a writer's trouble begins, whom it concerns, and when it has ended.
struct LedgerHealth: Sendable {
    /// The trouble that lasts; `nil` while records are written.
    private(set) var trouble: LedgerFault?
    private var droppedBefore: Int64 = 0
    /// The records that had been dropped when the trouble was told last, and when that was.
    private var told: (dropped: Int64, at: Int64) = (0, 0)
    /// How often losses are told while they go on, in microseconds.
    private static let interval: Int64 = 60_000_000
    private var remedy: String?

    /// The reason for which a full queue drops records now.
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
    ///   - now: Microseconds since 1970.
    ///   - dropped: The records that were dropped so far.
    /// - Returns: What is to be told; of a trouble that lasts already, once a minute that it has cost further records.
    mutating func fail(_ error: LedgerError, at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        if trouble != nil {
            // The newest failure says what is to be done; the beginning stays.
            trouble?.code = error.code
            trouble?.description = error.description
            return lasting(at: now, dropped: dropped)
        }
        let began = LedgerFault(code: error.code, description: error.description, since: now)
        trouble = began
        droppedBefore = dropped
        told = (dropped, now)
        return LedgerStatusChange(kind: .failed, trouble: began, duration: 0, remedy: remedy, dropped: 0)
    }

    private mutating func lasting(at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        guard let trouble, dropped > told.dropped, now - told.at >= Self.interval else { return nil }
        told = (dropped, now)
        return LedgerStatusChange(
            kind: .lasting,
            trouble: trouble,
            duration: max(0, now - trouble.since),
            remedy: remedy,
            dropped: dropped - droppedBefore
        )
    }

    /// Notes what the writer did about a file that it lost.
    ///
    /// - Parameters:
    ///   - error: What happened to the file.
    ///   - remedy: What was done, in a sentence.
    ///   - lost: The committed records that are lost with it.
    ///   - now: Microseconds since 1970.
    /// - Returns: What is to be told; `nil` if the end of the trouble will tell it.
    mutating func replace(_ error: LedgerError, _ remedy: String, lost: Int64, at now: Int64) -> LedgerStatusChange? {
        if trouble != nil {
            self.remedy = remedy
            return nil
        }
        let event = LedgerFault(code: error.code, description: error.description, since: now)
        return LedgerStatusChange(kind: .replaced, trouble: event, duration: 0, remedy: remedy, dropped: lost)
    }

    /// Notes a commit.
    ///
    /// - Parameters:
    ///   - now: Microseconds since 1970.
    ///   - dropped: The records that were dropped so far.
    /// - Returns: What is to be told; `nil` if there was no trouble.
    mutating func succeed(at now: Int64, dropped: Int64) -> LedgerStatusChange? {
        guard let trouble else { return nil }
        defer { (self.trouble, remedy) = (nil, nil) }
        return LedgerStatusChange(
            kind: .recovered,
            trouble: trouble,
            duration: max(0, now - trouble.since),
            remedy: remedy,
            dropped: dropped - droppedBefore
        )
    }
}
