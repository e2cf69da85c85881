import GRDB
import OpenAIUsage

extension LedgerSession {
    /// Writes the records that a process has left in its journal; those that are in the ledger already stand.
    ///
    /// - Parameter identities: The source of identities, which go on after those of the records.
    /// - Returns: True if there were any.
    /// - Throws: An error of SQLite; then the journal stays.
    mutating func writeRemains(_ identities: CallIDGenerator) throws -> Bool {
        let records = RecordJournal.remains(path)
        guard !records.isEmpty else {
            RecordJournal.removeRemains(path)
            return false
        }
        for record in records { identities.advance(past: record.id) }
        // A row that was pruned since is not written again: it is in the rollups.
        let kept = try database.writeWithoutTransaction { database in
            try records.filter { record in
                guard let before = store.prunedBefore, record.startedAt < before else { return true }
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

    /// Writes the records that a process has left in its journal, if nobody has the ledger in use.
    ///
    /// - Throws: A ``LedgerError``, in particular if somebody has.
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
