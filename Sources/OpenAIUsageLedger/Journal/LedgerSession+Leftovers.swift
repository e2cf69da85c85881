import GRDB
import OpenAIUsage

extension LedgerSession {
    /// Commits the records that a process left in its journal; records that are in the ledger already are skipped.
    ///
    /// - Parameter identities: The generator of call IDs, which continues after those of the records.
    /// - Returns: True if there were any records.
    /// - Throws: An error of SQLite; the journal stays then.
    mutating func writeRemains(_ identities: CallIDGenerator) throws -> Bool {
        let records = RecordJournal.remains(path)
        guard !records.isEmpty else {
            RecordJournal.removeRemains(path)
            return false
        }
        for record in records { identities.advance(past: record.id) }
        // A pruned row is not written again, since it is in the rollups.
        let kept = try database.writeWithoutTransaction { database in
            try records.filter { record in
                guard let before = store.prunedBefore, record.startedAtMicroseconds < before else { return true }
                return try store.holds(record.id, database)
            }
        }
        let items = kept.map { RecordQueue.Item(record: $0, isOpen: false) }[...]
        let outcomes = try database.writeWithoutTransaction { try store.write(items, $0, isRepeated: true) }
        note(items, outcomes)
        files.note()
        RecordJournal.removeRemains(path)
        return true
    }

    /// Commits the records that a process left in its journal, unless the ledger is in use.
    ///
    /// - Throws: A ``LedgerError``, for example if the ledger is in use.
    static func recoverRemains(_ path: String) throws {
        let lock = try LedgerLock(path: "\(path).lock", purpose: "oai-usage, which completes it")
        defer { lock.release() }
        let options = LedgerOptions()
        let identities = CallIDGenerator.shared(by: options.clock)
        var session = try LedgerSession(path: path, options: options, secret: nil, identities: identities)
        defer { session.close() }
        _ = try session.writeRemains(identities)
        try session.copyLog()
    }
}
