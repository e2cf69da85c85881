/// What became of a record.
package enum CommitOutcome: Sendable, Equatable {
    /// It is committed.
    case written
    /// It is committed, and not counted, since another row has counted the object that it shows.
    case writtenUncounted
    /// It is not committed yet, and nobody should wait for that: the ledger is in trouble.
    case postponed
    /// It is lost.
    case dropped(DropReason)
}
