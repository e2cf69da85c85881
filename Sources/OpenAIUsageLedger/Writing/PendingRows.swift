import GRDB
import OpenAIUsage

/// The rows that are neither in the rollups nor in the index by identities yet: the newest ones, and those that ended long after
/// they had begun.
///
/// Both are written for many rows at once, which costs a fraction of what it would for each. Until then a reader looks at
/// these rows themselves.
struct PendingRows {
    /// Ended rows up to this one are flushed, except those that are listed.
    private(set) var flushedThrough: Int64
    /// The numbers of the rows.
    private var ids: [Int64] = []
    /// The rows among them that are listed in the file, since newer ones are flushed.
    private var late: Set<Int64> = []
    private var identities: [(id: Int64, hash: UInt64)] = []
    /// The rows that show objects, each with the one before it that shows the same.
    private var shows: [(id: Int64, previous: Int32?)] = []
    /// The newest of them by the hash of the object.
    private var newestShow: [UInt64: Int32] = [:]
    private var changes = RollupChanges()

    /// How many rows are pending.
    var count: Int { ids.count }

    /// Loads the pending rows of a ledger.
    init(_ database: Database, _ facts: SharedTables) throws {
        flushedThrough = try Self.flushedThrough(database)
        let decoder = RowDecoder(facts)
        func read(_ sql: String, isLate: Bool) throws {
            try database.makeStatement(sql: sql).forEachRow(in: database) { row in
                let record = decoder.record(row)
                let series = Int(row.integer(at: 1) ?? 0)
                let result = Int(row.integer(at: 2) ?? 0)
                if isLate { late.insert(record.id.rawValue) }
                note(record, series: series, result: result)
                return true
            }
        }
        try read("\(RowFormat.select) WHERE id > \(flushedThrough) AND result > 0", isLate: false)
        let columns = RowFormat.columns.map { "c.\($0)" }.joined(separator: ", ")
        try read(
            "SELECT \(columns) FROM pending_call AS p CROSS JOIN call AS c ON c.id = p.call_id WHERE c.result > 0",
            isLate: true
        )
    }

    /// The newest row that is flushed.
    static func flushedThrough(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'flushed_through'") ?? .min
    }

    /// True if a row that has ended is pending.
    func contains(_ id: Int64) -> Bool { id > flushedThrough || late.contains(id) }

    /// True if a row up to a number may be pending.
    func holds(through id: Int64) -> Bool { id > flushedThrough || late.contains { $0 <= id } }

    /// The numbers of the pending rows that may show the object of a hash.
    func rows(of hash: UInt64) -> [Int64] {
        var found: [Int64] = []
        var next = newestShow[hash]
        while let index = next {
            found.append(shows[Int(index)].id)
            next = shows[Int(index)].previous
        }
        return found
    }

    /// Adds a row that has ended.
    mutating func add(_ record: CallRecord, series: Int, result: Int, _ database: Database) throws {
        let id = record.id.rawValue
        if id <= flushedThrough {
            late.insert(id)
            try database.cachedStatement(sql: "INSERT OR IGNORE INTO pending_call(call_id) VALUES(?)")
                .run(in: database) { $0.integer(id) }
        }
        note(record, series: series, result: result)
    }

    private mutating func note(_ record: borrowing CallRecord, series: Int, result: Int) {
        let id = record.id.rawValue
        ids.append(id)
        record.forEachIndexedIdentity { identities.append((id, $0)) }
        if EndpointCatalog.standard.namesWithObjects.contains(record.endpoint.name) {
            if let responseID = record.responseID { noteShow(of: responseID, id) }
            if let alias = record.objectAlias { noteShow(of: alias, id) }
        }
        changes.add(record, series: series, result: result)
    }

    private mutating func noteShow(of object: String, _ id: Int64) {
        let hash = IdentityHash.hash(object)
        shows.append((id, newestShow.updateValue(Int32(truncatingIfNeeded: shows.count), forKey: hash)))
    }

    /// Replaces what a pending row adds to the rollups.
    mutating func change(_ changed: ChangedRow) { changes.add(changed) }

    /// Writes the rollups and a segment of the index.
    mutating func flush(_ database: Database) throws {
        try changes.apply(database)
        // Rows that came twice, as interrupted ones that ended after all, stand once. Both lists are nearly in order.
        ids.sort()
        identities.sort { $0.id < $1.id }
        var segment = IdentitySegment(level: 0, blocks: [], entries: [])
        segment.entries.reserveCapacity(identities.count)
        var blockEnd = 0
        var last: Int64?
        var next = 0
        for id in ids where id != last {
            last = id
            if late.contains(id) {
                segment.blocks.append(id...id)
                blockEnd = 0
            } else if blockEnd > 0, let open = segment.blocks.last {
                segment.blocks[segment.blocks.count - 1] = open.lowerBound...id
                blockEnd -= 1
            } else {
                segment.blocks.append(id...id)
                blockEnd = IdentitySegment.blockLength - 1
            }
            while next < identities.count, identities[next].id == id {
                segment.entries.append(
                    IdentitySegment.Entry(hash: identities[next].hash, block: segment.blocks.count - 1)
                )
                next += 1
            }
        }
        try segment.save(database)
        try database.execute(sql: "DELETE FROM pending_call")
        flushedThrough = max(flushedThrough, last ?? flushedThrough)
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('flushed_through', ?)",
            arguments: [flushedThrough]
        )
        ids.removeAll(keepingCapacity: true)
        late.removeAll()
        identities.removeAll(keepingCapacity: true)
        shows.removeAll(keepingCapacity: true)
        newestShow.removeAll(keepingCapacity: true)
    }
}

/// A row whose share in the rollups changes.
struct ChangedRow {
    /// The content of a row.
    struct Version {
        var record: CallRecord
        var series: Int
        var result: Int
    }

    var old: Version
    /// The content that follows; `nil` if the row is gone.
    var new: Version?
}

extension RollupChanges {
    /// Takes out what a row was, and adds what it is.
    mutating func add(_ changed: ChangedRow) {
        add(changed.old.record, series: changed.old.series, result: changed.old.result, isNegative: true)
        if let new = changed.new { add(new.record, series: new.series, result: new.result) }
    }
}

extension CallRecord {
    /// Calls a body with the hash of each identity by which the row is to be found without a scan.
    borrowing func forEachIndexedIdentity(_ body: (UInt64) -> Void) {
        if !isNamedByID { body(IdentityHash.hash(operationID)) }
        if let requestID { body(IdentityHash.hash(requestID)) }
        if let clientRequestID { body(IdentityHash.hash(clientRequestID)) }
        if let responseID { body(IdentityHash.hash(responseID)) }
        if let traceID { body(IdentityHash.hash(traceID)) }
        if let objectAlias { body(IdentityHash.hash(objectAlias)) }
        // The identity of Cloudflare's edge is on every row: it is looked for where there is no other.
        guard let edgeRequestID else { return }
        if requestID != nil, edgeRequestID.utf8.count == 20, edgeRequestID.utf8.dropFirst(16).first == UInt8(ascii: "-")
        {
            return
        }
        body(IdentityHash.hash(edgeRequestID))
    }

    /// True if an identity names the call.
    func isNamed(_ identity: String) -> Bool {
        id.description == identity || operationID == identity || requestID == identity || clientRequestID == identity
            || responseID == identity || objectAlias == identity || edgeRequestID == identity || traceID == identity
    }
}
