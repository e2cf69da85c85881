import GRDB
import OpenAIUsage

/// The loop of the writer's thread: it takes all queued items, commits them, and repeats.
///
/// After every commit it inspects its files: rows that went to a file that is not at the path are written again, to the file
/// that is.
struct LedgerWriter {
    /// A file that was removed while it was written to.
    private struct RemovedFile {
        let failure: LedgerError
        let remedy: String
        /// The calls that were committed to the file.
        let committed: Int64
    }

    /// The most rows of a transaction, which bounds the delay until the first of them is reported.
    static let maximumBatch = 4_096
    /// The pages of the write-ahead log from which an idle writer runs a checkpoint.
    static let checkpointThreshold = 1_000
    /// The pages of the write-ahead log from which a busy writer runs a checkpoint.
    static let urgentCheckpointThreshold = 16_000

    /// The pending rows from which they are flushed when the ledger closes.
    static let finalFlushThreshold = 512

    private let path: String
    let queue: RecordQueue
    let options: LedgerOptions
    private let lock: LedgerLock
    private let secret: [UInt8]
    private let identities: CallIDGenerator
    private let flushThreshold: Int
    /// The time when this process opened the ledger, in microseconds since 1970; all of its calls started later.
    private let firstOpened: Int64
    private var copiedPages = 0
    /// The segments of the index written since the last merge.
    private var unmerged = IdentitySegment.mergedCount
    /// True once the writer has replaced a file.
    private var isMended = false
    /// The open file; `nil` if there is none to write to.
    var session: LedgerSession?
    /// A removed file, until the file in its place shows which of its rows are lost.
    private var removed: RemovedFile?
    /// The pruning of old calls; `nil` if everything is kept, and during a step.
    var retention: Retention?

    init(
        path: String,
        queue: RecordQueue,
        session: LedgerSession,
        lock: LedgerLock,
        secret: [UInt8],
        identities: CallIDGenerator,
        options: LedgerOptions
    ) {
        self.path = path
        self.queue = queue
        self.session = session
        firstOpened = session.openedAt
        self.lock = lock
        self.secret = secret
        self.identities = identities
        flushThreshold = max(1, options.flushThreshold)
        self.options = options
        retention = Retention(options)
    }

