import GRDB
import GRDBSQLite
import OpenAIUsage

/// Writes batches of records into the tables; what it remembers always agrees with what is committed.
struct CallStore {
    private(set) var facts: SharedRowWriter
    private(set) var pending: PendingRows
    private let encoder = RowEncoder()
    private var startRange: StartRange
    private var newest: Int64
    /// The time before which rows may be gone, in microseconds since 1970; `nil` if nothing was ever pruned.
    private(set) var prunedBefore: Int64?
    /// The rows that were written last.
    private var recent: [Int64] = []
    /// True if a transaction has failed, so that what is remembered must be read anew.
    private var isStale = false
    /// Changes of rows that are in the rollups already.
    private var corrections = RollupChanges()
    /// True if they are applied at the end of the transaction.
    private var gathersCorrections = false
    private let identities: CallIDGenerator
    private let hooks: LedgerHooks
    /// The time in which an object is done, in microseconds: a batch has a day for it.
    private static let longestObject: Int64 = 2 * 86_400_000_000

    /// Loads the state of a ledger.
    init(_ database: Database, options: LedgerOptions, identities: CallIDGenerator) throws {
        self.identities = identities
        hooks = options.hooks
        newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
        startRange = try StartRange(database)
        prunedBefore = try PruneBoundary.load(database)
        facts = try SharedRowWriter(database, capacity: options.labelCapacity)
        pending = try PendingRows(database, facts.tables)
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
        var outcomes: [CommitOutcome] = []
        outcomes.reserveCapacity(items.count)
        let insert = try database.cachedStatement(sql: RowFormat.insert).sqliteStatement
        try transaction(database) { store in
            var limits = LatestRateLimits()
            for item in items {
                outcomes.append(try store.write(item, insert, database, isRepeated: isRepeated))
                limits.note(item)
            }
            try limits.save(database)
        }
        return outcomes
    }

    /// Writes rows as they were in another ledger: what they say of objects and of containers stands.
    mutating func writeRows(_ items: [RecordQueue.Item], _ database: Database) throws {
        let insert = try database.cachedStatement(sql: RowFormat.insert).sqliteStatement
        try transaction(database) { store in
            for item in items { _ = try store.write(item, .written, insert, database, isRepeated: true) }
        }
    }

    /// Sums of calls that have no rows here.
    struct ForeignSums {
        /// The quarter of an hour; its numbers of series and result are those of another ledger.
        var place: RollupKey
        var series: Series
        var result: CallResult
        var sums: RollupSums
    }

    /// Adds sums of calls that have no rows here.
    mutating func add(_ foreign: [ForeignSums], _ database: Database) throws {
        try transaction(database) { store in
            var sums: [RollupKey: RollupSums] = [:]
            for entry in foreign {
                var key = entry.place
                key.series = store.facts.number(of: entry.series)
                key.result = store.facts.number(of: entry.result)
                sums[key, default: RollupSums()].add(entry.sums)
            }
            try RollupChanges.add(sums, database)
        }
    }

    /// The numbers of some rows that were written last, by which the file is recognized.
    var newestRows: ArraySlice<Int64> { recent.suffix(16) }

    /// Adds the pending rows to the rollups and to the index by identities.
    mutating func flush(_ database: Database) throws {
        try transaction(database) { try $0.pending.flush(database) }
    }

    /// Notes within a transaction that rows were removed.
    mutating func notePruned(before time: Int64, through id: Int64, _ database: Database) throws {
        if prunedBefore ?? .min < time {
            try PruneBoundary.advance(to: time, database)
            prunedBefore = time
        }
        // The file is not recognized by rows that are gone.
        recent.removeAll { $0 <= id }
    }

    /// True if a call has a row.
    func holds(_ id: CallID, _ database: Database) throws -> Bool { try row(id.rawValue, database) != nil }

    /// Merges segments of the index by identities.
    ///
    /// - Returns: True if there were enough of them.
    mutating func merge(_ database: Database) throws -> Bool {
        var isMerged = false
        try database.inTransaction(.immediate) {
            for level in 0..<IdentitySegment.lastLevel where !isMerged {
                isMerged = try IdentitySegment.merge(level: level, database)
            }
            return .commit
        }
        return isMerged
    }

    /// Runs something in a transaction; what is remembered is read anew after one that has failed.
    mutating func transaction(_ database: Database, _ body: (inout CallStore) throws -> Void) throws {
        if isStale {
            newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
            startRange = try StartRange(database)
            prunedBefore = try PruneBoundary.load(database)
            pending = try PendingRows(database, facts.tables)
            recent.removeAll()
            isStale = false
        }
        isStale = true
        try database.execute(sql: "BEGIN IMMEDIATE")
        do {
            try body(&self)
            try facts.save(database)
            try startRange.save(database)
            try database.execute(sql: "COMMIT")
        } catch {
            if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
            throw error
        }
        facts.markSaved()
        isStale = false
    }

