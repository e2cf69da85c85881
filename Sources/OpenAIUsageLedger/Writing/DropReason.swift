/// The reason why a record is missing from the ledger.
public enum DropReason: String, Sendable, CaseIterable {
    /// The queue was full.
    case queueFull = "queue_full"
    /// The queue was full because no space was left.
    case diskFull = "disk_full"
    /// The queue was full because another program had locked the database.
    case databaseLocked = "db_locked"
    /// The queue was full because the ledger failed in another way.
    case ledgerFailed = "ledger_failed"
    /// The record was committed, and the file or log that held it was removed or destroyed later.
    case ledgerLost = "ledger_lost"
    /// This record could not be written, whereas others could.
    case encodeError = "encode_error"
    /// The ledger was closed.
    case shutdown
}
