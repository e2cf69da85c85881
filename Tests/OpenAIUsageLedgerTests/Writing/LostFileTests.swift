import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Files that others touch")
struct LostFileTests {
    /// What is done in the process of the writer, which must not cost it its locks.
    enum Neighbor: String, CaseIterable, Sendable {
        case reader, report, calls, show, summary, integrity, follower, repriceDry, reprice, statistics, secondLedger
        case readers, otherFile

        func act(_ ledger: Ledger, _ folder: TemporaryFolder) async throws {
            let path = folder.ledger
            switch self {
            case .reader: _ = try LedgerReader(path: path)
            case .report: _ = try LedgerReader(path: path).report(ReportQuery(from: 0, to: .max))
            case .calls: _ = try LedgerReader(path: path).calls(CallsQuery())
            case .show: _ = try LedgerReader(path: path).calls(matching: "req_1")
            case .summary: _ = try LedgerReader(path: path).summary()
            case .integrity: #expect(try LedgerReader(path: path).integrityProblems().isEmpty)
            case .follower: _ = try CallTail(CallsQuery(), of: LedgerReader(path: path))
            case .repriceDry:
                var query = RepriceQuery(from: 0, to: .max)
                query.isDryRun = true
                _ = try await ledger.reprice(query) { _ in CallCost() }
            case .reprice: _ = try await ledger.reprice(RepriceQuery(from: 0, to: .max)) { _ in CallCost() }
            case .statistics: _ = ledger.statistics
            case .secondLedger: #expect(code { _ = try Ledger(path: path) } == .locked)
            case .readers:
                let readers = try (0..<20).map { _ in try LedgerReader(path: path) }
                for reader in readers { _ = try reader.summary() }
            case .otherFile: #expect(code { _ = try LedgerReader(path: folder.path) } == .notSQLite)
            }
        }
    }

