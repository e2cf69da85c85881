import GRDB
import OpenAIUsage

extension LedgerSession {
    /// Opens a ledger, and replaces a damaged one with a new one.
    ///
    /// The damaged file is renamed, and the queue's observers are notified; only the holder of the lock may do that.
    ///
    /// - Parameters:
    ///   - path: The file, which is created if missing.
    ///   - options: The options of the ledger.
    ///   - secret: The secret for a new file; `nil` for a random one.
    ///   - identities: The generator of call IDs, which continues after those in the file.
    ///   - queue: The queue, whose observers are notified.
    ///   - load: Reads the needed content of the file.
    /// - Returns: The session and the loaded content.
    /// - Throws: A ``LedgerError``, also if the file is not a ledger.
    static func open<Content>(
        path: String,
        options: LedgerOptions,
        secret: [UInt8]?,
        identities: CallIDGenerator,
        queue: RecordQueue,
        _ load: (LedgerSession) throws -> Content
    ) throws -> (LedgerSession, Content) {
        func attempt() throws -> (LedgerSession, Content) {
            let session = try LedgerSession(path: path, options: options, secret: secret, identities: identities)
            do {
                try session.requireSoundness()
                return (session, try load(session))
            } catch {
                session.close()
                throw error
            }
        }
        var failure = LedgerError(.replaced, "\(path) keeps being replaced.")
        for _ in 0..<3 where failure.code == .replaced {
            do { return try attempt() } catch { failure = LedgerError(error, path: path) }
        }
        guard options.setsDamagedAside, failure.isDamage, LeftoverFiles.areOfLedger(path),
            let aside = LedgerFiles.setAside(path, now: options.clock.wallMicroseconds)
        else { throw failure }
        let opened = try attempt()
        let damage = LedgerError(.corrupt, "\(path) was damaged when it was opened.")
        queue.noteError(damage)
        queue.noteReplacement(damage, LedgerFiles.remedy(aside), lost: 0)
        return opened
    }

    /// Throws if the file is damaged; a file so large that the check would delay calls is not checked.
    private func requireSoundness() throws {
        guard files.databaseSize <= checkLimit else { return }
        let finding = try database.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard finding == "ok" else { throw LedgerError(.corrupt, "\(path) is damaged.") }
    }

    /// Sets aside the log of a missing or empty ledger, which SQLite would delete.
    static func saveOrphanedLog(_ path: String, options: LedgerOptions, queue: RecordQueue) {
        guard FileFacts(path)?.size ?? 0 == 0, let log = FileFacts("\(path)-wal"), log.size > 32,
            let aside = LedgerFiles.setAside(path, now: options.clock.wallMicroseconds)
        else { return }
        let failure = LedgerError(.replaced, "\(path) is missing or empty, whereas its -wal file holds rows.")
        queue.noteError(failure)
        queue.noteReplacement(failure, "The log was set aside as \(aside)-wal, and a new ledger begun.", lost: 0)
    }
}
