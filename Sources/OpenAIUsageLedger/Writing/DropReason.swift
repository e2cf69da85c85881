/// Why a record is not in the ledger.
public enum DropReason: String, Sendable, CaseIterable {
    /// The queue was full.
    case queueFull = "queue_full"
    /// The queue was full because no space was left.
    case diskFull = "disk_full"
    /// The queue was full because another program had locked the database.
    case databaseLocked = "db_locked"
    /// The record could not be written, whereas others could.
    case encodeError = "encode_error"
    /// The ledger was closed.
    case shutdown
}
