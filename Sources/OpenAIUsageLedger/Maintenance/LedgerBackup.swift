import Foundation
import GRDB

extension LedgerReader {
    /// Copies the ledger, as it is at one moment, into a new file, also while a gateway writes to it.
    ///
    /// The pages are copied by SQLite's backup interface within one view of the ledger: the writer goes on, and the source is
    /// only read. Its log is not begun anew until the end.
    ///
    /// - Parameters:
    ///   - path: The new file, which only its owner can read; it appears when it is whole.
    ///   - progress: Called with the pages that are copied, and with all of them.
    /// - Returns: The bytes of the copy.
    /// - Throws: A ``LedgerError``, in particular if something is at the path already; then nothing is left there.
    package func backup(to path: String, _ progress: Progress? = nil) throws -> Int64 {
        let file = try NewFile(path)
        do {
            try copy(to: file, progress)
            try file.publish()
        } catch {
            file.discard()
            throw LedgerError(error, path: path)
        }
        return LedgerFile.size(path) ?? 0
    }

    private func copy(to file: NewFile, _ progress: Progress?) throws {
        let path = file.temporary
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.label = "ledger.backup"
        let target = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? target.close() }
        try read { database, _ in
            try file.writing {
                try target.writeWithoutTransaction { target in
                    try database.backup(to: target, pagesPerStep: 256) { state in
                        progress?(Int64(state.completedPageCount), Int64(state.totalPageCount))
                    }
                }
            }
        }
        // A copy that cannot be read is none.
        let finding = try target.writeWithoutTransaction { target in
            try LedgerSchema.requireNewest(target, path: path)
            return try String.fetchOne(target, sql: "PRAGMA quick_check(1)")
        }
        guard finding == "ok" else {
            throw LedgerError(
                .corrupt,
                "The copy is damaged (\(finding ?? "")), as \(self.path) is perhaps: run `oai-usage ledger check`."
            )
        }
    }
}

/// The making of a ledger's file as small as it can be.
package enum LedgerCompaction {
    /// Writes a ledger anew, without its free pages, so that it can become smaller by steps from then on.
    ///
    /// It needs room for another copy of the ledger, and its log.
    ///
    /// - Parameters:
    ///   - path: The ledger, which nobody may write to.
    ///   - progress: Called while a ledger of an older version is brought to the newest one.
    /// - Returns: The bytes of the file before and after.
    /// - Throws: A ``LedgerError``, in particular if a gateway has the ledger in use.
    package static func run(
        _ path: String,
        _ progress: LedgerReader.Progress? = nil
    ) throws -> (before: Int64, after: Int64) {
        // An older one is upgraded, and what a killed writer has left is taken in.
        _ = try LedgerReader(path: path, progress: progress)
        let path = try LedgerFile.resolve(path)
        let lock = try LedgerLock(path: "\(path).lock", purpose: "oai-usage ledger compact")
        defer { lock.release() }
        try LedgerFile.requireSingleName(path)
        do {
            let database = try LedgerFile.open(path, options: LedgerOptions())
            defer { try? database.close() }
            return try database.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
                let before = LedgerFile.size(path) ?? 0
                try database.execute(sql: "PRAGMA temp_store = FILE; PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
                _ = try database.checkpoint(.truncate)
                return (before, LedgerFile.size(path) ?? 0)
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }
}
