public import OpenAIUsage

/// How a ledger writes.
public struct LedgerOptions: Sendable {
    /// The most records that wait to be written; what comes when it is reached is dropped and counted.
    public var capacity = 65_536
    /// The most bytes of records that wait, by an estimate that counts their fixed part and the provider's object; what comes when
    /// it is reached is dropped and counted.
    public var capacityBytes = 256 << 20
    /// Whether a commit waits until the disk has it, so that it outlives a loss of power.
    ///
    /// Without it a commit outlives the end of the process, but the last ones may be lost with the power.
    public var syncsEveryCommit = false
    /// What the lock file says about the writer.
    public var purpose = "oai-usage"
    /// Whether records are kept in files beside the ledger (`-queue1`, `-queue2`) while many come at a time, some 800 a second,
    /// so that they survive the end of the process before they are committed, and can be committed together.
    ///
    /// Who opens the ledger next writes what such files have left. They do not outlive a loss of power.
    public var keepsJournal = false
    /// How long the rows of calls are kept; `nil` for as long as there is room.
    ///
    /// Rows of older calls are removed in small steps when nothing else is to be done. Their sums stay, and reports over them stay
    /// exact by quarters of an hour. Calls in flight stay.
    public var keep: Duration?
    /// The most bytes of the database and its log; `nil` for no limit.
    ///
    /// Beyond it the oldest calls are removed as with ``keep``, except those of the last hour. The sums stay: a limit that leaves
    /// no room for them is told once to the ``retentionObserver``.
    public var keepBytes: Int64?
    /// The observer of removed calls, called on the writer's thread; it must return at once.
    public var retentionObserver: (@Sendable (RetentionEvent) -> Void)?
    /// The clocks.
    public var clock: any UsageClock = SystemUsageClock()
    /// What is told about every commit, on the writer's thread; it must return at once.
    public var commitObserver: (@Sendable (LedgerCommit) -> Void)?

    /// An observer of an upgrade to the newest version: how many of how many rows are copied.
    ///
    /// An error that it throws ends the upgrade; the next opening goes on.
    public var upgradeObserver: (@Sendable (_ copied: Int64, _ all: Int64) throws -> Void)?

    /// What tests put in the writer's way.
    package var hooks = LedgerHooks()
    /// The records in 20 ms from which on the writer gathers them, and those that are waited for go into the journal.
    package var busyCount = 16
    /// How often the writer looks at its files when nothing is to be written, in milliseconds.
    package var idleMilliseconds = 1_000
    /// The most values of a field that rows refer to by number.
    package var labelCapacity = 4_096
    /// The rows from which on they are added to the rollups and the index when nothing else is to be done.
    package var flushThreshold = 8_192
    /// The size from which on a file that another program wrote to is checked in the background, in bytes.
    package var checkLimit: Int64 = 32 << 20

    /// Creates the default options.
    public init() {}
}
