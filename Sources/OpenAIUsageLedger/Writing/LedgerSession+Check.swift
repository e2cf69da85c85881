import GRDB
import OpenAIUsage

extension LedgerSession {
    /// Inspects the files, and checks what other programs wrote to them.
    ///
    /// - Parameters:
    ///   - afterOwnWrite: True if only this connection should have written to the log since the last inspection.
    ///   - clock: The clocks.
    /// - Returns: The damage; `nil` if everything committed is in place.
    /// - Throws: An error of SQLite that does not indicate damage.
    mutating func inspect(afterOwnWrite: Bool, _ clock: any UsageClock) throws -> LedgerFiles.Damage? {
        if let damage = files.inspect(afterOwnWrite: afterOwnWrite) {
            guard try isHarmless(damage) else { return damage }
            files = LedgerFiles(path)
            files.isDatabaseSuspect = true
        }
        if try hasHole() { return .logTruncated }
        let now = clock.monotonicNanoseconds
        if let result = backgroundCheck?.result {
            backgroundCheck = nil
            nextBackgroundCheck = now + result.duration * CheckAllowance.share
            switch result.verdict {
            case .sound: break
            case .damaged: return .overwritten
            case .unfinished: files.isDatabaseSuspect = true
            }
        }
        guard files.isLogSuspect || (files.isDatabaseSuspect && backgroundCheck == nil), allowance.allows(at: now)
        else { return nil }
        defer { allowance.spend(clock.monotonicNanoseconds - now) }
        do {
            return try check(now)
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            // Another program is writing: the files stay suspect.
            return nil
        } catch  where LedgerError(error, path: path).isDamage {
            return .overwritten
        }
    }

    /// True if the log was truncated between an inspection and a commit, which made it long again.
    private mutating func hasHole() throws -> Bool {
        let (before, now) = (inspectedFrames, log.value)
        // A log that has no more frames was begun anew.
        if before > 0, now > before, database.writeWithoutTransaction({ LogCheck.isCutOff(frame: before, $0) }) {
            // Another program may just have begun the log anew.
            guard try isLogSound() else { return true }
        }
        inspectedFrames = now
        return false
    }

    /// True if the log matches its checksums.
    func isLogSound() throws -> Bool {
        try database.writeWithoutTransaction { try LogCheck.isSound($0) }
    }

    private mutating func check(_ now: Int64) throws -> LedgerFiles.Damage? {
        // A damaged log must not be copied.
        guard try isLogSound() else { return .logOverwritten }
        files.isLogSuspect = false
        guard files.isDatabaseSuspect, backgroundCheck == nil else { return nil }
        // Pages in the log hide those of the file; after a complete checkpoint the file itself is read.
        let isCopied = try copyLog()
        files.note()
        guard try holdsCommittedRows() else { return .overwritten }
        if files.databaseSize > checkLimit {
            if isCopied, now >= nextBackgroundCheck {
                backgroundCheck = BackgroundCheck(path)
                files.isDatabaseSuspect = false
            }
            return nil
        }
        let isSound = try database.writeWithoutTransaction { database in
            try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok"
        }
        guard isSound else { return .overwritten }
        // While a reader prevents a complete checkpoint, a part of the file is unchecked.
        files.isDatabaseSuspect = !isCopied
        return nil
    }

    /// True if the file is this session's and holds the newest rows.
    private mutating func holdsCommittedRows() throws -> Bool {
        let rows = Set(store.newestRows)
        let before = dataVersion
        let openedAt = openedAt
        return try database.writeWithoutTransaction { database in
            // Cached pages would hide the content of the file.
            try database.execute(sql: "PRAGMA shrink_memory")
            guard case .ledger = try LedgerSchema.kind(of: database) else { return false }
            let opened = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'opened_at'")
            let list = rows.map { "\($0)" }.joined(separator: ",")
            let found = try Int.fetchOne(database, sql: "SELECT count(*) FROM call WHERE id IN (\(list))")
            let isEmpty = try Int.fetchOne(database, sql: "SELECT 1 FROM call LIMIT 1") == nil
            dataVersion = try Int64.fetchOne(database, sql: "PRAGMA data_version")
            if dataVersion == before { return opened == openedAt && found == rows.count }
            // Another program has written through SQLite: it may have deleted rows, but not just these.
            return opened ?? 0 >= openedAt && (rows.isEmpty || isEmpty || found ?? 0 > 0)
        }
    }
}
