import GRDB
import GRDBSQLite
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Objects in pending rows")
struct PendingObjectsTests {
    /// Counts the instructions of SQLite's machine.
    private final class Steps: Sendable {
        let count = Atomic<Int>(0)
    }

    /// The instructions that a row costs, on the average of 1,000 objects that are created and shown, among others.
    private func stepsPerRow(among count: Int) throws -> Int {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 10_000_000
        let identities = CallIDGenerator.shared(by: options.clock)
        let objects = (0..<count).map { number in
            var record = Records.plain(0, at: Records.start + Int64(number))
            record.endpoint = Endpoint(name: "videos.create", family: UnknownFamily(), accounting: .onceByObject)
            record.usageState = .missing
            record.responseID = "video_\(number)"
            return RecordQueue.Item(record: record, isOpen: false)
        }
        var filled = try LedgerSession(path: folder.ledger, options: options, secret: nil, identities: identities)
        _ = try filled.database.writeWithoutTransaction { try filled.store.write(objects[...], $0) }
        filled.close()
        var session = try LedgerSession(path: folder.ledger, options: options, secret: nil, identities: identities)
        defer { session.close() }
        let items = (0..<1_000).map { number in
            var record = Records.plain(number, at: Records.start + 1_000_000_000 + Int64(number) * 1_000)
            record.method = number % 2 == 0 ? "POST" : "GET"
            let name = number % 2 == 0 ? "videos.create" : "videos.retrieve"
            record.endpoint = Endpoint(name: name, family: UnknownFamily(), accounting: .onceByObject)
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
}
