public import OpenAIUsage

/// The options of a ledger's writer.
public struct LedgerOptions: Sendable {
    /// The most records in the queue; further ones are dropped and counted.
    public var capacity = 65_536
    /// The most bytes of queued records; further ones are dropped and counted.
    ///
    /// The size is an estimate: a fixed part for each record, and the length of the provider's usage object.
    public var capacityBytes = 256 << 20
    /// True if a commit waits for the disk, so that it survives a power failure.
    ///
    /// Otherwise commits survive the end of the process, but a power failure may lose the last ones.
    public var syncsEveryCommit = false
    /// The writer's purpose as shown in the lock file.
    public var purpose = "oai-usage"
    /// True if records are appended to journal files beside the ledger (`-queue1`, `-queue2`) until they are committed.
    ///
    /// Journaled records survive the end of the process, so that more of them can be committed together. A record whose commit
    /// is awaited is journaled only under load (from about 800 records a second) and while the ledger is failing. The next
    /// writer commits leftover records. The journal does not survive a power failure.
    public var keepsJournal = false
    /// The time for which rows of calls are kept; `nil` for no time limit.
    ///
    /// Rows of older calls are removed in small steps while the writer is idle. Their sums stay, and reports over them remain
    /// exact to a quarter of an hour. Calls in flight stay.
    public var keep: Duration?
    /// The most bytes of the database and its log; `nil` for no limit.
    ///
    /// Beyond it the oldest calls are removed as with ``keep``, except those of the last hour. The sums stay; the
    /// ``retentionObserver`` is notified once if the limit leaves no room for them.
    public var keepBytes: Int64?
    /// The observer of pruning, called on the writer's thread; it must return at once.
    public var retentionObserver: (@Sendable (RetentionEvent) -> Void)?
    /// The wall and monotonic clocks.
    public var clock: any UsageClock = SystemUsageClock()
    /// The observer of every commit, called on the writer's thread; it must return at once.
    public var commitObserver: (@Sendable (LedgerCommit) -> Void)?

    /// The observer of a schema upgrade, called with the copied and the total number of rows.
    ///
    /// An error thrown by it stops the upgrade; the next opening resumes it.
    public var upgradeObserver: (@Sendable (_ copied: Int64, _ all: Int64) throws -> Void)?

    /// Hooks for fault injection in tests.
    package var hooks = LedgerHooks()
    /// True if a damaged ledger is set aside when it is opened, and a new one begun.
    package var setsDamagedAside = true
    /// The number of records in 20 ms from which the writer gathers batches and journals awaited records.
    package var busyCount = 16
    /// The interval at which an idle writer inspects its files, in milliseconds.
    package var idleMilliseconds = 1_000
    /// The most distinct values of a field in the shared tables; further values are stored in the rows of calls.
    package var labelCapacity = 4_096
    /// The pending rows from which an idle writer flushes them to the rollups and the index.
    package var flushThreshold = 8_192
    /// The size from which a file with writes of another program is checked in the background, in bytes.
    package var checkLimit: Int64 = 32 << 20

    /// Creates the default options.
    public init() {}
}
