public import OpenAIUsage

/// A lasting failure of a ledger's writer.
///
/// While it lasts, records wait in the bounded queue, and no call waits for a commit.
public struct LedgerFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the failure.
    public var code: LedgerError.Code
    /// The cause with the path and, where there is one, the remedy.
    public var description: String
    package var sinceMicroseconds: Int64

    /// The start of the failure.
    public var since: Timestamp {
        get { Timestamp(microsecondsSince1970: sinceMicroseconds) }
        set { sinceMicroseconds = newValue.microsecondsSince1970 }
    }
}

/// A change in the health of a ledger's writer, reported to an operator once.
public struct LedgerStatusChange: Sendable, Equatable, CustomStringConvertible {
    /// The kind of a change.
    public enum Kind: String, Sendable, CaseIterable {
        /// Records cannot be written.
        case failed
        /// The failure continues and has cost further records; reported once a minute at most.
        case lasting
        /// Records are written again.
        case recovered
        /// The file was lost or damaged, and the writer continued in another one at once.
        case replaced
    }

    /// The kind of the change.
    public var kind: Kind
    /// The failure that began or ended.
    public var trouble: LedgerFault
    package var durationMicroseconds: Int64
    /// The writer's remedy, in a sentence; `nil` if it only retries.
    public var remedy: String?
    /// The records lost to the failure so far.
    public var dropped: Int64

    /// The time since the failure began; 0 when it begins.
    public var duration: Duration { .microseconds(durationMicroseconds) }

    /// The change in sentences, for a log.
    public var description: String {
        let remedy = remedy.map { " \($0)" } ?? ""
        switch kind {
        case .failed:
            return "The ledger fails: \(trouble)\(remedy) Calls go on, and their rows wait in memory."
        case .lasting:
            let seconds = durationMicroseconds / 1_000_000
            return
                "The ledger still fails after \(seconds) s: \(trouble)\(remedy) Records dropped meanwhile: \(dropped)."
        case .recovered:
            let seconds = DecimalText.seconds(microseconds: durationMicroseconds / 1_000 * 1_000)
            return "The ledger is written again after \(seconds) s.\(remedy) Records dropped meanwhile: \(dropped)."
        case .replaced:
            return "\(trouble)\(remedy)\(dropped == 0 ? "" : " Records lost with it: \(dropped).")"
        }
    }
}
