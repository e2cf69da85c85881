import GRDB
import GRDBSQLite
import OpenAIUsage

/// Writes batches of records into the tables; what it remembers always agrees with what is committed.
struct CallStore {
    var labels: LabelCache
    private var encoder = CallEncoder()
    private(set) var index: IdentifierIndex
    private var pending: PendingObjects
    private var newest: Int64
    /// The rows that were written last.
    private var recent: [Int64] = []
    private let identities: CallIDGenerator
    private let hooks: LedgerHooks

    /// Loads the state of a ledger.
    init(_ database: Database, options: LedgerOptions, identities: CallIDGenerator) throws {
        self.identities = identities
        pending = try PendingObjects(database)
        newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
        labels = try LabelCache(database, capacity: options.labelCapacity)
        index = try IdentifierIndex(database, segmentLength: options.sealThreshold)
        hooks = options.hooks
    }

    /// Writes items in one transaction, each of which may turn out to be unwritable.
    ///
    /// - Parameters:
    ///   - items: The items.
    ///   - database: The ledger.
    ///   - isRepeated: True if the items may have been committed before, since it is not known what became of that.
    /// - Returns: What became of each item.
    /// - Throws: What made the transaction fail as a whole; then nothing is written.
    mutating func write(
        _ items: ArraySlice<RecordQueue.Item>,
        _ database: Database,
        isRepeated: Bool = false
    ) throws -> [CommitOutcome] {
        try hooks.beforeBatch?()
        let rememberedIndex = index
        let rememberedNewest = newest
        let rememberedRecent = recent
        do {
            var outcomes: [CommitOutcome] = []
            outcomes.reserveCapacity(items.count)
            try database.inTransaction(.immediate) {
                var limits = LatestRateLimits()
                let insert = try database.cachedStatement(sql: CallColumns.insert).sqliteStatement
                for index in items.indices {
                    outcomes.append(try write(items[index], insert, database, isRepeated: isRepeated))
                    limits.note(items[index].record, at: index)
                }
                try limits.save(database) { items[$0].record }
                try labels.save(database)
                return .commit
            }
            labels.markSaved()
            pending.commit()
            return outcomes
        } catch {
            index = rememberedIndex
            newest = rememberedNewest
            recent = rememberedRecent
            pending.rollBack()
            throw error
        }
    }

    /// The numbers of some rows that were written last, by which the file is recognized.
    var newestRows: ArraySlice<Int64> { recent.suffix(16) }

    /// Seals the identities of some rows.
    mutating func seal(_ database: Database) throws {
        let rememberedIndex = index
        do {
            var sealed: [(hash: Int64, call: Int64)] = []
            try database.inTransaction(.immediate) {
                sealed = try index.seal(database)
                return .commit
            }
            pending.remove(sealed)
        } catch {
            index = rememberedIndex
            throw error
        }
    }

    private mutating func write(
        _ item: RecordQueue.Item,
        _ insert: SQLiteStatement,
        _ database: Database,
        isRepeated: Bool
    ) throws -> CommitOutcome {
        if !item.isOpen, item.record.isCounted, item.record.endpoint.accounting == .onceByObject {
            if let call = item.record.settledCall {
                try LedgerObjects.settle(call, database)
            } else if try LedgerObjects.isCounted(item.record, database, pending) {
                var uncounted = item
                uncounted.record.isCounted = false
                uncounted.record.cost = CallCost()
                return try write(uncounted, .writtenUncounted, insert, database, isRepeated: isRepeated)
            }
        }
        return try write(item, .written, insert, database, isRepeated: isRepeated)
    }

    /// Writes an item as it is; a record is large, and not copied on the way.
    private mutating func write(
        _ item: RecordQueue.Item,
        _ written: CommitOutcome,
        _ insert: SQLiteStatement,
        _ database: Database,
        isRepeated: Bool
    ) throws -> CommitOutcome {
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
                // The finished record of an interim one comes later, whoever has its identity now.
                if item.isOpen { return .written }
                if try isSameCall(item.record, database) {
                    if isRepeated { return written }
                    try quarantine(item.record, "duplicate", database)
                    return .dropped(.encodeError)
                }
                let (renamed, code) = renamed(item, insert)
                return try conclude(renamed, written, code, database)
            }
        }
        return try conclude(item, written, code, database)
    }

    private mutating func conclude(
        _ item: RecordQueue.Item,
        _ written: CommitOutcome,
        _ code: Int32,
        _ database: Database
    ) throws -> CommitOutcome {
        guard code == SQLITE_DONE else {
            let error = database.error(code)
            // Some failures end the transaction, and with it all of the batch; others concern this row only.
            if Self.concernsBatch(error) || !database.isInsideTransaction { throw error }
            try quarantine(item.record, error.message ?? "SQLite error \(code)", database)
            return .dropped(.encodeError)
        }
        try noteRow(item, database)
        return written
    }

    /// Inserts an item under an identity of its own, since another call has the one that it came with.
    private mutating func renamed(
        _ item: RecordQueue.Item,
        _ insert: SQLiteStatement
    ) -> (RecordQueue.Item, code: Int32) {
        var item = item
        var code = SQLITE_CONSTRAINT
        // Those that follow may be taken too, by whatever made up the first.
        for _ in 0..<64 where code & 0xff == SQLITE_CONSTRAINT {
            item.record.id = identities.next(at: item.record.startedAt)
            code = bind(item, to: insert).run()
        }
        return (item, code)
    }

    private mutating func noteRow(_ item: RecordQueue.Item, _ database: Database) throws {
        let id = item.record.id.rawValue
        try index.note(id, database)
        pending.note(item.record)
        if !item.isOpen {
            if id < newest &- LateCalls.lag << 11 { try LateCalls.add(id, database) }
            for window in item.record.containerWindows { try LedgerObjects.keep(window, database) }
        }
        newest = max(newest, id)
        recent.append(id)
        if recent.count > 128 { recent.removeFirst(112) }
    }

    /// True if the row with the record's identity is one of the same call.
    private mutating func isSameCall(_ record: CallRecord, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: CallColumns.same).sqliteStatement
        _ = bind(RecordQueue.Item(record: record, isOpen: false), to: statement)
        defer { sqlite3_reset(statement) }
        return sqlite3_step(statement) == SQLITE_ROW
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
