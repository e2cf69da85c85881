import GRDB
import OpenAIUsage

extension LedgerSession {
    /// Looks at the files, and checks what other programs wrote to them.
    ///
    /// - Parameters:
    ///   - afterOwnWrite: True if only this connection should have written to the log since the last time.
    ///   - clock: The clocks.
    /// - Returns: What happened to the files; `nil` if everything that was committed is where it was.
    /// - Throws: An error of SQLite that says nothing about damage.
    mutating func inspect(afterOwnWrite: Bool, _ clock: any UsageClock) throws -> LedgerFiles.Damage? {
        if let damage = files.inspect(afterOwnWrite: afterOwnWrite) {
            guard isHarmless(damage) else { return damage }
            files = LedgerFiles(path)
            files.isDatabaseSuspect = true
        }
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
            // Another program writes at this moment: the files stay suspect.
            return nil
        } catch  where LedgerError(error, path: path).isDamage {
            return .overwritten
        }
    }

    /// True if the log holds what was written to it.
    func isLogSound() throws -> Bool {
        try database.writeWithoutTransaction { try LogCheck.isSound($0) }
    }

    private mutating func check(_ now: Int64) throws -> LedgerFiles.Damage? {
        // What is wrong in the log must not be copied.
        guard try isLogSound() else { return .logOverwritten }
        files.isLogSuspect = false
        guard files.isDatabaseSuspect, backgroundCheck == nil else { return nil }
        // What the log has of the file is read from there: once it is copied the file itself is read.
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
        // While a reader keeps the log from being copied the file is not known.
        files.isDatabaseSuspect = !isCopied
        return nil
    }

    /// True if the file is the one of this session, and has the newest rows.
    private mutating func holdsCommittedRows() throws -> Bool {
        let rows = Set(store.newestRows)
        let before = dataVersion
        let openedAt = openedAt
        return try database.writeWithoutTransaction { database in
            // Only what is not cached is read from the file.
            try database.execute(sql: "PRAGMA shrink_memory")
            guard case .ledger = try LedgerSchema.kind(of: database) else { return false }
            let opened = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'opened_at'")
            let list = rows.map { "\($0)" }.joined(separator: ",")
            let found = try Int.fetchOne(database, sql: "SELECT count(*) FROM call WHERE id IN (\(list))")
            let isEmpty = try Int.fetchOne(database, sql: "SELECT 1 FROM call LIMIT 1") == nil
            dataVersion = try Int64.fetchOne(database, sql: "PRAGMA data_version")
            if dataVersion == before { return opened == openedAt && found == rows.count }
            // Another program has written through SQLite: it may have deleted rows, but not these alone.
            return opened ?? 0 >= openedAt && (rows.isEmpty || isEmpty || found ?? 0 > 0)
        }
    }
}
