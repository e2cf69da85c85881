import Foundation
import GRDB

extension LedgerReader {
    /// Copies a snapshot of the ledger into a new file, even while a gateway writes to it.
    ///
    /// SQLite's backup interface copies the pages within one snapshot: the writer goes on, and the source is only read. The
    /// source's log cannot be reset until the end.
    ///
    /// - Parameters:
    ///   - path: The path of the new file, which only its owner can read; the file appears when it is complete.
    ///   - progress: Called with the copied and the total number of pages.
    /// - Returns: The size of the copy in bytes.
    /// - Throws: A ``LedgerError``, for example if something is at the path already; no partial file is left then.
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
        // A copy is of use only if it can be read.
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

/// The compaction of a ledger's file.
package enum LedgerCompaction {
    /// Rewrites a ledger without free pages, so that it can become smaller in steps from then on.
    ///
    /// It needs disk space for another copy of the ledger, and for its log.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger, which must not be in use.
    ///   - progress: Called during an upgrade of an older ledger to the newest schema.
    /// - Returns: The size of the file in bytes, before and after.
    /// - Throws: A ``LedgerError``, for example if a gateway uses the ledger.
    package static func run(
        _ path: String,
        _ progress: LedgerReader.Progress? = nil
    ) throws -> (before: Int64, after: Int64) {
        // This upgrades an older ledger, and commits the records that a killed writer left.
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
