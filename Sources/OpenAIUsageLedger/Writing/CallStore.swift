import GRDB
import GRDBSQLite
import OpenAIUsage

/// Writes batches of records into the tables; what it remembers always agrees with what is committed.
struct CallStore {
    var labels: LabelCache
    private var encoder = CallEncoder()
    private(set) var index: IdentifierIndex
    private let hooks: LedgerHooks

    /// Loads the state of a ledger.
    init(_ database: Database, options: LedgerOptions) throws {
        labels = try LabelCache(database, capacity: options.labelCapacity)
        index = try IdentifierIndex(database, segmentLength: options.sealThreshold)
        hooks = options.hooks
    }

    /// Writes items in one transaction, each of which may turn out to be unwritable.
    ///
    /// - Throws: What made the transaction fail as a whole; then nothing is written.
    mutating func write(_ items: ArraySlice<RecordQueue.Item>, _ database: Database) throws -> [CommitOutcome] {
        try hooks.beforeBatch?()
        let rememberedIndex = index
        do {
            var outcomes: [CommitOutcome] = []
            outcomes.reserveCapacity(items.count)
            try database.inTransaction(.immediate) {
                var limits = LatestRateLimits()
                let insert = try database.cachedStatement(sql: CallColumns.insert).sqliteStatement
                for index in items.indices {
                    outcomes.append(try write(items[index], insert, database))
                    limits.note(items[index].record, at: index)
                }
                try limits.save(database) { items[$0].record }
                try labels.save(database)
                return .commit
            }
            labels.markSaved()
            return outcomes
        } catch {
            index = rememberedIndex
            throw error
        }
    }

    /// Seals the identities of some rows.
    mutating func seal(_ database: Database) throws {
        let rememberedIndex = index
        do {
            try database.inTransaction(.immediate) {
                try index.seal(database)
                return .commit
            }
        } catch {
            index = rememberedIndex
            throw error
        }
    }

    private mutating func write(
        _ item: RecordQueue.Item,
        _ insert: SQLiteStatement,
        _ database: Database
    ) throws -> CommitOutcome {
        var item = item
        if !item.isOpen, item.record.isCounted, item.record.endpoint.accounting == .onceByObject {
            if let call = item.record.settledCall {
                try LedgerObjects.settle(call, database)
            } else if try LedgerObjects.isCounted(item.record, database) {
                item.record.isCounted = false
                item.record.cost = CallCost()
            }
        }
        do { try hooks.beforeRecord?(item.record) } catch {
            try quarantine(item.record, "\(error)", database)
            return .dropped(.encodeError)
        }
        var code = bind(item, to: insert).run()
        if code & 0xff == SQLITE_CONSTRAINT {
            // The row is there already: open, or finished, which stands.
            let update = try database.cachedStatement(sql: item.isOpen ? CallColumns.renew : CallColumns.finish)
            code = bind(item, to: update.sqliteStatement).run()
            if code == SQLITE_DONE, database.changesCount == 0 {
                if item.isOpen { return .written }
                try quarantine(item.record, "duplicate", database)
                return .dropped(.encodeError)
            }
        }
        guard code == SQLITE_DONE else {
            let error = database.error(code)
            // Some failures end the transaction, and with it all of the batch; others concern this row only.
            if Self.concernsBatch(error) || !database.isInsideTransaction { throw error }
            try quarantine(item.record, error.message ?? "SQLite error \(code)", database)
            return .dropped(.encodeError)
        }
        try index.note(item.record.id.rawValue, database)
        return .written
    }

    private mutating func bind(_ item: RecordQueue.Item, to statement: SQLiteStatement) -> StatementBinder {
        var binder = StatementBinder(statement)
        let outcome = item.isOpen ? Outcome.open : item.record.outcome
        encoder.bind(item.record, outcome: outcome, to: &binder, labels: &labels)
        return binder
    }

    private func quarantine(_ record: CallRecord, _ reason: String, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO quarantine(call_id, started_at, reason) VALUES(?, ?, ?)")
            .execute(arguments: [record.id.rawValue, record.startedAt, String(reason.prefix(200))])
    }

    private static func concernsBatch(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: false
        default: true
        }
    }
}
