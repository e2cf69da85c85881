import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Opening what is damaged")
struct DamagedOpeningTests {
    /// What became of a ledger while nobody had it open.
    enum Damage: String, CaseIterable, Sendable {
        case half, firstPage, firstHalfPage, schema, noise

        func apply(to bytes: inout [UInt8]) {
            var generator = SystemRandomNumberGenerator()
            func scramble(_ range: Range<Int>) {
                for index in range { bytes[index] = .random(in: .min ... .max, using: &generator) }
            }
            switch self {
            case .half: bytes.removeLast(bytes.count / 2)
            case .firstPage: for index in 0..<8_192 { bytes[index] = 0 }
            case .firstHalfPage: for index in 0..<4_096 { bytes[index] = 0 }
            case .schema: for index in 100..<4_096 { bytes[index] = 0xff }
            case .noise: scramble(100..<bytes.count)
            }
        }
    }

    @Test("A damaged ledger is set aside and named, and a new one begun", arguments: Damage.allCases)
    func damaged(damage: Damage) async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<200).map { Records.plain($0) })
        var bytes = try #require(folder.bytes(of: "ledger.db"))
        damage.apply(to: &bytes)
        try folder.write("ledger.db", bytes)
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        ledger.observeStatus { changes.append($0) }
        for number in 300..<310 { ledger.record(Records.plain(number)) }
        let statistics = await ledger.close()
        #expect(try OtherProgram.count(folder.ledger) == 10)
        #expect(changes.all.map(\.kind) == [.replaced])
        let aside = try #require(folder.names.first { $0.hasPrefix("ledger.db.damaged-") && !$0.contains("-wal") })
        #expect(changes.all.first?.description.contains("\(folder.ledger) ") == true)
        #expect(changes.all.first?.description.contains("\(folder.path)/\(aside),") == true)
        #expect(folder.bytes(of: aside) == bytes)
        #expect(statistics.errorsByCode == [.corrupt: 1] && statistics.written == 10 && statistics.isBalanced)
        #expect(!folder.names.contains("ledger.db.lock"))
    }

    @Test("Garbage does no harm while the log has everything")
    func garbageWithLog() async throws {
        let folder = TemporaryFolder()
        let other = TemporaryFolder()
        let before = try Ledger(path: other.ledger)
        for number in 0..<200 { before.record(Records.plain(number)) }
        await before.flush()
        try folder.write("ledger.db-wal", try #require(other.bytes(of: "ledger.db-wal")))
        await before.close()
        try folder.write("ledger.db", (0..<40_960).map { _ in UInt8.random(in: .min ... .max) })
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(300))
        #expect(await ledger.close().errors == 0)
        #expect(try OtherProgram.count(folder.ledger) == 201)
    }

    /// What cannot be opened, and is not ours to rename.
    enum Foreign: String, CaseIterable, Sendable {
        case text, image, zeros, damagedOther, damagedNewer, folder

        func make(_ folder: TemporaryFolder) throws {
            switch self {
            case .text: try folder.write("ledger.db", Array(repeating: Array("my notes\n".utf8), count: 900).joined())
            case .image: try folder.write("ledger.db", [0x89, 0x50, 0x4e, 0x47] + (0..<9_000).map { UInt8($0 & 0xff) })
            case .zeros: try folder.write("ledger.db", [UInt8](repeating: 0, count: 20_000))
            case .damagedOther, .damagedNewer:
                let database = try DatabaseQueue(path: folder.ledger)
                try database.write { database in
                    if self == .damagedNewer {
                        try database.execute(sql: "PRAGMA application_id = \(0x4f41_5547); PRAGMA user_version = 99")
                    }
                    try database.execute(sql: "CREATE TABLE letters(text); INSERT INTO letters VALUES('a')")
                }
                try database.close()
                var bytes = try #require(folder.bytes(of: "ledger.db"))
                for index in 100..<4_096 { bytes[index] = 0xff }
                try folder.write("ledger.db", bytes)
            case .folder:
                try FileManager.default.createDirectory(atPath: folder.ledger, withIntermediateDirectories: false)
            }
        }
    }

    @Test(
        "What never was a ledger, or is of a newer version, is refused and left as it is",
        arguments: Foreign.allCases
    )
    func foreign(file: Foreign) throws {
        let folder = TemporaryFolder()
        try file.make(folder)
        let before = folder.bytes(of: "ledger.db")
        let found = code { _ = try Ledger(path: folder.ledger) }
        #expect(found == .notSQLite || found == .corrupt || found == .notLedger)
        #expect(folder.names == ["ledger.db"])
        #expect(folder.bytes(of: "ledger.db") == before)
    }

    @Test("A damaged ledger that another process writes to is left to it")
    func locked() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<200).map { Records.plain($0) })
        var bytes = try #require(folder.bytes(of: "ledger.db"))
        Damage.half.apply(to: &bytes)
        try folder.write("ledger.db", bytes)
        let file = open("\(folder.ledger).lock", O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
        #expect(code { _ = try Ledger(path: folder.ledger) } == .locked)
        #expect(folder.bytes(of: "ledger.db") == bytes)
    }

    @Test("A damaged ledger that is put in the stead of an open one is set aside, too")
    func putInStead() async throws {
        let folder = TemporaryFolder()
        let spare = TemporaryFolder()
        try await fill(spare, (0..<200).map { Records.plain($0) })
        var bytes = try #require(spare.bytes(of: "ledger.db"))
        Damage.half.apply(to: &bytes)
        try spare.write("ledger.db", bytes)
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(1_000))
        await ledger.flush()
        #expect(rename(spare.ledger, folder.ledger) == 0)
        ledger.record(Records.plain(1_001))
        let statistics = await ledger.close()
        #expect(statistics.dropped[.ledgerLost] == 1 && statistics.written == 1 && statistics.isBalanced)
        #expect(try OtherProgram.count(folder.ledger) == 1)
        #expect(folder.names.contains { $0.hasPrefix("ledger.db.damaged-") })
    }

    @Test("The log of a ledger that is gone is kept, and told of", arguments: [true, false])
    func orphanedLog(isEmpty: Bool) async throws {
        let folder = TemporaryFolder()
        let other = TemporaryFolder()
        let before = try Ledger(path: other.ledger)
        for number in 0..<20 { before.record(Records.plain(number)) }
        await before.flush()
        let log = try #require(other.bytes(of: "ledger.db-wal"))
        await before.close()
        try folder.write("ledger.db-wal", log)
        if isEmpty { try folder.write("ledger.db", []) }
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        ledger.record(Records.plain(100))
        await ledger.close()
        let aside = try #require(folder.names.first { $0.hasPrefix("ledger.db.damaged-") && $0.hasSuffix("-wal") })
        #expect(folder.bytes(of: aside) == log)
        #expect(changes.all.map(\.kind) == [.replaced])
        #expect(changes.all.first?.description.contains(aside) == true)
        #expect(try OtherProgram.count(folder.ledger) == 1)
    }
}