    private mutating func write(
        _ item: RecordQueue.Item,
        _ insert: SQLiteStatement,
        _ database: Database,
        isRepeated: Bool
    ) throws -> CommitOutcome {
        if !item.isOpen, item.record.isCounted, item.record.endpoint.accounting == .onceByObject {
            if let call = item.record.resolvedCall {
                try settle(call, database)
            } else if try isCounted(item.record, database) {
                var uncounted = item.record
                uncounted.isCounted = false
                uncounted.cost = CallCost()
                let other = RecordQueue.Item(record: uncounted, isOpen: false)
                return try write(other, .writtenUncounted, insert, database, isRepeated: isRepeated)
            }
        }
        return try write(item, .written, insert, database, isRepeated: isRepeated)
    }

    /// Writes an item as it is.
    private mutating func write(
        _ item: RecordQueue.Item,
        _ written: CommitOutcome,
        _ insert: SQLiteStatement,
        _ database: Database,
        isRepeated: Bool
    ) throws -> CommitOutcome {
        if let beforeRecord = hooks.beforeRecord {
            do { try beforeRecord(item.record) } catch {
                try quarantine(item.record, "\(error)", database)
                return .dropped(.encodeError)
            }
        }
        let numbers = bind(item, to: insert)
        let code = Self.run(insert)
        guard code & 0xff == SQLITE_CONSTRAINT else { return try conclude(item, numbers, written, code, database) }
        // The row is there already: in flight, or finished, which stands.
        guard let old = try row(item.record.id.rawValue, database) else { throw database.error(code) }
        if old.record.isSameCall(as: item.record) {
            let isUnfinished = old.record.outcome == .open || (old.record.outcome == .interrupted && !item.isOpen)
            if isUnfinished {
                if old.record.outcome == .interrupted { try change(old, to: nil, database) }
                let update = try database.cachedStatement(sql: RowFormat.update).sqliteStatement
                let numbers = bind(item, to: update)
                return try conclude(item, numbers, written, Self.run(update), database)
            }
            if item.isOpen { return .written }
            if isRepeated { return written }
            try quarantine(item.record, "duplicate", database)
            return .dropped(.encodeError)
        }
        // The finished record of an interim one comes later, whoever has its identity now.
        if item.isOpen { return .written }
        return try writeRenamed(item, written, insert, database)
    }

    private mutating func conclude(
        _ item: RecordQueue.Item,
        _ numbers: RowEncoder.Numbers,
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
        let id = item.record.id.rawValue
        startRange.note(id, item.record.startedAt)
        if !item.isOpen {
            try pending.add(item.record, series: numbers.series, result: numbers.result, database)
            if id < newest &- LateCalls.lag << 11 { try LateCalls.add(id, database) }
            for window in item.record.containerWindows { try LedgerObjects.keep(window, database) }
        }
        newest = max(newest, id)
        recent.append(id)
        if recent.count > 128 { recent.removeFirst(112) }
        return written
    }

    /// Inserts an item under an identity of its own, since another call has the one that it came with.
    private mutating func writeRenamed(
        _ item: RecordQueue.Item,
        _ written: CommitOutcome,
        _ insert: SQLiteStatement,
        _ database: Database
    ) throws -> CommitOutcome {
        var item = item
        var code = SQLITE_CONSTRAINT
        var numbers = RowEncoder.Numbers(series: 0, result: 0, form: 0)
        // Those that follow may be taken too, by whatever made up the first.
        for _ in 0..<64 where code & 0xff == SQLITE_CONSTRAINT {
            var record = item.record
            record.id = identities.next(at: record.startedAt)
            item = RecordQueue.Item(record: record, isOpen: item.isOpen)
            numbers = bind(item, to: insert)
            code = Self.run(insert)
        }
        return try conclude(item, numbers, written, code, database)
    }

    private mutating func bind(_ item: RecordQueue.Item, to statement: SQLiteStatement) -> RowEncoder.Numbers {
        encoder.bind(item.record, outcome: item.isOpen ? .open : item.record.outcome, to: statement, &facts)
    }

