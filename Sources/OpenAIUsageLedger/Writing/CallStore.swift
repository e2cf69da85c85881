import GRDB
import GRDBSQLite
import OpenAIUsage

/// Writes batches of records to the tables; its cached state always matches what is committed.
struct CallStore {
    private(set) var facts: SharedRowWriter
    private(set) var pending: PendingRows
    private let encoder = RowEncoder()
    private var startRange: StartRange
    private var newest: Int64
    /// The time before which rows may have been pruned, in microseconds since 1970; `nil` if nothing was ever pruned.
    private(set) var prunedBefore: Int64?
    /// The IDs of the rows written last.
    private var recent: [Int64] = []
    /// True if a transaction has failed, so that the cached state must be reloaded.
    private var isStale = false
    /// Changes to rows that are already in the rollups.
    private var corrections = RollupChanges()
    /// True if corrections are applied at the end of the transaction.
    private var gathersCorrections = false
    private let identities: CallIDGenerator
    private let hooks: LedgerHooks
    /// The longest time from an object's creation to its completion, in microseconds; a batch may take a day.
    private static let longestObject: Int64 = 2 * 86_400_000_000

    /// Creates a store with the state of a ledger.
    init(_ database: Database, options: LedgerOptions, identities: CallIDGenerator) throws {
        self.identities = identities
        hooks = options.hooks
        newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
        startRange = try StartRange(database)
        prunedBefore = try PruneBoundary.load(database)
        facts = try SharedRowWriter(database, capacity: options.labelCapacity)
        pending = try PendingRows(database, facts.tables)
    }

    /// Writes items in one transaction; single items may turn out to be unwritable.
    ///
    /// - Parameters:
    ///   - items: The items.
    ///   - database: The ledger.
    ///   - isRepeated: True if the items may already be committed, since the outcome of an earlier attempt is unknown.
    /// - Returns: The outcome of each item.
    /// - Throws: The error that made the whole transaction fail; then nothing is written.
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

    /// Writes rows of another ledger as they are, without deciding again if they count.
    mutating func writeRows(_ items: [RecordQueue.Item], _ database: Database) throws {
        let insert = try database.cachedStatement(sql: RowFormat.insert).sqliteStatement
        try transaction(database) { store in
            for item in items { _ = try store.write(item, .written, insert, database, isRepeated: true) }
        }
    }

    /// Rollup sums of calls that have no rows in this ledger.
    struct ForeignSums {
        /// The quarter of an hour; its numbers of series and result are the other ledger's.
        var place: RollupKey
        var series: Series
        var result: CallResult
        var sums: RollupSums
    }

    /// Adds rollup sums of calls that have no rows in this ledger.
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

    /// The IDs of some of the last rows, by which the file is recognized.
    var newestRows: ArraySlice<Int64> { recent.suffix(16) }

    /// Adds the pending rows to the rollups and the identity index.
    mutating func flush(_ database: Database) throws {
        try transaction(database) { try $0.pending.flush(database) }
    }

    /// Notes in the current transaction that rows were pruned.
    mutating func notePruned(before time: Int64, through id: Int64, _ database: Database) throws {
        if prunedBefore ?? .min < time {
            try PruneBoundary.advance(to: time, database)
            prunedBefore = time
        }
        // Pruned rows cannot identify the file.
        recent.removeAll { $0 <= id }
    }

    /// True if the call has a row.
    func holds(_ id: CallID, _ database: Database) throws -> Bool { try row(id.rawValue, database) != nil }

    /// Merges segments of the identity index.
    ///
    /// - Returns: True if there were enough segments to merge.
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

    /// Runs a body in a transaction; reloads the cached state first if the last one failed.
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

