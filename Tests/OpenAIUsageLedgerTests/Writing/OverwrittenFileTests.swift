import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Files that others write into")
struct OverwrittenFileTests {
    /// What another program does to the database or its log without changing which file it is.
    enum Overwriting: String, CaseIterable, Sendable {
        case olderCopy, olderCopyAfterEmptyLog, copyOfThisSession, half, noise, firstPage, zeros, text, otherDatabase
        case logBytes, logFirstFrame, logLastFrame, logHead, logZeros, olderLog

        /// True if it is the log that is written to.
        var isLog: Bool {
            switch self {
            case .logBytes, .logFirstFrame, .logLastFrame, .logHead, .logZeros, .olderLog: true
            default: false
            }
        }

        /// A script of Python's for the ledger and the folder of copies.
        var script: String {
            switch self {
            case .olderCopy: "checkpoint('PASSIVE'); shutil.copyfile(copies + '/before', ledger)"
            case .olderCopyAfterEmptyLog: "checkpoint('TRUNCATE'); shutil.copyfile(copies + '/before', ledger)"
            case .copyOfThisSession: "checkpoint('PASSIVE'); shutil.copyfile(copies + '/during', ledger)"
            case .half: "checkpoint('PASSIVE'); os.truncate(ledger, os.path.getsize(ledger) // 16384 * 8192)"
            case .noise:
                """
                checkpoint('PASSIVE'); size = os.path.getsize(ledger)
                write(ledger, size // 2, os.urandom(size // 4))
                """
            case .firstPage: "checkpoint('PASSIVE'); write(ledger, 0, bytes(4096))"
            case .zeros: "checkpoint('PASSIVE'); write(ledger, 0, bytes(os.path.getsize(ledger)))"
            case .text: "checkpoint('PASSIVE'); write(ledger, 0, b'notes\\n' * (os.path.getsize(ledger) // 6 + 1))"
            case .otherDatabase:
                """
                checkpoint('PASSIVE')
                other = sqlite3.connect(copies + '/other'); other.execute('CREATE TABLE a(b)'); other.close()
                shutil.copyfile(copies + '/other', ledger)
                """
            case .logBytes: "write(ledger + '-wal', 5000, b'X' * 3000)"
            case .logFirstFrame: "write(ledger + '-wal', 32 + 24 + 8000, b'X')"
            case .logLastFrame: "write(ledger + '-wal', os.path.getsize(ledger + '-wal') - 40, b'X' * 40)"
            case .logHead: "write(ledger + '-wal', 16, b'X' * 8)"
            case .logZeros: "write(ledger + '-wal', 0, bytes(os.path.getsize(ledger + '-wal')))"
            case .olderLog:
                """
                old = open(copies + '/during-wal', 'rb').read()
                write(ledger + '-wal', 0, old + bytes(os.path.getsize(ledger + '-wal') - len(old)))
                """
            }
        }

        func happen(to ledger: String, _ copies: String) throws {
            try OtherProgram.python(
                """
                import shutil
                ledger, copies = sys.argv[1], sys.argv[2]
                def checkpoint(mode):
                    database = sqlite3.connect(ledger, timeout=10)
                    assert database.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()[0] == 0
                    database.close()
                def write(path, offset, data):
                    with open(path, "r+b") as file:
                        file.seek(offset)
                        file.write(data)
                \(script)
                """,
                ledger,
                copies
            )
        }
    }

    /// Looks at the files more often than need be.
    private static var watchful: LedgerOptions {
        var options = LedgerOptions()
        options.idleMilliseconds = 20
        return options
    }

