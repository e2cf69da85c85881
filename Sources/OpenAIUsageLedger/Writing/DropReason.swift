/// Why a record is not in the ledger.
public enum DropReason: String, Sendable, CaseIterable {
    /// The queue was full.
    case queueFull = "queue_full"
    /// The queue was full because no space was left.
    case diskFull = "disk_full"
    /// The queue was full because another program had locked the database.
    case databaseLocked = "db_locked"
    /// The queue was full because the ledger failed in another way.
    case ledgerFailed = "ledger_failed"
    /// The record was committed, and somebody removed or destroyed the file or log that held it.
    case ledgerLost = "ledger_lost"
    /// The record could not be written, whereas others could.
    case encodeError = "encode_error"
    /// The ledger was closed.
    case shutdown
}
