import GRDB

/// The identity and the versions of the ledger's file format.
enum LedgerSchema {
    /// The application ID of a ledger's SQLite file: the letters `OAUG`.
    static let applicationID: Int64 = 0x4f41_5547
    /// The newest supported version.
    static let version: Int64 = 7
    /// The oldest version whose files are read and written without a copy; its rollups have an earlier format, and it has no
    /// former costs and no stamps of days.
    static let oldestCompatibleVersion: Int64 = 4

    /// The kind of a file according to its header.
    enum Kind: Equatable {
        /// An empty database.
        case empty
        /// A ledger with a version.
        case ledger(version: Int64)
        /// A database of another program.
        case foreign
    }

    /// Returns the kind of the open file.
    static func kind(of database: Database) throws -> Kind {
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID { return .ledger(version: version) }
        // The list of migrations is created before the first migration: a crash in between leaves it alone in the file.
        let objects = try Int64.fetchOne(
            database,
            sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
        )
        return application == 0 && version == 0 && objects == 0 ? .empty : .foreign
    }

    /// Throws if the file is not a ledger that this version supports.
    static func requireLedger(_ database: Database, path: String, allowsEmpty: Bool) throws {
        switch try kind(of: database) {
        case .empty:
            if !allowsEmpty { throw LedgerError(.notLedger, "\(path) is an empty SQLite file, not a ledger.") }
        case .foreign:
            throw LedgerError(
                .notLedger,
                "\(path) is the SQLite database of another program, not a ledger; give another path."
            )
        case .ledger(let found) where found > version:
            throw LedgerError(
                .newerSchema,
                "\(path) was written by a newer oai-usage (schema \(found); this one knows up to \(version)): upgrade oai-usage."
            )
        case .ledger: break
        }
    }

    /// Throws if the file is not a ledger that can be used without a copy.
    static func requireNewest(_ database: Database, path: String) throws {
        try requireLedger(database, path: path, allowsEmpty: false)
        guard case .ledger(let found) = try kind(of: database), found < oldestCompatibleVersion else { return }
        throw LedgerError(
            .locked,
            "\(path) is written to by an older oai-usage (schema \(found)); end that gateway, and start this version."
        )
    }

    /// Creates the schema in an empty file, or updates version, tables and view of a compatible ledger.
    static func create(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            guard try kind(of: database) == .empty else { return try renew(database) ? .commit : .rollback }
            try database.execute(sql: tables)
            try database.execute(sql: formerCosts)
            try database.execute(sql: rollupDays)
            try database.execute(sql: view)
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Updates version, tables and view of a compatible ledger.
    ///
    /// - Returns: True if anything has changed.
    private static func renew(_ database: Database) throws -> Bool {
        guard case .ledger(let found) = try kind(of: database), oldestCompatibleVersion...version ~= found else {
            return false
        }
        if found < version {
            try database.execute(sql: "\(formerCosts) \(rollupDays) PRAGMA user_version = \(version)")
        }
        return try renewView(database) || found < version
    }

    private static func renewView(_ database: Database) throws -> Bool {
        let found = try String.fetchOne(
            database,
            sql: "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'calls'"
        )
        guard found.map({ $0 + ";" }) != view else { return false }
        try database.execute(sql: "DROP VIEW IF EXISTS calls; \(view)")
        return true
    }
}