    /// Runs until the ledger is closed.
    mutating func run() {
        while let items = queue.take(within: retentionWait) {
            if items.isEmpty { watch() }
            var rest = items[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Self.maximumBatch)
                rest = rest.dropFirst(batch.count)
                commit(batch)
                maintain(isIdle: rest.isEmpty && queue.isIdle)
            }
            // One command at a time, so that records wait for at most one.
            if let command = queue.takeCommand() {
                perform(command)
                maintain(isIdle: queue.isIdle)
            }
            retain()
        }
        end()
    }

    private mutating func perform(_ command: WriterCommand) {
        guard var open = session else {
            let failure = LedgerError(.replaced, "\(path) cannot be written to at present; see the log, and try later.")
            return command.completion(.failure(failure))
        }
        session = nil
        let result = Result {
            try open.database.writeWithoutTransaction { try command.body(&open.store, $0) }
        }
        open.files.note()
        // A command commits more than once without an inspection in between.
        open.files.isLogSuspect = true
        session = open
        command.completion(result.mapError { LedgerError($0, path: path) })
    }

    private mutating func commit(_ items: ArraySlice<RecordQueue.Item>) {
        let batch = items
        var pause = 5
        // After a transaction of unknown outcome, its rows may be committed already.
        var isRepeated = false
        while true {
            if queue.isPastDeadline {
                queue.resolve(batch, batch.map { _ in .dropped(.shutdown) }, isCommit: false)
                return
            }
            do {
                try open()
                // A commit would hide that the log was truncated, since it makes the log long again.
                _ = try inspect()
                let start = options.clock.monotonicNanoseconds
                let outcomes = try write(batch, isRepeated: isRepeated)
                let duration = options.clock.monotonicNanoseconds - start
                isRepeated = true
                guard try inspect(afterOwnWrite: true) else { continue }
                session?.note(batch, outcomes)
                options.commitObserver?(LedgerCommit(records: batch.count, durationNanoseconds: duration))
                queue.resolve(batch, outcomes, isCommit: true)
                return
            } catch {
                let failure = LedgerError(error, path: path)
                if isBeyondRepair(failure), setAside(failure) { continue }
                queue.noteFailure(failure)
                queue.postpone(batch)
                queue.pause(milliseconds: pause)
                pause = min(pause * 2, 1_000)
            }
        }
    }

    private mutating func write(
        _ batch: ArraySlice<RecordQueue.Item>,
        isRepeated: Bool
    ) throws -> [CommitOutcome] {
        guard var open = session else { throw LedgerError(.closed, "\(path) is not open.") }
        session = nil
        defer { session = open }
        return try open.database.writeWithoutTransaction {
            try open.store.write(batch, $0, isRepeated: isRepeated)
        }
    }

    /// Inspects the files of an idle writer, and opens a file if there is none.
    private mutating func watch() {
        do {
            try open()
            let isSound = try inspect()
            try lock.renew()
            if isSound || session != nil { queue.noteRecovery() }
        } catch {
            queue.noteFailure(LedgerError(error, path: path))
        }
    }

    /// Inspects the files, and recovers from damage.
    ///
    /// - Parameter afterOwnWrite: True if only this writer should have written to the log since the last inspection.
    /// - Returns: True if everything committed is in the file at the path.
    /// - Throws: A ``LedgerError`` if there is no file to write to.
    private mutating func inspect(afterOwnWrite: Bool = false) throws -> Bool {
        guard var open = session else { return false }
        session = nil
        let damage: LedgerFiles.Damage?
        do {
            defer { session = open }
            damage = try open.inspect(afterOwnWrite: afterOwnWrite, options.clock)
        }
        guard let damage else { return true }
        return try goOn(after: damage)
    }

    /// Continues in a sound file.
    ///
    /// - Returns: True if everything committed is in the file at the path.
    /// - Throws: A ``LedgerError`` if there is no file to write to.
    private mutating func goOn(after damage: LedgerFiles.Damage) throws -> Bool {
        isMended = true
        let isSaved = try survives(damage)
        try open()
        return isSaved
    }

    /// Opens the file at the path if none is open, and counts what is lost with a removed one.
    private mutating func open() throws {
        guard session == nil else { return }
        try LedgerFile.prepare(path)
        // The lock may have been removed with the ledger, and another process must not find it free.
        try lock.renew()
        (session, _) = try LedgerSession.open(
            path: path,
            options: options,
            secret: secret,
            identities: identities,
            queue: queue
        ) { _ in }
        copiedPages = 0
        do { try settleRemoved() } catch {
            session?.close()
            session = nil
            throw error
        }
    }

    /// Counts the rows of a removed file that are not in the open one, which may be an older copy of it.
    ///
    /// - Throws: An error of SQLite if the open file cannot be read at present; the rows are counted at the next attempt.
    private mutating func settleRemoved() throws {
        guard let removed, var session else { return }
        session.committed = min(removed.committed, try session.calls(since: firstOpened))
        self.session = session
        self.removed = nil
        queue.noteReplacement(removed.failure, removed.remedy, lost: removed.committed - session.committed)
    }

    /// Recovers from damage to the files.
    ///
    /// - Returns: True if everything committed is nevertheless in the file at the path.
    /// - Throws: A ``LedgerError`` if no file can be opened.
    private mutating func survives(_ damage: LedgerFiles.Damage) throws -> Bool {
        guard let lost = session else { return false }
        let failure = LedgerError(damage.code, "\(path) \(damage.event).")
        queue.noteError(failure)
        var isSaved = false
        var gone: Int64 = 0
        var isRemoved = false
        let remedy: String
        switch damage {
        case .truncated, .overwritten:
            guard setAside(failure, lost: lost.committed) else { throw failure }
            return false
        case .logTruncated, .logOverwritten:
            guard setAside(failure, lost: lost.logged) else { throw failure }
            return false
        case .logMoved:
            // The log was removed but is still open: its content can be copied.
            isSaved = lost.saveLog()
            if !isSaved { gone = lost.logged }
            remedy = isSaved ? "Its rows were saved." : "Rows of the log may be lost: \(lost.logged)."
        case .moved:
            // A file that was moved elsewhere is completed, and leaves no log to the file at the path.
            _ = lost.saveLog()
            // A removed file vanishes with its connection.
            isRemoved = lost.files.isRemoved
            remedy =
                "\(isRemoved ? "" : "Rows that this process had written to it: \(lost.committed). ")It goes on with the file at the path."
            if isRemoved {
                removed = RemovedFile(failure: failure, remedy: remedy, committed: lost.committed)
            }
        }
        lost.close()
        session = nil
        do { try open() } catch {
            // The end of the failure reports the remedy.
            queue.noteFailure(failure)
            if !isRemoved { queue.noteReplacement(failure, remedy, lost: gone) }
            throw error
        }
        // Opening the next file has counted what is lost with a removed one.
        guard !isRemoved else { return false }
        // The file may be the same one, with another log.
        if session?.files.isSameDatabase(as: lost.files) == true { session?.committed += lost.committed - gone }
        queue.noteReplacement(failure, remedy, lost: gone)
        return isSaved
    }

    /// Renames an unusable file, so that a new one can be created.
    ///
    /// - Returns: True if a new file can be created at the path.
    private mutating func setAside(_ failure: LedgerError, lost: Int64 = 0) -> Bool {
        let aside = LedgerFiles.setAside(path, now: options.clock.wallMicroseconds)
        session?.close()
        session = nil
        isMended = true
        guard let aside else { return false }
        queue.noteReplacement(failure, LedgerFiles.remedy(aside), lost: lost)
        return true
    }

    /// True if the open file is unusable; a replacement that fails at once is kept.
    private func isBeyondRepair(_ failure: LedgerError) -> Bool {
        guard let session, [.corrupt, .notSQLite, .notLedger].contains(failure.code) else { return false }
        return session.committed > 0 || !isMended
    }

    /// Does deferrable work: flushes pending rows, merges segments of the index, and copies the log into the database.
    private mutating func maintain(isIdle: Bool) {
        guard var open = session else { return }
        session = nil
        var damage: LedgerFiles.Damage?
        do {
            let pending = open.store.pending.count
            if pending >= (isIdle ? flushThreshold : flushThreshold * 4) {
                try open.flush()
                unmerged += 1
            }
            // An idle writer merges segments; a busy one only if there are too many.
            if unmerged >= IdentitySegment.mergedCount * (isIdle ? 1 : 2) {
                while try open.merge() {}
                unmerged = 0
            }
            let pages = open.log.value
            // A log that has become shorter was restarted after it had been copied.
            if pages < copiedPages { copiedPages = 0 }
            if pages - copiedPages >= (isIdle ? Self.checkpointThreshold : Self.urgentCheckpointThreshold) {
                copiedPages = pages
                // Another program's writes to the log must not get into the database.
                if try open.isLogSound() { try open.copyLog() } else { damage = .logOverwritten }
                open.files.note()
            }
        } catch {
            queue.noteError(LedgerError(error, path: path))
        }
        session = open
        guard let damage else { return }
        do { _ = try goOn(after: damage) } catch { queue.noteFailure(LedgerError(error, path: path)) }
    }

    private mutating func end() {
        var isInspected = false
        do {
            // Damage since the last commit is reported and counted too.
            _ = try inspect()
            if let open = session, try !open.isLogSound() { _ = try goOn(after: .logOverwritten) }
            isInspected = true
        } catch {
            queue.noteError(LedgerError(error, path: path))
        }
        if let removed {
            self.removed = nil
            queue.noteReplacement(removed.failure, removed.remedy, lost: removed.committed)
        }
        guard var open = session else { return }
        session = nil
        do {
            if open.store.pending.count >= Self.finalFlushThreshold, !queue.isPastDeadline { try open.flush() }
            open.backgroundCheck?.cancel()
            // A log that could not be inspected may be damaged, and is left as it is.
            if isInspected {
                try open.database.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
            }
        } catch {
            // Readers may keep the log in use: it stays, and the next process that opens the ledger reads and copies it.
            queue.noteError(LedgerError(error, path: path))
        }
        open.close()
    }
}
