import GRDB
import GRDBSQLite
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Objects that are not sealed")
struct PendingObjectsTests {
    /// Counts the instructions of SQLite's machine.
    private final class Steps: Sendable {
        let count = Atomic<Int>(0)
    }

    /// The instructions that a row costs, on the average of 1,000 objects that are created and shown, among others.
    private func stepsPerRow(among count: Int) throws -> Int {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.sealThreshold = 10_000_000
        let identities = CallIDGenerator.shared(by: options.clock)
        try LedgerSession(path: folder.ledger, options: options, secret: nil, identities: identities).close()
        let first = Records.start << 11
        let database = try DatabaseQueue(path: folder.ledger)
        try database.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                    INSERT INTO call(id, started_at, attempt, source, method, host, path, endpoint, is_stream, project,
                        outcome, usage_state, cost_status, response_id)
                    SELECT ?2 + i, ?3, 0, 'gateway', 'POST', 'h', '/v1/videos', 'videos.create', 0, 'p', 'completed',
                        'missing', 'none', 'video_' || i
                    FROM n WHERE i <= ?1 AND ?1 > 0
                    """,
                arguments: [count, first, Records.start]
            )
        }
        try database.close()
        var session = try LedgerSession(path: folder.ledger, options: options, secret: nil, identities: identities)
        defer { session.close() }
        let items = (0..<1_000).map { number in
            var record = Records.plain(number, at: Records.start + 1_000_000_000 + Int64(number) * 1_000)
            record.method = number % 2 == 0 ? "POST" : "GET"
            let name = number % 2 == 0 ? "videos.create" : "videos.retrieve"
            record.endpoint = Endpoint(name: name, meter: .none, accounting: .onceByObject)
            record.responseID = number % 4 == 3 ? "video_\(number)" : "new_\(number)"
            return RecordQueue.Item(record: record, isOpen: false)
        }
        let steps = Steps()
        try session.database.writeWithoutTransaction { database in
            sqlite3_progress_handler(
                database.sqliteConnection,
                1,
                { context in
                    guard let context else { return 0 }
                    Unmanaged<Steps>.fromOpaque(context).takeUnretainedValue().count.add(1, ordering: .relaxed)
                    return 0
                },
                Unmanaged.passUnretained(steps).toOpaque()
            )
            _ = try session.store.write(items[...], database)
            sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil)
        }
        return steps.count.load(ordering: .relaxed) / items.count
    }

    @Test("What a row costs the writer does not grow with the objects that wait")
    func flat() throws {
        let few = try stepsPerRow(among: 1_000)
        let many = try stepsPerRow(among: 100_000)
        #expect(few > 50)
        // A look at each of the others would take a hundred thousand.
        #expect(many < few + few / 5, "\(few) instructions among 1,000 objects, \(many) among 100,000")
    }

    @Test("What is sealed waits no more, and what is not does")
    func removal() throws {
        var pending = try DatabaseQueue().write { database in
            try database.execute(sql: LedgerSchema.version1 + LedgerSchema.version2)
            return try PendingObjects(database)
        }
        var records = (0..<4).map { Records.plain($0) }
        for index in records.indices { records[index].responseID = "object_\(index / 2)" }
        for record in records { pending.note(record) }
        pending.commit()
        let hashes = (0..<2).map { IdentifierHash.hash("object_\($0)") }
        #expect(pending.rows(of: hashes[0]) == Set(records[..<2].map(\.id.rawValue)))
        pending.remove([(hashes[0], records[0].id.rawValue), (hashes[1], records[2].id.rawValue)])
        pending.remove([(hashes[1], records[3].id.rawValue), (12, 34)])
        #expect(pending.rows(of: hashes[0]) == [records[1].id.rawValue])
        #expect(pending.rows(of: hashes[1]).isEmpty)
    }
}
