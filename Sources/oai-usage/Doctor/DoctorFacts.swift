import OpenAIUsageLedger

/// The gathered input of the checks of an installation.
struct DoctorFacts {
    /// The state of the ledger.
    enum LedgerState: Equatable {
        /// The configuration asks for no ledger.
        case unwanted
        /// It is read through a gateway.
        case remote(String)
        /// It is named by a URL that no gateway has; the message tells why.
        case invalid(String)
        case missing
        /// It cannot be read; the description names the remedy.
        case unreadable(LedgerError.Code, String)
        case readable
    }

    /// The content of a ledger.
    struct Content: Equatable {
        var calls: Int64
        /// The start of the first call, in microseconds since 1970; `nil` if there is none.
        var first: Int64?
        /// The number of records that could not be stored.
        var quarantined: Int64
    }

    /// The result of an integrity check.
    enum Integrity: Equatable {
        case checked(isFull: Bool, findings: [String])
    }

    /// A file and its permissions.
    struct Mode: Equatable {
        var path: String
        /// The permission bits.
        var bits: UInt32
    }

    /// The space of a file system.
    struct Disk: Equatable {
        var freeBytes: Int64
        /// The number of further files; `nil` if the file system has no limit.
        var freeFiles: Int64?
    }

    /// The configuration file.
    enum Configuration: Equatable {
        /// There is none at the default path.
        case absent(String)
        case valid(Mode)
        case invalid(String)
    }

    /// The gateway's admin server.
    enum Admin: Equatable {
        /// No address is configured.
        case unknown
        /// It answered with a status.
        case answered(String, status: Int)
        /// It did not answer, with the reason.
        case silent(String, String)
    }

    /// The prices that a gateway would use.
    enum Prices: Equatable {
        /// The version, and the day on which they were checked in days since 1970.
        case loaded(version: String, day: Int64)
        case invalid(String)
    }

    /// The time in microseconds since 1970.
    var now: Int64
    /// The path of the ledger.
    var ledger: String
    var state = LedgerState.missing
    /// The size of the ledger in bytes.
    var size: Int64 = 0
    /// The content of the ledger; `nil` if it cannot be read.
    var content: Content?
    /// The version of the schema in the file's header; `nil` if there is no header yet.
    var schema: Int64?
    var integrity: Integrity?
    /// The process that writes to the ledger; `nil` if there is none.
    var writer: String?
    /// True if a lock file is there.
    var hasLockFile = false
    /// The bytes of records that a writer had queued beside the ledger before it was opened.
    var queuedBytes: Int64 = 0
    /// The same after it was opened, which takes them in.
    var remainingBytes: Int64 = 0
    /// Damaged files that a writer has set aside.
    var setAside: [String] = []
    /// The permissions of the ledger's files.
    var modes: [Mode] = []
    /// The permissions of the ledger's folder.
    var folder: Mode?
    var disk: Disk?
    /// The number of calls that begin in the future.
    var futureCalls: Int64 = 0
    /// The last change of the ledger's files in microseconds since 1970; `nil` if it is not known.
    var modified: Int64?
    var prices = Prices.invalid("")
    /// The sums of the last seven days; `nil` if they cannot be read.
    var week: ReportRow?
    /// The models of the last seven days with unpriced calls, the most frequent first.
    var unpricedModels: [String] = []
    var configuration = Configuration.absent("")
    /// Warnings about misspelled environment variables.
    var suspects: [String] = []
    var admin = Admin.unknown

    init(now: Int64, ledger: String) {
        (self.now, self.ledger) = (now, ledger)
    }
}