    @Test(
        "What no longer holds the rows is noticed, set aside and counted, and a new ledger begun",
        arguments: Overwriting.allCases,
        [true, false]
    )
    func overwritten(overwriting: Overwriting, isIdle: Bool) async throws {
        let folder = TemporaryFolder()
        let copies = TemporaryFolder()
        try await fill(folder, (0..<5).map { Records.plain($0) })
        try FileManager.default.copyItem(atPath: folder.ledger, toPath: "\(copies.path)/before")
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger, options: Self.watchful)
        ledger.observeStatus { changes.append($0) }
        for number in 10..<30 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try OtherProgram.python(
            """
            import shutil
            if sys.argv[3] == "copyOfThisSession":
                database = sqlite3.connect(sys.argv[1]); database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            shutil.copyfile(sys.argv[1], sys.argv[2] + "/during")
            shutil.copyfile(sys.argv[1] + "-wal", sys.argv[2] + "/during-wal")
            """,
            folder.ledger,
            copies.path,
            overwriting.rawValue
        )
        for number in 30..<60 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        try overwriting.happen(to: folder.ledger, copies.path)
        // The writer looks around by itself.
        if isIdle { await changes.reach(1) }
        for number in 100..<120 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()) == (100..<120).map { Records.plain($0) })
        #expect(try OtherProgram.count(folder.ledger) == 20)
        let aside = try #require(folder.names.first { $0.hasPrefix("ledger.db.damaged-") && !$0.contains("-wal") })
        #expect(changes.all.map(\.kind) == [.replaced], "\(changes.all.map(\.description))")
        // What became shorter is told as that.
        let codes: [LedgerError.Code] = overwriting.isLog ? [.corrupt] : [.corrupt, .replaced]
        #expect(codes.contains(changes.all.first?.trouble.code ?? .failed))
        #expect(changes.all.first?.description.contains(aside) == true)
        #expect(changes.all.first?.description.contains("lost with it: 50") == true)
        #expect(ledger.statistics.dropped[.ledgerLost] == 50)
        #expect(ledger.statistics.errors == 1)
        #expect(ledger.statistics.isBalanced)
        #expect(try OtherProgram.lockHolder(of: folder.ledger) == getpid())
        let statistics = await ledger.close()
        #expect(statistics.written == 20 && statistics.captured == 70 && statistics.isBalanced)
    }

    @Test("What is overwritten just before the end is told too", arguments: [Overwriting.noise, .logBytes, .olderCopy])
    func atTheEnd(overwriting: Overwriting) async throws {
        let folder = TemporaryFolder()
        let copies = TemporaryFolder()
        try await fill(folder, (0..<5).map { Records.plain($0) })
        try FileManager.default.copyItem(atPath: folder.ledger, toPath: "\(copies.path)/before")
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        for number in 10..<60 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try overwriting.happen(to: folder.ledger, copies.path)
        let statistics = await ledger.close()
        #expect(changes.all.map(\.kind) == [.replaced])
        #expect(statistics.dropped[.ledgerLost] == 50 && statistics.written == 0 && statistics.isBalanced)
    }

    @Test("A large file is checked beside the writing")
    func background() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        var options = Self.watchful
        options.checkLimit = 0
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<3_000 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try Overwriting.noise.happen(to: folder.ledger, folder.path)
        await changes.reach(1)
        #expect(changes.all.map(\.kind) == [.replaced])
        #expect(ledger.statistics.dropped[.ledgerLost] == 3_000)
        ledger.record(Records.plain(5_000))
        await ledger.close()
        #expect(try OtherProgram.count(folder.ledger) == 1)
    }

    @Test("The end does not wait for a check that lasts")
    func cancelled() async throws {
        let folder = TemporaryFolder()
        var options = Self.watchful
        options.checkLimit = 0
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<3_000 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try OtherProgram.python(
            """
            database = sqlite3.connect(sys.argv[1], timeout=10)
            database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            """,
            folder.ledger
        )
        ledger.record(Records.plain(5_000))
        let statistics = await ledger.close()
        #expect(statistics.errors == 0 && statistics.written == 3_001)
        #expect(folder.names == ["ledger.db"])
    }

    /// What looks bad, and loses nothing.
    enum Harmless: String, CaseIterable, Sendable {
        case copyWhileLogHasAll, noiseWhileLogHasAll, touched, permissions, deleted, checkpoints, replicator

        var script: String {
            switch self {
            case .copyWhileLogHasAll: "shutil.copyfile(copies + '/before', ledger)"
            case .noiseWhileLogHasAll: "file = open(ledger, 'r+b'); file.write(os.urandom(8192)); file.close()"
            case .touched: "os.utime(ledger); os.utime(ledger + '-wal')"
            case .permissions: "os.chmod(ledger, 0o640); os.chmod(ledger + '-wal', 0o640)"
            case .deleted: "run('DELETE FROM call', 'PRAGMA wal_checkpoint(PASSIVE)')"
            case .checkpoints: "[run(f'PRAGMA wal_checkpoint({mode})') for mode in ('PASSIVE', 'RESTART', 'TRUNCATE')]"
            case .replicator:
                """
                run('CREATE TABLE IF NOT EXISTS seq(id INTEGER PRIMARY KEY, n INTEGER)')
                for number in range(20):
                    run('INSERT OR REPLACE INTO seq VALUES(1, 7)', 'PRAGMA wal_checkpoint(PASSIVE)')
                """
            }
        }
    }

    @Test("What loses nothing is not taken for damage", arguments: Harmless.allCases)
    func harmless(what: Harmless) async throws {
        let folder = TemporaryFolder()
        let copies = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger, options: Self.watchful)
        ledger.observeStatus { changes.append($0) }
        // This process must not open the file itself.
        try OtherProgram.python("import shutil; shutil.copy(*sys.argv[1:])", folder.ledger, "\(copies.path)/before")
        for round in 0..<3 {
            for number in 0..<20 {
                ledger.record(Records.plain(round * 100 + number))
                await ledger.flush()
            }
            try OtherProgram.python(
                """
                import shutil
                ledger, copies = sys.argv[1], sys.argv[2]
                def run(*statements):
                    database = sqlite3.connect(ledger, timeout=10, isolation_level=None)
                    for statement in statements: database.execute(statement).fetchall()
                    database.close()
                \(round == 0 ? what.script : "pass")
                """,
                folder.ledger,
                copies.path
            )
        }
        let statistics = await ledger.close()
        #expect(changes.all.isEmpty, "\(changes.all.map(\.description))")
        #expect(statistics.errors == 0 && statistics.written == 60)
        #expect(try OtherProgram.count(folder.ledger) == (what == .deleted ? 40 : 60))
    }
}
