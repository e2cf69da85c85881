import GRDB

extension Ledger {
    /// Stores a short note, which outlives this process; `nil` removes it.
    ///
    /// - Parameters:
    ///   - note: The text.
    ///   - name: The name of the note.
    /// - Throws: A ``LedgerError`` if the ledger cannot be written to at present.
    package func setNote(_ note: String?, named name: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.add(
                WriterCommand(
                    body: { _, database in
                        if let note {
                            try database.execute(
                                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)",
                                arguments: ["note:\(name)", note]
                            )
                        } else {
                            try database.execute(sql: "DELETE FROM meta WHERE name = ?", arguments: ["note:\(name)"])
                        }
                    },
                    completion: { continuation.resume(with: $0) }
                )
            )
        }
    }
}

extension LedgerReader {
    /// The note of a name; `nil` if there is none.
    package func note(named name: String) throws -> String? {
        try read { database, _ in
            try String.fetchOne(
                database,
                sql: "SELECT value FROM meta WHERE name = ?",
                arguments: ["note:\(name)"]
            )
        }
    }
}
