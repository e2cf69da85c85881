/// The reason why a record is missing from the ledger.
///
/// More may be added: a `switch` over it needs a `default`.
public struct DropReason: Sendable, Hashable, RawRepresentable, CaseIterable, CustomStringConvertible {
    /// The values, for a `switch` that must name them all.
    package enum Kind: String, Sendable, CaseIterable {
        case queueFull = "queue_full"
        case diskFull = "disk_full"
        case databaseLocked = "db_locked"
        case ledgerFailed = "ledger_failed"
        case ledgerLost = "ledger_lost"
        case encodeError = "encode_error"
        case shutdown
    }

    package let kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// The value of a name; `nil` for an unknown name.
    public init?(rawValue: String) {
        guard let kind = Kind(rawValue: rawValue) else { return nil }
        self.kind = kind
    }

    /// The name, as in the ledger, in reports and in JSON.
    public var rawValue: String { kind.rawValue }

    /// The name.
    public var description: String { rawValue }

    /// All values that this version knows.
    public static var allCases: [DropReason] { Kind.allCases.map(DropReason.init(_:)) }

    /// True if both are the same value.
    public static func == (left: DropReason, right: DropReason) -> Bool { left.kind == right.kind }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    /// The queue was full.
    public static var queueFull: DropReason { DropReason(.queueFull) }
    /// The queue was full because no space was left.
    public static var diskFull: DropReason { DropReason(.diskFull) }
    /// The queue was full because another program had locked the database.
    public static var databaseLocked: DropReason { DropReason(.databaseLocked) }
    /// The queue was full because the ledger failed in another way.
    public static var ledgerFailed: DropReason { DropReason(.ledgerFailed) }
    /// The record was committed, and the file or log that held it was removed or destroyed later.
    public static var ledgerLost: DropReason { DropReason(.ledgerLost) }
    /// This record could not be written, whereas others could.
    public static var encodeError: DropReason { DropReason(.encodeError) }
    /// The ledger was closed.
    public static var shutdown: DropReason { DropReason(.shutdown) }
}
