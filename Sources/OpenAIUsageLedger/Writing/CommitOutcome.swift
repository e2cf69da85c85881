/// What became of a record.
package enum CommitOutcome: Sendable, Equatable {
    /// It is committed.
    case written
    /// It is lost.
    case dropped(DropReason)
}
