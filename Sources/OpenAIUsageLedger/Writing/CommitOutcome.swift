/// The outcome of writing a record.
package enum CommitOutcome: Sendable, Equatable {
    /// The record is committed.
    case written
    /// The record is committed but not counted, since another row has counted its object.
    case writtenUncounted
    /// The record is not committed yet, and callers should not wait: the ledger is failing.
    case postponed
    /// The record is lost.
    case dropped(DropReason)
}
