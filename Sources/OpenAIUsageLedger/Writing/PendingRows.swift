import GRDB
import OpenAIUsage

/// The ended rows that are not yet in the rollups and the identity index: the newest ones, and those that ended long after
/// their start.
///
/// Flushing many rows at once costs a fraction of flushing each. Until then a reader scans these rows.
struct PendingRows {
    /// The ID up to which ended rows are flushed, except for the late ones.
    private(set) var flushedThrough: Int64
    /// The IDs of the pending rows.
    private var ids: [Int64] = []
    /// The pending rows that are older than flushed ones, and therefore listed in the file.
    private var late: Set<Int64> = []
    private var identities: [(id: Int64, hash: UInt64)] = []
    /// The rows with objects, each linked to the previous row with the same object.
    private var shows: [(id: Int64, previous: Int32?)] = []
    /// The index of the newest such row by the hash of the object.
    private var newestShow: [UInt64: Int32] = [:]
    private var changes = RollupChanges()

    /// The number of pending rows.
    var count: Int { ids.count }

    /// Creates the list from the pending rows of a ledger.
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

    /// The stored ID up to which ended rows are flushed; `Int64.min` if none are.
    static func flushedThrough(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'flushed_through'") ?? .min
    }

    /// True if the row of an ended call is pending.
    func contains(_ id: Int64) -> Bool { id > flushedThrough || late.contains(id) }

    /// True if a row up to an ID may be pending.
    func holds(through id: Int64) -> Bool { id > flushedThrough || late.contains { $0 <= id } }

    /// The IDs of the pending rows whose object may have a hash.
    func rows(of hash: UInt64) -> [Int64] {
        var found: [Int64] = []
        var next = newestShow[hash]
        while let index = next {
            found.append(shows[Int(index)].id)
            next = shows[Int(index)].previous
        }
        return found
    }

    /// Adds the row of an ended call.
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

    /// Changes the contribution of a pending row to the rollups.
    mutating func change(_ changed: ChangedRow) { changes.add(changed) }

    /// Writes the rollups and a segment of the index.
    mutating func flush(_ database: Database) throws {
        try changes.apply(database)
        // A row that came twice, such as an interrupted one that ended later, is indexed once. Both lists are nearly sorted.
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

/// A row whose contribution to the rollups changes.
struct ChangedRow {
    /// A version of a row.
    struct Version {
        var record: CallRecord
        var series: Int
        var result: Int
    }

    var old: Version
    /// The new version; `nil` if the row is removed.
    var new: Version?
}

extension RollupChanges {
    /// Subtracts the old version of a row, and adds the new one.
    mutating func add(_ changed: ChangedRow) {
        add(changed.old.record, series: changed.old.series, result: changed.old.result, isNegative: true)
        if let new = changed.new { add(new.record, series: new.series, result: new.result) }
    }
}

extension CallRecord {
    /// Calls a body with the hash of each identity of the call that is indexed.
    borrowing func forEachIndexedIdentity(_ body: (UInt64) -> Void) {
        if !isNamedByID { body(IdentityHash.hash(operationID)) }
        if let requestID { body(IdentityHash.hash(requestID)) }
        if let clientRequestID { body(IdentityHash.hash(clientRequestID)) }
        if let responseID { body(IdentityHash.hash(responseID)) }
        if let traceID { body(IdentityHash.hash(traceID)) }
        if let objectAlias { body(IdentityHash.hash(objectAlias)) }
        // The identity of Cloudflare's edge is on every row: it is indexed only if there is no other.
        guard let edgeRequestID else { return }
        if requestID != nil, Self.isEdgeIdentity(edgeRequestID) { return }
        body(IdentityHash.hash(edgeRequestID))
    }

    /// True if an identity has the form of those of Cloudflare's edge.
    static func isEdgeIdentity(_ identity: String) -> Bool {
        identity.utf8.count == 20 && identity.utf8.dropFirst(16).first == UInt8(ascii: "-")
    }

    /// True if an identity is one of the call's.
    func isNamed(_ identity: String) -> Bool {
        id.description == identity || operationID == identity || requestID == identity || clientRequestID == identity
            || responseID == identity || objectAlias == identity || edgeRequestID == identity || traceID == identity
    }
}