    @Test("The writer keeps its lock, whatever else its process does with the ledger", arguments: Neighbor.allCases)
    func lock(neighbor: Neighbor) async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<5 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try await neighbor.act(ledger, folder)
        #expect(try OtherProgram.lockHolder(of: folder.ledger) == getpid())
        // Without the lock this would take the log away.
        #expect(try OtherProgram.count(folder.ledger) == 5)
        #expect(folder.names.contains("ledger.db-wal"))
        try await neighbor.act(ledger, folder)
        for number in 5..<9 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(try OtherProgram.count(folder.ledger) == 9)
        #expect(ledger.statistics.errors == 0)
        await ledger.close()
        #expect(try OtherProgram.lockHolder(of: folder.ledger) == 0)
    }

    @Test("A reader that was there before the writer keeps its lock too")
    func readerFirst() async throws {
        let folder = TemporaryFolder()
        // The log stays for as long as somebody reads.
        let first = try Ledger(path: folder.ledger)
        first.record(Records.plain(1))
        await first.flush()
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().calls == 1)
        await first.close()
        let second = try Ledger(path: folder.ledger)
        second.record(Records.plain(2))
        await second.flush()
        #expect(try OtherProgram.lockHolder(of: folder.ledger) == getpid())
        #expect(try OtherProgram.count(folder.ledger) == 2)
        #expect(try reader.summary().calls == 2)
        await second.close()
    }

    /// What happens to the files of a ledger while it is written to.
    enum Accident: String, CaseIterable, Sendable {
        case removed, removedWithLog, removedWithEverything, logRemoved, indexRemoved, logAndIndexRemoved, renamed
        case replaced, replacedWithLog, truncated, shortened, folderRemoved, logTruncated

        /// True if the rows that were committed before stay in the file at the path.
        var keepsOldRows: Bool {
            switch self {
            case .logRemoved, .indexRemoved, .logAndIndexRemoved: true
            default: false
            }
        }

        func happen(to folder: TemporaryFolder, spare: TemporaryFolder) throws {
            let path = folder.ledger
            switch self {
            case .removed: try remove(path)
            case .removedWithLog: try remove(path, path + "-wal")
            case .removedWithEverything: try remove(path, path + "-wal", path + "-shm", path + ".lock")
            case .logRemoved: try remove(path + "-wal")
            case .indexRemoved: try remove(path + "-shm")
            case .logAndIndexRemoved: try remove(path + "-wal", path + "-shm")
            case .renamed: try FileManager.default.moveItem(atPath: path, toPath: "\(folder.path)/elsewhere.db")
            case .replaced: #expect(rename(spare.ledger, path) == 0)
            case .replacedWithLog:
                try remove(path + "-wal", path + "-shm")
                #expect(rename(spare.ledger, path) == 0)
            case .truncated, .shortened:
                var facts = stat()
                #expect(stat(path, &facts) == 0)
                #expect(truncate(path, self == .truncated ? 0 : facts.st_size / 2) == 0)
            case .logTruncated: #expect(truncate(path + "-wal", 0) == 0)
            case .folderRemoved: try FileManager.default.removeItem(atPath: folder.path)
            }
        }

        private func remove(_ paths: String...) throws {
            for path in paths { try FileManager.default.removeItem(atPath: path) }
        }
    }

    /// Looks at the files more often than need be.
    private static var watchful: LedgerOptions {
        var options = LedgerOptions()
        options.idleMilliseconds = 20
        return options
    }

    @Test("What is recorded after an accident is in the file at the path", arguments: Accident.allCases, [true, false])
    func accident(accident: Accident, isIdle: Bool) async throws {
        let folder = TemporaryFolder()
        let spare = TemporaryFolder()
        try await fill(spare, [Records.plain(7_000)])
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger, options: Self.watchful)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<39 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        if accident == .truncated || accident == .shortened {
            // So far most of it was in the log.
            try OtherProgram.python(
                """
                database = sqlite3.connect(sys.argv[1])
                database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                database.close()
                """,
                folder.ledger
            )
        }
        ledger.record(Records.plain(39))
        await ledger.flush()
        try accident.happen(to: folder, spare: spare)
        if isIdle {
            // The writer looks around by itself.
            await changes.reach(1)
        }
        for number in 100..<120 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        let rows = try LedgerReader(path: folder.ledger).calls(CallsQuery()).filter { $0.outcome != .open }
        let new = rows.filter { (100..<120).map { "req_\($0)" }.contains($0.requestID ?? "") }
        #expect(new == (100..<120).map { Records.plain($0) })
        if accident.keepsOldRows { #expect(rows.count == 60) }
        // The log of the file before must not get into the one that takes its place.
        if accident == .replaced || accident == .replacedWithLog {
            #expect(rows.count == 21 && rows.contains(Records.plain(7_000)))
        }
        #expect(try OtherProgram.count(folder.ledger) == rows.count)
        #expect(try OtherProgram.lockHolder(of: folder.ledger) == getpid())
        #expect(changes.all.map(\.kind) == [.replaced], "\(changes.all.map(\.description))")
        #expect(changes.all.first?.description.contains(folder.ledger) == true)
        #expect(ledger.statistics.trouble == nil)
        #expect(ledger.statistics.isBalanced)
        #expect(ledger.statistics.errors > 0)
        // Another writer is kept away still.
        #expect(code { _ = try Ledger(path: folder.ledger) } == .locked)
        let lost = ledger.statistics.dropped[.ledgerLost] ?? 0
        #expect(lost == (accident == .renamed || accident.keepsOldRows ? 0 : 40))
        let statistics = await ledger.close()
        #expect(statistics.dropped[.shutdown] == 0)
        if accident == .renamed {
            #expect(try OtherProgram.count("\(folder.path)/elsewhere.db") == 40)
        }
        if accident == .truncated || accident == .logTruncated {
            #expect(folder.names.contains { $0.hasPrefix("ledger.db.damaged-") })
        }
    }

    /// When a log is truncated without an inspection between that and the next commit.
    enum Moment: CaseIterable, Sendable {
        /// Between the inspection and the commit.
        case commit
        /// During a command, which writes, too.
        case command
    }

    @Test("Only an inspection accepts a shorter log", arguments: [true, false])
    func notedLog(isTruncated: Bool) throws {
        let folder = TemporaryFolder()
        try Data(count: 100).write(to: URL(fileURLWithPath: folder.ledger))
        let log = URL(fileURLWithPath: "\(folder.ledger)-wal")
        try Data(count: 100).write(to: log)
        var files = LedgerFiles(folder.ledger)
        if isTruncated { #expect(truncate(log.path, 0) == 0) } else { try Data(count: 200).write(to: log) }
        files.note()
        #expect(files.inspect() == (isTruncated ? .logTruncated : nil))
    }

    @Test("A log that is truncated between inspections is found truncated", arguments: Moment.allCases, [0, 100_000])
    func truncatedBetweenInspections(moment: Moment, length: Int) async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let isDue = Atomic<Bool>(false)
        let log = "\(folder.ledger)-wal"
        var options = LedgerOptions()
        options.hooks.beforeBatch = {
            if isDue.exchange(false, ordering: .relaxed) { #expect(truncate(log, length) == 0) }
        }
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<20 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(LedgerFile.size(log) ?? 0 > 100_000)
        switch moment {
        case .commit: isDue.store(true, ordering: .relaxed)
        case .command:
            let isFirst = Atomic<Bool>(true)
            _ = try await ledger.reprice(RepriceQuery(from: 0, to: .max)) { _ in
                if isFirst.exchange(false, ordering: .relaxed) { #expect(truncate(log, length) == 0) }
                return CallCost()
            }
        }
        for number in 100..<110 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        #expect(try OtherProgram.count(folder.ledger) == 10)
        #expect(changes.all.map(\.kind) == [.replaced], "\(changes.all.map(\.description))")
        #expect(ledger.statistics.dropped[.ledgerLost] == 20)
        let statistics = await ledger.close()
        #expect(statistics.written == 10 && statistics.isBalanced)
        #expect(folder.names.contains { $0.hasPrefix("ledger.db.damaged-") })
    }

    @Test("What is cut off the file while the log has it still is written to it again")
    func cutOff() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<40 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(truncate(folder.ledger, 0) == 0)
        for number in 100..<110 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        #expect(try OtherProgram.count(folder.ledger) == 50)
        #expect(ledger.statistics.dropped[.ledgerLost] == 0)
        await ledger.close()
        #expect(try OtherProgram.count(folder.ledger) == 50)
        #expect(folder.names == ["ledger.db"])
    }

    @Test("What is removed at the end, or kept by another name, is counted as what it is", arguments: [true, false])
    func removedAtTheEnd(isLinked: Bool) async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        var open = Records.plain(50)
        open.outcome = .open
        ledger.recordOpen(open)
        for number in 0..<20 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        if isLinked { try FileManager.default.linkItem(atPath: folder.ledger, toPath: "\(folder.path)/other.db") }
        try FileManager.default.removeItem(atPath: folder.ledger)
        let statistics = await ledger.close()
        #expect(changes.all.map(\.kind) == [.replaced])
        #expect(statistics.dropped[.ledgerLost] == (isLinked ? 0 : 20))
        #expect(statistics.written == (isLinked ? 20 : 0) && statistics.isBalanced)
        if isLinked { #expect(try OtherProgram.count("\(folder.path)/other.db") == 20) }
    }

    @Test("A file that takes the ledger's place while it is opened is not taken for it", arguments: [true, false])
    func replacedWhileOpening(isRemoved: Bool) async throws {
        let (folder, spare) = (TemporaryFolder(), TemporaryFolder())
        try await fill(spare, [Records.plain(7_000)])
        let isDone = Mutex(false)
        var options = LedgerOptions()
        options.hooks.afterOpening = {
            let isFirst = isDone.withLock { isDone in
                defer { isDone = true }
                return !isDone
            }
            guard isFirst else { return }
            #expect((isRemoved ? unlink(folder.ledger) : rename(spare.ledger, folder.ledger)) == 0)
        }
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<5 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(try OtherProgram.count(folder.ledger) == (isRemoved ? 5 : 6))
        let statistics = await ledger.close()
        #expect(statistics.written == 5)
        #expect(try OtherProgram.count(folder.ledger) == (isRemoved ? 5 : 6))
    }

    @Test("Rows that an older copy in the ledger's place has are not lost, even if it is locked at first")
    func restored() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        var options = LedgerOptions()
        options.clock = ManualClock(Records.start - 1)
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<20 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        _ = try LedgerReader(path: folder.ledger).backup(to: "\(folder.path)/copy.db")
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let copy = try DatabaseQueue(path: "\(folder.path)/copy.db", configuration: configuration)
        for number in 20..<50 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try await copy.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN EXCLUSIVE")
        }
        #expect(rename("\(folder.path)/copy.db", folder.ledger) == 0)
        ledger.record(Records.plain(50))
        await changes.reach(1)
        #expect(ledger.statistics.dropped[.ledgerLost] == 0 && ledger.statistics.trouble != nil)
        try await copy.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try copy.close()
        await changes.reach(2)
        #expect(changes.all.map(\.kind) == [.failed, .recovered])
        #expect(ledger.statistics.dropped[.ledgerLost] == 30)
        let statistics = await ledger.close()
        #expect(statistics.written == 21 && statistics.isBalanced)
        #expect(try OtherProgram.count(folder.ledger) == 21)
    }

    @Test("Rows that outlive their log are lost with the file later")
    func removedAfterLog() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<20 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        try FileManager.default.removeItem(atPath: "\(folder.ledger)-wal")
        for number in 20..<30 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        #expect(ledger.statistics.dropped[.ledgerLost] == 0)
        try FileManager.default.removeItem(atPath: folder.ledger)
        for number in 30..<40 { ledger.record(Records.plain(number)) }
        let statistics = await ledger.close()
        #expect(statistics.dropped[.ledgerLost] == 30 && statistics.written == 10 && statistics.isBalanced)
    }

    @Test("Keys have the same fingerprints in a ledger that was begun anew")
    func secret() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        try FileManager.default.removeItem(atPath: folder.ledger)
        ledger.record(Records.plain(1))
        await ledger.close()
        let next = try Ledger(path: folder.ledger)
        #expect(next.fingerprintSecret == ledger.fingerprintSecret)
        await next.close()
    }

    @Test("Another program may checkpoint, vacuum and empty the log")
    func housekeeping() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<2_000 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        for statement in [
            "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(TRUNCATE)",
            "DELETE FROM call WHERE id % 2 = 0", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)",
            // The log is emptied, and begun anew by somebody else, as replicators do.
            "PRAGMA wal_checkpoint(TRUNCATE); CREATE INDEX mine ON call(started_at)",
            "PRAGMA wal_checkpoint(TRUNCATE); CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)",
            "PRAGMA wal_checkpoint(RESTART); INSERT INTO theirs VALUES(2)", "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE",
            "PRAGMA wal_checkpoint(TRUNCATE); VACUUM", "DROP TABLE theirs",
        ] {
            try OtherProgram.python(
                """
                database = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
                for statement in sys.argv[2].split(";"):
                    print(database.execute(statement).fetchall())
                database.close()
                """,
                folder.ledger,
                statement
            )
            ledger.record(Records.plain(5_000 + changes.all.count + Int(ledger.statistics.written)))
            await ledger.flush()
        }
        #expect(changes.all.isEmpty, "\(changes.all)")
        #expect(ledger.statistics.errors == 0)
        #expect(ledger.statistics.dropped[.ledgerLost] == 0)
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).integrityProblems().isEmpty)
        #expect(folder.names == ["ledger.db"])
    }

    @Test("A damaged file is set aside and named, and a new one begun")
    func damaged() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        for number in 0..<3_000 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        // SQLite reads pages from the file again once another program has written to it.
        try OtherProgram.python(
            """
            database = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            database.execute("INSERT INTO meta VALUES('other', 1)")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            database.close()
            size = os.path.getsize(sys.argv[1])
            with open(sys.argv[1], "r+b") as file:
                for page in range(1, size // 8192):
                    file.seek(page * 8192)
                    file.write(b"\\xa5" * 8192)
            """,
            folder.ledger
        )
        for number in 5_000..<5_010 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        let rows = try LedgerReader(path: folder.ledger).calls(CallsQuery())
        #expect(rows == (5_000..<5_010).map { Records.plain($0) })
        let aside = try #require(folder.names.first { $0.hasPrefix("ledger.db.damaged-") && !$0.hasSuffix("-wal") })
        #expect(changes.all.map(\.kind) == [.replaced])
        #expect(changes.all.first?.description.contains(aside) == true)
        #expect(ledger.statistics.isBalanced)
        await ledger.close()
    }

    @Test("While no file can be opened, nobody waits, and what the end loses is counted")
    func unreachable() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger)
        ledger.observeStatus { changes.append($0) }
        ledger.record(Records.plain(0))
        await ledger.flush()
        // A folder in the file's place cannot be opened, nor can the file be set aside.
        try FileManager.default.removeItem(atPath: folder.ledger)
        try FileManager.default.createDirectory(atPath: folder.ledger, withIntermediateDirectories: false)
        let outcomes = Collector<CommitOutcome>()
        for number in 1...30 { ledger.record(Records.plain(number)) { outcomes.append($0) } }
        await outcomes.reach(30)
        #expect(outcomes.all == Array(repeating: .postponed, count: 30))
        #expect(ledger.statistics.trouble != nil)
        #expect(ledger.statistics.queued == 30)
        #expect(changes.all.map(\.kind) == [.failed])
        let statistics = await ledger.close(within: .milliseconds(100))
        #expect(statistics.dropped[.shutdown] == 30)
        #expect(statistics.trouble != nil)
        #expect(statistics.isBalanced)
    }

    @Test("A ledger recovers without any traffic, and says so")
    func recovery() async throws {
        let folder = TemporaryFolder()
        let changes = Collector<LedgerStatusChange>()
        let ledger = try Ledger(path: folder.ledger, options: Self.watchful)
        ledger.observeStatus { changes.append($0) }
        try FileManager.default.removeItem(atPath: folder.ledger)
        try FileManager.default.createDirectory(atPath: folder.ledger, withIntermediateDirectories: false)
        await changes.reach(1)
        #expect(changes.all.map(\.kind) == [.failed])
        try FileManager.default.removeItem(atPath: folder.ledger)
        await changes.reach(2)
        #expect(changes.all.last?.kind == .recovered)
        #expect(changes.all.last?.description.contains("removed or replaced") == false)
        #expect(ledger.statistics.trouble == nil)
        // Whoever looks later is told nothing of what is over.
        ledger.observeStatus { changes.append($0) }
        #expect(changes.all.count == 2)
        ledger.record(Records.plain(1))
        await ledger.close()
        #expect(try OtherProgram.count(folder.ledger) == 1)
    }
}
