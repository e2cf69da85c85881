import GRDB
import OpenAIUsage

/// The loop of the thread that writes: it takes whatever is queued, commits it at once, and takes again.
///
/// After every commit it looks at its files: rows that went into a file that nobody finds any more are written again, into
/// the one that is at the path.
struct LedgerWriter {
    /// The most rows of one transaction, which bounds the time until the first of them is told.
    static let maximumBatch = 4_096
    /// The pages of the write-ahead log from which on it is copied into the database when nothing else is to be done.
    static let checkpointThreshold = 1_000
    /// The same when there is always something else to be done.
    static let urgentCheckpointThreshold = 16_000

    /// The rows from which on they are flushed when the ledger closes.
    static let finalFlushThreshold = 512

    private let path: String
    let queue: RecordQueue
    let options: LedgerOptions
    private let lock: LedgerLock
    private let secret: [UInt8]
    private let identities: CallIDGenerator
    private let flushThreshold: Int
    /// When this process opened the ledger, in microseconds since 1970; all of its calls began later.
    private let firstOpened: Int64
    private var copiedPages = 0
    /// The segments of the index that were written since they were merged last.
    private var unmerged = IdentitySegment.mergedCount
    /// True once a file was opened in another's stead.
    private var isMended = false
    /// The open file; `nil` while there is none to write to.
    var session: LedgerSession?
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

    /// Runs until the ledger closes.
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
            // One at a time, so that records never wait for more than one.
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
        session = open
        command.completion(result.mapError { LedgerError($0, path: path) })
    }

    private mutating func commit(_ items: ArraySlice<RecordQueue.Item>) {
        let batch = items
        var pause = 5
        // Rows of a transaction of which it is not known where it went may be there already.
        var isRepeated = false
        while true {
            if queue.isPastDeadline {
                queue.resolve(batch, batch.map { _ in .dropped(.shutdown) }, isCommit: false)
                return
            }
            do {
                try open()
                // A commit would hide that the log was shortened: it makes it long again.
                _ = try inspect()
                let start = options.clock.monotonicNanoseconds
                let outcomes = try write(batch, isRepeated: isRepeated)
                let duration = options.clock.monotonicNanoseconds - start
                isRepeated = true
                guard try inspect(afterOwnWrite: true) else { continue }
                session?.note(batch, outcomes)
                options.commitObserver?(LedgerCommit(records: batch.count, duration: duration))
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

    /// Looks at the files when nothing is to be written, and opens one again if there is none.
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

    /// Looks at the files, and copes with what happened to them.
    ///
    /// - Parameter afterOwnWrite: True if only this writer should have written to the log since the last look.
    /// - Returns: True if what was committed is in the file at the path.
    /// - Throws: A ``LedgerError`` if there is no file to write to any more.
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

    /// Goes on in a sound file.
    ///
    /// - Returns: True if what was committed is in the file at the path.
    /// - Throws: A ``LedgerError`` if there is no file to write to any more.
    private mutating func goOn(after damage: LedgerFiles.Damage) throws -> Bool {
        isMended = true
        let isSaved = try survives(damage)
        try open()
        return isSaved
    }

    /// Opens the file at the path, if none is open.
    private mutating func open() throws {
        guard session == nil else { return }
        try LedgerFile.prepare(path)
        // Whoever removed the ledger may have removed the lock too, and another process must not find it free.
        try lock.renew()
        (session, _) = try LedgerSession.open(
            path: path,
            options: options,
            secret: secret,
            identities: identities,
            queue: queue
        ) { _ in }
        copiedPages = 0
    }

    /// Copes with files that are not what they were.
    ///
    /// - Returns: True if what was committed is in the file at the path all the same.
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
            // The log has no name any more, but is still open: what it holds can be copied.
            isSaved = lost.saveLog()
            if !isSaved { gone = lost.logged }
            remedy = isSaved ? "Its rows were saved." : "Rows of the log may be lost: \(lost.logged)."
        case .moved:
            // A file that was moved elsewhere is made whole, and leaves no log to the one at the path.
            _ = lost.saveLog()
            // A file without a name ends with its connection.
            isRemoved = lost.files.isRemoved
            if isRemoved { gone = lost.committed }
            remedy =
                "\(isRemoved ? "" : "Rows that this process had written to it: \(lost.committed). ")It goes on with the file at the path."
        }
        lost.close()
        session = nil
        do { try open() } catch {
            // The end of the trouble tells what was done.
            queue.noteFailure(failure)
            queue.noteReplacement(failure, remedy, lost: gone)
            throw error
        }
        if isRemoved, var session {
            // The file in its stead may be an older copy of it, with some of the rows.
            session.committed = min(gone, session.calls(since: firstOpened))
            gone -= session.committed
            self.session = session
        }
        // The file may be the same one, with another log.
        if session?.files.isSameDatabase(as: lost.files) == true { session?.committed += lost.committed - gone }
        queue.noteReplacement(failure, remedy, lost: gone)
        return isSaved
    }

    /// Renames a file that cannot be used any more, and begins a new one.
    ///
    /// - Returns: True if a new file can be begun at the path.
    private mutating func setAside(_ failure: LedgerError, lost: Int64 = 0) -> Bool {
        let aside = LedgerFiles.setAside(path, now: options.clock.wallMicroseconds)
        session?.close()
        session = nil
        isMended = true
        guard let aside else { return false }
        queue.noteReplacement(failure, LedgerFiles.remedy(aside), lost: lost)
        return true
    }

    /// True if the open file is of no use any more; one that was begun in its stead, and fails at once, is kept.
    private func isBeyondRepair(_ failure: LedgerError) -> Bool {
        guard let session, [.corrupt, .notSQLite, .notLedger].contains(failure.code) else { return false }
        return session.committed > 0 || !isMended
    }

    /// Does what can wait: flushes rows into the rollups and the index, and copies the log into the database.
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
            // Segments are merged when nothing else is to be done, or when there are too many of them.
            if unmerged >= IdentitySegment.mergedCount * (isIdle ? 1 : 2) {
                while try open.merge() {}
                unmerged = 0
            }
            let pages = open.log.value
            // A log that has become shorter was begun anew after it had been copied.
            if pages < copiedPages { copiedPages = 0 }
            if pages - copiedPages >= (isIdle ? Self.checkpointThreshold : Self.urgentCheckpointThreshold) {
                copiedPages = pages
                // What another program wrote into the log must not get into the database.
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
        do {
            // Whatever happened to the files since the last commit is told and counted too.
            _ = try inspect()
            if let open = session, try !open.isLogSound() { _ = try goOn(after: .logOverwritten) }
        } catch {
            queue.noteError(LedgerError(error, path: path))
        }
        guard var open = session else { return }
        session = nil
        do {
            if open.store.pending.count >= Self.finalFlushThreshold, !queue.isPastDeadline { try open.flush() }
            open.backgroundCheck?.cancel()
            try open.database.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
        } catch {
            // Readers may keep the log in use: it stays, and is read and copied by whoever opens the ledger next.
            queue.noteError(LedgerError(error, path: path))
        }
        open.close()
    }
}
