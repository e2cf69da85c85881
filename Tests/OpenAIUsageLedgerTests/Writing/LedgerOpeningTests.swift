import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Opening")
struct LedgerOpeningTests {
    @Test("A second writer is refused, and told who the first is")
    func locked() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.purpose = "oai-usage gateway"
        let ledger = try Ledger(path: folder.ledger, options: options)
        do {
            _ = try Ledger(path: folder.ledger)
            Issue.record("The second writer was let in.")
        } catch let error as LedgerError {
            #expect(error.code == .locked)
            #expect(error.description.contains("process \(getpid()) (oai-usage gateway)"))
        }
        await ledger.close()
        let next = try Ledger(path: folder.ledger)
        await next.close()
        #expect(!folder.names.contains("ledger.db.lock"))
    }

    @Test("A lock that something else holds is respected, also when its file says nothing")
    func foreignLock() throws {
        let folder = TemporaryFolder()
        let file = open("\(folder.ledger).lock", O_RDWR | O_CREAT, 0o600)
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
        #expect(code { _ = try Ledger(path: folder.ledger) } == .locked)
        #expect(!folder.names.contains("ledger.db"))
        close(file)
    }

    @Test("A lock file that a crash has left behind is not a lock")
    func staleLock() async throws {
        let folder = TemporaryFolder()
        try folder.write("ledger.db.lock", "1 something\n".utf8)
        let ledger = try Ledger(path: folder.ledger)
        #expect(folder.bytes(of: "ledger.db.lock") == Array("\(getpid()) oai-usage\n".utf8))
        await ledger.close()
    }

    @Test("A file that is no SQLite database is refused, and left as it is")
    func notSQLite() throws {
        let folder = TemporaryFolder()
        let text = Array("This is a letter, and longer than one hundred bytes. ".utf8)
        try folder.write("ledger.db", text)
        #expect(code { _ = try Ledger(path: folder.ledger) } == .notSQLite)
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .notSQLite)
        #expect(folder.bytes(of: "ledger.db") == text)
        #expect(folder.names == ["ledger.db"])
        #expect(code { _ = try Ledger(path: folder.path) } == .notSQLite)
    }

    @Test("Another program's database is refused, and left as it is")
    func notLedger() throws {
        let folder = TemporaryFolder()
        try DatabaseQueue(path: folder.ledger).write { try $0.execute(sql: "CREATE TABLE letters(text)") }
        let before = folder.bytes(of: "ledger.db")
        #expect(code { _ = try Ledger(path: folder.ledger) } == .notLedger)
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .notLedger)
        #expect(folder.bytes(of: "ledger.db") == before)
        #expect(folder.names == ["ledger.db"])
    }

    @Test("A ledger of a newer version is refused, and left as it is")
    func newer() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        try await DatabaseQueue(path: folder.ledger).writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA user_version = 9; PRAGMA journal_mode = DELETE")
        }
        let before = folder.bytes(of: "ledger.db")
        #expect(code { _ = try Ledger(path: folder.ledger) } == .newerSchema)
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .newerSchema)
        #expect(folder.bytes(of: "ledger.db") == before)
    }

    @Test(
        "A path at which nothing can be created is refused",
        arguments: ["/proc/nothing/ledger.db", "FILE/x/ledger.db"]
    )
    func unwritable(path: String) throws {
        let folder = TemporaryFolder()
        try folder.write("file", [])
        let path = path.replacingOccurrences(of: "FILE", with: "\(folder.path)/file")
        #expect(code { _ = try Ledger(path: path) } == .notWritable)
    }

    @Test("An empty file becomes a ledger")
    func empty() async throws {
        let folder = TemporaryFolder()
        try folder.write("ledger.db", [])
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .notLedger)
        try await fill(folder, [Records.plain(1)])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 1)
    }

    @Test("Folders are created, and only the owner can read the file")
    func permissions() async throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/a/b/ledger.db"
        let ledger = try Ledger(path: path)
        #expect(ledger.path == path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let log = try FileManager.default.attributesOfItem(atPath: "\(path)-wal")
        #expect(log[.posixPermissions] as? Int == 0o600)
        await ledger.close()
    }

    @Test("Every ledger has its own secret, and keeps it")
    func secret() async throws {
        let folder = TemporaryFolder()
        let first = try Ledger(path: folder.ledger)
        let secret = first.fingerprintSecret
        await first.close()
        let second = try Ledger(path: folder.ledger)
        #expect(secret.count == 32)
        #expect(Set(secret).count > 8)
        #expect(second.fingerprintSecret == secret)
        await second.close()
        let other = TemporaryFolder()
        let third = try Ledger(path: other.ledger)
        #expect(third.fingerprintSecret != secret)
        await third.close()
    }

    @Test("What is copied while the writer runs is whole, and its open calls become interrupted")
    func crash() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<300 { ledger.record(Records.plain(number)) }
        var open = Records.plain(900)
        open.outcome = .open
        ledger.recordOpen(open)
        await ledger.flush()
        let copy = TemporaryFolder()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder.ledger + suffix, toPath: copy.ledger + suffix)
        }
        await ledger.close()

        let reader = try LedgerReader(path: copy.ledger)
        #expect(try reader.summary().openCalls == 1)
        #expect(try reader.calls(CallsQuery()).count == 301)
        let next = try Ledger(path: copy.ledger)
        #expect(next.newestCallID == open.id)
        await next.flush()
        let records = try LedgerReader(path: copy.ledger).calls(CallsQuery())
        #expect(Array(records.dropLast()) == (0..<300).map { Records.plain($0) })
        #expect(records.last?.outcome == .interrupted)
        #expect(try LedgerReader(path: copy.ledger).integrityProblems().isEmpty)
        // The call was not lost after all.
        next.record(Records.plain(900))
        await next.close()
        #expect(try LedgerReader(path: copy.ledger).calls(CallsQuery()).last == Records.plain(900))
    }

    @Test("A log that is cut anywhere gives a whole ledger with a prefix of the calls", arguments: [3, 10, 50, 90, 99])
    func tornLog(percent: Int) async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<60 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        let copy = TemporaryFolder()
        try FileManager.default.copyItem(atPath: folder.ledger, toPath: copy.ledger)
        let log = try #require(folder.bytes(of: "ledger.db-wal"))
        try copy.write("ledger.db-wal", log.prefix(log.count * percent / 100))
        await ledger.close()
        let next = try Ledger(path: copy.ledger)
        await next.close()
        let reader = try LedgerReader(path: copy.ledger)
        let records = try reader.calls(CallsQuery())
        #expect(records == (0..<records.count).map { Records.plain($0) })
        #expect(try reader.integrityProblems().isEmpty)
        if percent == 99 { #expect(records.count > 30) }
    }
}