    private static func run(_ statement: SQLiteStatement) -> Int32 {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        return code
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

    // MARK: - Changing rows

    /// A row as it is.
    private struct Row {
        var record: CallRecord
        var series: Int
        var result: Int
    }

    private func row(_ id: Int64, _ database: Database) throws -> Row? {
        let statement = try database.cachedStatement(sql: "\(RowFormat.select) WHERE id = ?")
        statement.setUncheckedArguments([id])
        let decoder = RowDecoder(facts.tables)
        var found: Row?
        try statement.forEachRow(in: database) { row in
            found = Row(
                record: decoder.record(row),
                series: Int(row.integer(at: 1) ?? 0),
                result: Int(row.integer(at: 2) ?? 0)
            )
            return false
        }
        return found
    }

    /// Changes a row's share in the rollups, from which it is taken out if nothing follows.
    private mutating func change(
        _ old: Row,
        to new: (record: CallRecord, numbers: RowEncoder.Numbers)?,
        _ database: Database
    ) throws {
        let changed = ChangedRow(
            old: ChangedRow.Version(record: old.record, series: old.series, result: old.result),
            new: new.map {
                ChangedRow.Version(record: $0.record, series: $0.numbers.series, result: $0.numbers.result)
            }
        )
        if pending.contains(old.record.id.rawValue) {
            pending.change(changed)
        } else {
            corrections.add(changed)
            if !gathersCorrections { try corrections.apply(database) }
        }
    }

    /// Writes a row that has ended anew.
    private mutating func rewrite(_ old: Row, as record: CallRecord, _ database: Database) throws {
        let update = try database.cachedStatement(sql: RowFormat.update).sqliteStatement
        let numbers = encoder.bind(record, outcome: record.outcome, to: update, &facts)
        let code = Self.run(update)
        guard code == SQLITE_DONE else { throw database.error(code) }
        try change(old, to: (record, numbers), database)
    }

    /// Writes new costs into their rows in one transaction.
    ///
    /// A row keeps its cost if that is no longer the one from which the new one was told to differ.
    mutating func write(_ changes: [RepriceRun.Change], _ database: Database) throws {
        try transaction(database) { store in
            store.gathersCorrections = true
            defer { store.gathersCorrections = false }
            store.corrections.removeAll()
            for change in changes {
                guard let old = try store.row(change.id, database), old.record.outcome != .open,
                    old.record.cost.picoUSD == change.old.picoUSD, old.record.cost.status == change.old.status
                else { continue }
                var record = old.record
                record.cost = change.new
                try store.rewrite(old, as: record, database)
            }
            try store.corrections.apply(database)
        }
    }

    /// Marks the call that created an object, whose usage another call has told.
    private mutating func settle(_ call: CallID, _ database: Database) throws {
        guard let old = try row(call.rawValue, database), LedgerObjects.waiting.contains(old.record.usageState) else {
            return
        }
        var record = old.record
        record.usageState = .settled
        record.cost.reason = nil
        record.cost.upperBoundPicoUSD = nil
        if record.outcome == .open {
            let update = try database.cachedStatement(sql: RowFormat.update).sqliteStatement
            _ = encoder.bind(record, outcome: .open, to: update, &facts)
            let code = Self.run(update)
            guard code == SQLITE_DONE else { throw database.error(code) }
            return
        }
        try rewrite(old, as: record, database)
    }

    /// True if another row has counted the object that a call shows.
    ///
    /// It is asked for objects that the process does not remember: it remembers the newest ones. It takes no scan: pending
    /// rows are found in memory.
    private func isCounted(_ record: CallRecord, _ database: Database) throws -> Bool {
        // One whose rows may be gone was counted when it was done, which is never long after it was created.
        if let prunedBefore, let created = record.objectCreatedAt, created < prunedBefore,
            record.startedAt - created > Self.longestObject
        {
            return true
        }
        let lookup = IdentityLookup(database)
        for identity in [record.responseID, record.objectAlias].compactMap({ $0 }) {
            let hash = IdentityHash.hash(identity)
            var candidates = Set(pending.rows(of: hash))
            candidates.formUnion(try lookup.flushed(hash, identity, facts.tables))
            for id in candidates where id != record.id.rawValue {
                guard let other = try row(id, database)?.record, other.isCounted,
                    other.responseID == identity || other.objectAlias == identity
                else { continue }
                switch other.usageState {
                case .null, .missing, .cut, .settled, .error, .unparsable: continue
                default: return true
                }
            }
        }
        return false
    }
}

extension CallRecord {
    /// True if another record is one of the same attempt.
    fileprivate func isSameCall(as other: CallRecord) -> Bool {
        func kept(_ text: String) -> Substring.UTF8View { text[...].utf8.prefix(StatementBinder.keptLength(of: text)) }
        return startedAt == other.startedAt && attempt == other.attempt && method.utf8.elementsEqual(kept(other.method))
            && host.utf8.elementsEqual(kept(other.host)) && path.utf8.elementsEqual(kept(other.path))
    }
}
