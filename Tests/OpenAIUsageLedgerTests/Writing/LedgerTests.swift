import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Writing")
struct LedgerTests {
    @Test("What queues up while the writer is busy is written in one commit")
    func groupCommit() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        let commits = Collector<LedgerCommit>()
        var options = LedgerOptions()
        options.hooks.beforeBatch = gate.hook
        options.commitObserver = { commits.append($0) }
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.record(Records.plain(0))
        await gate.arrival()
        for number in 1...1_000 { ledger.record(Records.plain(number)) }
        #expect(ledger.statistics.queued == 1_001)
        #expect(ledger.statistics.lastCommitMicroseconds == nil)
        gate.open()
        await ledger.flush()
        let statistics = ledger.statistics
        #expect(statistics.commits == 2)
        #expect(statistics.written == 1_001)
        #expect(statistics.queued == 0)
        #expect(statistics.lastCommitMicroseconds != nil)
        #expect(commits.all.map(\.records) == [1, 1_000])
        #expect(commits.all.allSatisfy { $0.durationNanoseconds > 0 })
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 1_001)
    }

    @Test("A full queue drops and counts, and never blocks")
    func queueFull() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        var options = LedgerOptions()
        options.capacity = 10
        options.hooks.beforeBatch = gate.hook
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        ledger.record(Records.plain(0)) { outcomes.append($0) }
        await gate.arrival()
        for number in 1..<25 {
            ledger.record(Records.plain(number)) { outcomes.append($0) }
            #expect(ledger.statistics.isBalanced)
        }
        #expect(outcomes.all == Array(repeating: .dropped(.queueFull), count: 15))
        #expect(ledger.statistics.dropped[.queueFull] == 15)
        #expect(ledger.statistics.queued == 10)
        #expect(ledger.statistics.capacity == 10)
        gate.open()
        await ledger.flush()
        #expect(outcomes.all.dropFirst(15).allSatisfy { $0 == .written })
        #expect(outcomes.all.count == 25)
        #expect(ledger.statistics.written == 10)
        #expect(ledger.statistics.isBalanced)
        await ledger.close()
    }

    @Test("All reasons are counted from the start")
    func reasons() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        #expect(Set(ledger.statistics.dropped.keys) == Set(DropReason.allCases))
        #expect(ledger.statistics.dropped.values.allSatisfy { $0 == 0 })
        #expect((ledger.statistics.fileSize ?? 0) > 0)
        #expect((ledger.statistics.logSize ?? 0) > 0)
        await ledger.close()
        #expect(
            DropReason.allCases.map(\.rawValue) == [
                "queue_full", "disk_full", "db_locked", "ledger_failed", "ledger_lost", "encode_error", "shutdown",
            ]
        )
    }

    @Test("A callback comes after its row can be read")
    func callback() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let path = folder.ledger
        let found: Int? = await withCheckedContinuation { continuation in
            ledger.record(Records.plain(7)) { outcome in
                #expect(outcome == .written)
                continuation.resume(returning: try? LedgerReader(path: path).calls(matching: "req_7").count)
            }
        }
        #expect(found == 1)
        await ledger.close()
    }

    @Test("A record that cannot be written is set aside, and the rest of its batch is written")
    func poison() async throws {
        struct Bad: Error {}
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.hooks.beforeRecord = { if $0.requestID == "req_5" { throw Bad() } }
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        for number in 0..<10 { ledger.record(Records.plain(number)) { outcomes.append($0) } }
        await ledger.flush()
        #expect(outcomes.all.filter { $0 == .dropped(.encodeError) }.count == 1)
        #expect(ledger.statistics.written == 9)
        #expect(ledger.statistics.dropped[.encodeError] == 1)
        #expect(ledger.statistics.isBalanced)
        await ledger.close()
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().quarantined == 1)
        #expect(try reader.calls(CallsQuery()).count == 9)
    }

    @Test("A finished row stands: another record of the same identity is refused and counted")
    func duplicate() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(1))
        var other = Records.plain(1)
        other.model = "other"
        ledger.record(other)
        await ledger.close()
        #expect(ledger.statistics.written == 1)
        #expect(ledger.statistics.dropped[.encodeError] == 1)
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()) == [Records.plain(1)])
    }

    @Test("A call never takes the row of another that has its identity, open or finished")
    func collision() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        func colliding(_ path: String, _ request: String) -> CallRecord {
            var record = CallRecord(
                id: Records.plain(1).id,
                startedAt: Records.plain(1).startedAtMicroseconds,
                source: .library,
                method: "POST",
                host: "api.openai.com",
                path: path
            )
            record.outcome = .completed
            record.requestID = request
            return record
        }
        // The first is under way when the others end, and ends last.
        ledger.recordOpen(Records.plain(1))
        ledger.record(colliding("/v1/embeddings", "other"))
        ledger.recordOpen(colliding("/v1/responses", "third"))
        ledger.record(Records.plain(1))
        ledger.record(colliding("/v1/responses", "third"))
        await ledger.close()
        #expect(ledger.statistics.written == 3)
        #expect(ledger.statistics.totalDropped == 0)
        let records = try LedgerReader(path: folder.ledger).calls(CallsQuery())
        #expect(records.count == 3)
        #expect(records.contains(Records.plain(1)))
        #expect(Set(records.map(\.requestID)) == ["req_1", "other", "third"])
        #expect(records.allSatisfy { $0.outcome == .completed })
    }

    @Test("All meters of a process draw identities from one source, after the newest in the ledger")
    func identities() async throws {
        let folder = TemporaryFolder()
        var future = Records.plain(1)
        future.id = CallID(rawValue: CallIDGenerator.shared(by: SystemUsageClock()).next(at: 0).rawValue + 1_000_000)
        try await fill(folder, [future])
        let ledger = try Ledger(path: folder.ledger)
        #expect(ledger.identities === ExchangeConfiguration().identities)
        #expect(ledger.identities.next(at: 0) > future.id)
        await ledger.close()
    }

    @Test("An open row is renewed, then finished, and counts only then")
    func open() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        var record = Records.plain(1)
        record.outcome = .open
        ledger.recordOpen(record)
        await ledger.flush()
        #expect(ledger.statistics.captured == 0)
        #expect(ledger.statistics.written == 0)
        let reader = try LedgerReader(path: folder.ledger)
        // The time so far is no duration.
        record.timing.duration = nil
        #expect(try reader.calls(CallsQuery()) == [record])
        #expect(try reader.summary().openCalls == 1)
        var renewed = record
        renewed.model = "gpt-4o"
        ledger.recordOpen(renewed)
        await ledger.flush()
        #expect(try reader.calls(CallsQuery()) == [renewed])
        let finished = Records.plain(1)
        ledger.record(finished)
        await ledger.flush()
        #expect(try reader.calls(CallsQuery()) == [finished])
        #expect(ledger.statistics.written == 1)
        await ledger.close()
    }

    @Test("The callback of an open record comes once, and nothing is counted for it")
    func openCallback() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        var options = LedgerOptions()
        options.capacity = 2
        options.hooks.beforeBatch = gate.hook
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        ledger.recordOpen(Records.plain(0)) { outcomes.append($0) }
        await gate.arrival()
        ledger.recordOpen(Records.plain(1)) { outcomes.append($0) }
        ledger.recordOpen(Records.plain(2)) { outcomes.append($0) }
        #expect(outcomes.all == [.dropped(.queueFull)])
        gate.open()
        await ledger.flush()
        #expect(outcomes.all == [.dropped(.queueFull), .written, .written])
        await ledger.close()
        ledger.recordOpen(Records.plain(3)) { outcomes.append($0) }
        #expect(outcomes.all.last == .dropped(.shutdown))
        #expect(outcomes.all.count == 4)
        #expect(ledger.statistics.captured == 0)
        #expect(ledger.statistics.totalDropped == 0)
        #expect(try LedgerReader(path: folder.ledger).summary().openCalls == 2)
    }

    @Test("A late open record does not overwrite a finished row")
    func lateOpen() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(1))
        ledger.recordOpen(Records.plain(1))
        await ledger.flush()
        ledger.recordOpen(Records.plain(1))
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()) == [Records.plain(1)])
        #expect(ledger.statistics.written == 1)
        #expect(ledger.statistics.totalDropped == 0)
        #expect(try LedgerReader(path: folder.ledger).summary().quarantined == 0)
    }

    @Test(
        "Failures that pass are retried, and say why the queue is full meanwhile",
        arguments: [
            (ResultCode.SQLITE_BUSY, DropReason.databaseLocked), (ResultCode.SQLITE_FULL, DropReason.diskFull),
            (ResultCode.SQLITE_IOERR, DropReason.ledgerFailed),
        ]
    )
    func retry(failure: ResultCode, reason: DropReason) async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        let attempts = Collector<Int>()
        var options = LedgerOptions()
        options.capacity = 3
        options.hooks.beforeBatch = {
            attempts.append(1)
            // The first attempt fails, the second waits until the queue is full, then all is well.
            if attempts.all.count == 1 { throw DatabaseError(resultCode: failure) }
            if attempts.all.count == 2 { try gate.hook() }
        }
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.record(Records.plain(0))
        await gate.arrival()
        for number in 1..<6 { ledger.record(Records.plain(number)) }
        #expect(ledger.statistics.dropped[reason] == 3)
        #expect(ledger.statistics.errors == 1)
        #expect(ledger.statistics.lastError?.contains("ledger.db") == true)
        #expect(ledger.statistics.isBalanced)
        gate.open()
        await ledger.flush()
        #expect(ledger.statistics.written == 3)
        #expect(ledger.statistics.isBalanced)
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 3)
    }

    @Test("A database that another program locks delays, and loses nothing")
    func lockedDatabase() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let intruder = try DatabaseQueue(path: folder.ledger, configuration: configuration)
        try intruder.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let outcomes = Collector<CommitOutcome>()
        for number in 0..<20 { ledger.record(Records.plain(number)) { outcomes.append($0) } }
        while ledger.statistics.errors == 0 { await Task.yield() }
        await outcomes.reach(20)
        #expect(outcomes.all == Array(repeating: .postponed, count: 20))
        #expect(ledger.statistics.queued == 20)
        try intruder.inDatabase { try $0.execute(sql: "ROLLBACK") }
        await ledger.flush()
        #expect(ledger.statistics.written == 20)
        #expect(ledger.statistics.totalDropped == 0)
        await ledger.close()
    }

    @Test("Closing writes what is left")
    func close() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<500 { ledger.record(Records.plain(number)) }
        await ledger.close()
        await ledger.close()
        #expect(ledger.statistics.written == 500)
        #expect(folder.names == ["ledger.db"])
        let outcomes = Collector<CommitOutcome>()
        ledger.record(Records.plain(501)) { outcomes.append($0) }
        ledger.recordOpen(Records.plain(502))
        await ledger.flush()
        #expect(outcomes.all == [.dropped(.shutdown)])
        #expect(ledger.statistics.isBalanced)
    }

    @Test("Closing gives up at its deadline, and counts what it has not written")
    func deadline() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.hooks.beforeBatch = { throw DatabaseError(resultCode: .SQLITE_BUSY) }
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        for number in 0..<50 { ledger.record(Records.plain(number)) { outcomes.append($0) } }
        await ledger.close(within: .milliseconds(50))
        #expect(ledger.statistics.dropped[.shutdown] == 50)
        #expect(ledger.statistics.queued == 0)
        #expect(ledger.statistics.isBalanced)
        // Nobody is made to wait for a ledger that fails.
        #expect(outcomes.all.count == 50)
        #expect(outcomes.all.allSatisfy { $0 == .postponed || $0 == .dropped(.shutdown) })
        #expect(!folder.names.contains("ledger.db.lock"))
    }

    @Test("A ledger that is let go without being closed writes what it has")
    func deinitialised() async throws {
        let folder = TemporaryFolder()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            do {
                let ledger = try Ledger(path: folder.ledger)
                for number in 0..<100 { ledger.record(Records.plain(number)) }
                ledger.record(Records.plain(100)) { _ in continuation.resume() }
            } catch {
                Issue.record(error)
                continuation.resume()
            }
        }
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 101)
    }

    @Test("Under concurrency the counts agree at every moment, and every record has one outcome")
    func conservation() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.capacity = 200
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for number in 0..<2_000 {
                        ledger.record(Records.plain(worker * 10_000 + number)) { outcomes.append($0) }
                        if number % 7 == 0 { ledger.recordOpen(Records.plain(worker * 10_000 + number)) }
                    }
                }
            }
            group.addTask {
                for _ in 0..<2_000 {
                    let statistics = ledger.statistics
                    #expect(statistics.isBalanced)
                    #expect(statistics.queued <= statistics.capacity)
                }
            }
        }
        await ledger.close()
        let statistics = ledger.statistics
        #expect(statistics.captured == 8_000)
        #expect(statistics.queued == 0)
        #expect(statistics.isBalanced)
        #expect(outcomes.all.count == 8_000)
        #expect(Int64(outcomes.all.filter { $0 == .written }.count) == statistics.written)
        let summary = try LedgerReader(path: folder.ledger).summary()
        #expect(summary.calls == statistics.written)
        #expect(statistics.dropped[.encodeError] == 0)
    }
}