    /// Writes an item without a decision on its usage.
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
        // The row exists: either in flight, or finished and final.
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
        // Another call has this ID: the interim record is skipped, and the finished one will get a new ID.
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
            // Some failures end the transaction, and with it the whole batch; others concern this row only.
            if Self.concernsBatch(error) || !database.isInsideTransaction { throw error }
            try quarantine(item.record, error.message ?? "SQLite error \(code)", database)
            return .dropped(.encodeError)
        }
        let id = item.record.id.rawValue
        startRange.note(id, item.record.startedAtMicroseconds)
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

    /// Inserts an item under a new ID, since another call has its ID.
    private mutating func writeRenamed(
        _ item: RecordQueue.Item,
        _ written: CommitOutcome,
        _ insert: SQLiteStatement,
        _ database: Database
    ) throws -> CommitOutcome {
        var item = item
        var code = SQLITE_CONSTRAINT
        var numbers = RowEncoder.Numbers(series: 0, result: 0, form: 0)
        // The next IDs may be taken too, by the same source as the first.
        for _ in 0..<64 where code & 0xff == SQLITE_CONSTRAINT {
            var record = item.record
            record.id = identities.next(at: record.startedAtMicroseconds)
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
            .execute(arguments: [record.id.rawValue, record.startedAtMicroseconds, String(reason.prefix(200))])
    }

    private static func concernsBatch(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: false
        default: true
        }
    }

    // MARK: - Changing rows

    /// A stored row with its numbers of series and result.
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

    /// Changes a row's contribution to the rollups; `nil` removes it.
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

    /// Rewrites the row of an ended call.
    private mutating func rewrite(_ old: Row, as record: CallRecord, _ database: Database) throws {
        let update = try database.cachedStatement(sql: RowFormat.update).sqliteStatement
        let numbers = encoder.bind(record, outcome: record.outcome, to: update, &facts)
        let code = Self.run(update)
        guard code == SQLITE_DONE else { throw database.error(code) }
        try change(old, to: (record, numbers), database)
    }

    /// Writes new costs to their rows in one transaction.
    ///
    /// A row keeps its cost if that has changed since the reprice read it. Former costs are kept.
    mutating func write(
        _ changes: [RepriceRun.Change],
        keeping formerCosts: FormerCosts,
        _ database: Database
    ) throws {
        try transaction(database) { store in
            store.gathersCorrections = true
            defer { store.gathersCorrections = false }
            store.corrections.removeAll()
            var written: [RepriceRun.Change] = []
            for change in changes {
                guard let old = try store.row(change.id, database), old.record.outcome != .open,
                    old.record.cost.picoUSD == change.old.picoUSD, old.record.cost.status == change.old.status
                else { continue }
                var record = old.record
                record.cost = change.new
                try store.rewrite(old, as: record, database)
                written.append(RepriceRun.Change(id: change.id, old: old.record.cost, new: change.new))
            }
            try formerCosts.keep(written, database)
            try store.corrections.apply(database)
        }
    }

    /// Resolves the call that created an object, after another call has reported the usage.
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

    /// True if another row has already counted the object of a call.
    ///
    /// Called for objects that are not in memory, which holds the newest ones. It needs no scan: pending rows are found in
    /// memory, flushed ones in the index.
    private func isCounted(_ record: CallRecord, _ database: Database) throws -> Bool {
        // Rows of an old object may be pruned. It was counted on completion, which never comes long after creation.
        if let prunedBefore, let created = record.objectCreatedAtMicroseconds, created < prunedBefore,
            record.startedAtMicroseconds - created > Self.longestObject
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
                switch other.usageState.kind {
                case .null, .missing, .cut, .settled, .error, .unparsable: continue
                default: return true
                }
            }
        }
        return false
    }
}

extension CallRecord {
    /// True if both records are of the same attempt.
    fileprivate func isSameCall(as other: CallRecord) -> Bool {
        func kept(_ text: String) -> Substring.UTF8View { text[...].utf8.prefix(StatementBinder.keptLength(of: text)) }
        return startedAt == other.startedAt && attempt == other.attempt && method.utf8.elementsEqual(kept(other.method))
            && host.utf8.elementsEqual(kept(other.host)) && path.utf8.elementsEqual(kept(other.path))
    }
}
