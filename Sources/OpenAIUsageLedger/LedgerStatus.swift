/// A lasting failure of a ledger's writer.
///
/// While it lasts, records wait in the bounded queue, and nobody is made to wait for a commit.
public struct LedgerFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the failure.
    public var code: LedgerError.Code
    /// What was wrong, where, and what to do about it.
    public var description: String
    /// When it began, in microseconds since 1970-01-01T00:00:00Z.
    public var since: Int64
}

/// A turn for the worse or the better of a ledger's writer, to be told to an operator once.
public struct LedgerStatusChange: Sendable, Equatable, CustomStringConvertible {
    /// The kind of a change.
    public enum Kind: String, Sendable, CaseIterable {
        /// Records cannot be written any more.
        case failed
        /// Records cannot be written for another minute, and are lost.
        case lasting
        /// Records are written again.
        case recovered
        /// The file was lost or damaged, and the writer went on in another one at once.
        case replaced
    }

    /// The kind.
    public var kind: Kind
    /// The failure that began or ended.
    public var trouble: LedgerFault
    /// How long the failure has lasted, in microseconds; 0 when it begins.
    public var duration: Int64
    /// What the writer did about it; `nil` if that was only to try again.
    public var remedy: String?
    /// The records that the failure cost so far.
    public var dropped: Int64

    /// The change in sentences.
    public var description: String {
        let remedy = remedy.map { " \($0)" } ?? ""
        switch kind {
        case .failed:
            return "The ledger fails: \(trouble)\(remedy) Calls go on, and their rows wait in memory."
        case .lasting:
            let seconds = duration / 1_000_000
            return
                "The ledger still fails after \(seconds) s: \(trouble)\(remedy) Records dropped meanwhile: \(dropped)."
        case .recovered:
            let seconds = DecimalText.seconds(microseconds: duration / 1_000 * 1_000)
            return "The ledger is written again after \(seconds) s.\(remedy) Records dropped meanwhile: \(dropped)."
        case .replaced:
            return "\(trouble)\(remedy)\(dropped == 0 ? "" : " Records lost with it: \(dropped).")"
        }
    }
}
