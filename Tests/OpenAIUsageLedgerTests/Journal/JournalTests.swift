import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Records that outlive their process")
struct JournalTests {
    @Test("A record is read as it was written", arguments: [1, 2, 3, 4] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let encoder = RecordEncoder()
        for number in 0..<500 {
            var record = Records.random(number, &generator)
            if generator.chance(20) {
                record.resolvedCall = CallID(rawValue: .random(in: 0 ... .max, using: &generator))
            }
            if generator.chance(20) { record.containerWindows = [ContainerWindow(hash: -5, startedAt: 7)] }
            encoder.encode(record, isOpen: number % 2 == 0)
            var decoder = RecordDecoder(encoder.record[...])
            let (decoded, isOpen) = try decoder.decode()
            #expect(isOpen == (number % 2 == 0))
            if record.endpoint.name == decoded.endpoint.name { record.endpoint = decoded.endpoint }
            #expect(decoded == record)
        }
    }

    @Test("Bytes that are no record are refused, wherever they are cut or changed", arguments: [1, 2] as [UInt64])
    func malformed(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let encoder = RecordEncoder()
        encoder.encode(Records.random(1, &generator), isOpen: false)
        for length in encoder.record.indices {
            var decoder = RecordDecoder(encoder.record[..<length])
            #expect(throws: RecordDecoder.Malformed.self) { try decoder.decode() }
        }
        for _ in 0..<2_000 {
            var bytes = encoder.record
            bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            var decoder = RecordDecoder(bytes[...])
            _ = try? decoder.decode()
        }
    }

    private static func append(_ record: [UInt8], to file: JournalFile) -> Bool {
        var entry = Array(repeating: UInt8(0), count: RecordEncoder.margin) + record
        let isFull = entry.withUnsafeMutableBytes { file.append($0) }
        return !isFull && file.flush()
    }

    @Test("Records whose writing is deferred are written together, at the latest when the writer takes them")
    func deferred() throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: 3)
        let records = (0..<3).map { _ in Records.random(1, &generator) }
        var journal = try RecordJournal(path: folder.ledger)
        for record in records.prefix(2) { Self.expect(true, journal.append(record, isOpen: false, isDeferred: true)) }
        #expect(RecordJournal.remains(folder.ledger).isEmpty)
        journal.flush()
        #expect(RecordJournal.remains(folder.ledger).map(\.id) == records.prefix(2).map(\.id))
        Self.expect(true, journal.append(records[2], isOpen: false, isDeferred: true))
        journal.turn()
        #expect(RecordJournal.remains(folder.ledger).map(\.id) == records.map(\.id))
        Self.expect(0, journal.takeFailures())
        // A record that is not deferred does not pass those before it.
        Self.expect(true, journal.append(records[0], isOpen: false, isDeferred: true))
        Self.expect(true, journal.append(records[1], isOpen: false))
        #expect(RecordJournal.remains(folder.ledger).suffix(2).map(\.id) == records.prefix(2).map(\.id))
    }

    @Test("Many records whose writing is deferred are written by themselves")
    func deferredMany() throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: 4)
        var journal = try RecordJournal(path: folder.ledger)
        let records = (0..<300).map { _ in Records.random(1, &generator) }
        for record in records { Self.expect(true, journal.append(record, isOpen: false, isDeferred: true)) }
        let count = RecordJournal.remains(folder.ledger).count
        #expect(count > 0 && count < records.count)
        journal.flush()
        #expect(RecordJournal.remains(folder.ledger).map(\.id) == records.map(\.id))
    }

    @Test("A record whose own append could not be written is not told twice")
    func deferredFailureOfAFullBuffer() throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: 6)
        let record = Records.random(1, &generator)
        var journal = try RecordJournal(path: folder.ledger)
        try Self.fillDisk(of: folder.ledger + "-queue1")
        var accepted = 0
        while journal.append(record, isOpen: false, isDeferred: true) { accepted += 1 }
        #expect(accepted > 0)
        Self.expect(accepted, journal.takeFailures())
    }

    @Test("Records that cannot be written together are told, and the next ones wait for their commit")
    func deferredFailure() throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: 5)
        let record = Records.random(1, &generator)
        var journal = try RecordJournal(path: folder.ledger)
        for _ in 0..<3 { Self.expect(true, journal.append(record, isOpen: false, isDeferred: true)) }
        try Self.fillDisk(of: folder.ledger + "-queue1")
        journal.flush()
        Self.expect(3, journal.takeFailures())
        Self.expect(0, journal.takeFailures())
        Self.expect(false, journal.append(record, isOpen: false, isDeferred: true))
        Self.expect(false, journal.append(record, isOpen: false))
        journal.turn()
        Self.expect(true, journal.append(record, isOpen: false))
    }

    /// Expects a result of a call that changes its journal, which no macro takes.
    private static func expect<Value: Equatable>(
        _ expected: Value,
        _ result: Value,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(result == expected, sourceLocation: location)
    }

    /// Lets every write to an open file fail as on a full disk.
    private static func fillDisk(of path: String) throws {
        let full = open("/dev/full", O_RDWR | O_CLOEXEC)
        defer { close(full) }
        let name = (path as NSString).resolvingSymlinksInPath
        for number in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            if target == name, let descriptor = Int32(number) { #expect(dup2(full, descriptor) == descriptor) }
        }
    }

    @Test("Of a file that was cut anywhere, or changed, the whole records before are read")
    func cutFile() throws {
        let folder = TemporaryFolder()
        let path = folder.ledger + "-queue1"
        let file = try #require(JournalFile(path: path))
        #expect(file.begin(7))
        let records: [[UInt8]] = [[1, 2, 3], Array(repeating: 9, count: 700), [4]]
        for record in records { #expect(Self.append(record, to: file)) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let ends = [24 + 19, 24 + 19 + 716, 24 + 19 + 716 + 17]
        #expect(whole.count == ends[2])
        for length in 0...whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            let expected = ends.count { $0 <= length }
            let read = JournalFile.read(path)
            #expect(read?.records.count ?? 0 == expected)
            #expect(read?.records.map { Array($0) } ?? [] == Array(records.prefix(expected)))
        }
        for position in whole.indices {
            var changed = whole
            changed[position] ^= 0x10
            try changed.write(to: URL(fileURLWithPath: path))
            let expected = position < 24 ? 0 : ends.count { $0 <= position }
            #expect(JournalFile.read(path)?.records.count ?? 0 == expected, "\(position)")
        }
    }

    @Test("What an older generation has left behind the newer one is not read")
    func generations() throws {
        let folder = TemporaryFolder()
        let path = folder.ledger + "-queue1"
        let file = try #require(JournalFile(path: path))
        #expect(file.begin(1))
        for number in 0..<5 as Range<UInt8> { #expect(Self.append([number, number], to: file)) }
        #expect(file.begin(2))
        #expect(JournalFile.read(path) == nil)
        #expect(Self.append([9, 9], to: file))
        let read = try #require(JournalFile.read(path))
        #expect(read.generation == 2 && read.records.map { Array($0) } == [[9, 9]])
    }

    /// Options under which every record goes into the journal.
    private static var busy: LedgerOptions {
        var options = LedgerOptions()
        options.keepsJournal = true
        options.busyCount = 0
        return options
    }

    /// A ledger whose writer is held up, so that records wait.
    private static func heldUp(_ path: String) throws -> (Ledger, Gate) {
        let gate = Gate()
        var options = busy
        options.hooks.beforeBatch = gate.hook
        return (try Ledger(path: path, options: options), gate)
    }

    /// Copies a ledger's files as they are, as a killed process would leave them.
    private static func killed(_ folder: TemporaryFolder) throws -> TemporaryFolder {
        let copy = TemporaryFolder()
        for name in folder.names where !name.hasSuffix(".lock") && !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        return copy
    }

    enum Finder: CaseIterable, Sendable { case reader, ledger, ledgerWithJournal }

    @Test("Records that wait for their commit are found after a kill, once", arguments: Finder.allCases)
    func kill(finder: Finder) async throws {
        let folder = TemporaryFolder()
        let (ledger, gate) = try Self.heldUp(folder.ledger)
        let told = Atomic<Int>(0)
        for number in 0..<50 {
            let isKept = ledger.record(Records.plain(number), waiter: { _ in told.add(1, ordering: .relaxed) })
            #expect(isKept)
        }
        let isOpenKept = ledger.recordOpen(Records.plain(50), waiter: { _ in told.add(1, ordering: .relaxed) })
        #expect(isOpenKept)
        let copy = try Self.killed(folder)
        gate.open()
        await ledger.close()
        #expect(told.load(ordering: .relaxed) == 0)
        #expect(folder.names == ["ledger.db"])

        if finder != .reader {
            var options = LedgerOptions()
            options.keepsJournal = finder == .ledgerWithJournal
            let next = try Ledger(path: copy.ledger, options: options)
            #expect(try #require(next.newestCallID) >= Records.plain(50).id)
            await next.close()
        }
        for _ in 0..<2 {
            let records = try LedgerReader(path: copy.ledger).calls(CallsQuery())
            #expect(records.map(\.requestID) == (0...50).map { "req_\($0)" })
            #expect(records.last?.outcome == .interrupted)
            #expect(records.dropLast().allSatisfy { $0.outcome == .completed })
        }
        #expect(try LedgerReader(path: copy.ledger).summary().quarantined == 0)
        #expect(!copy.names.contains { $0.contains("queue") })
    }

    @Test("Records that were committed before the kill are not written again")
    func committedBefore() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger, options: Self.busy)
        for round in 0..<4 {
            for number in 0..<25 { ledger.record(Records.plain(round * 25 + number), waiter: nil) }
            await ledger.flush()
            let copy = try Self.killed(folder)
            let reader = try LedgerReader(path: copy.ledger)
            #expect(try reader.summary().calls == Int64(round + 1) * 25)
            #expect(try reader.summary().quarantined == 0)
        }
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 100)
    }

    @Test("While few records come, who waits for one waits for its commit")
    func calm() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.keepsJournal = true
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<5 {
            let outcomes = Collector<CommitOutcome>()
            #expect(ledger.record(Records.plain(number)) { outcomes.append($0) } == false)
            await outcomes.reach(1)
            #expect(outcomes.all == [.written])
            #expect(try OtherProgram.count(folder.ledger) == number + 1)
        }
        await ledger.close()
    }

    @Test(
        "While the writer is held up, awaited records are journaled on request, in its batch and behind it",
        arguments: [true, false]
    )
    func slowWriter(keepsJournal: Bool) async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        var options = LedgerOptions()
        options.keepsJournal = keepsJournal
        options.hooks.beforeBatch = gate.hook
        let ledger = try Ledger(path: folder.ledger, options: options)
        let outcomes = Collector<CommitOutcome>()
        #expect(ledger.record(Records.plain(0)) { outcomes.append($0) } == false)
        await gate.arrival()
        for number in 1..<4 { #expect(ledger.record(Records.plain(number)) { outcomes.append($0) } == false) }
        for _ in 0..<2 { #expect(ledger.journalAwaited() == keepsJournal) }
        let copy = try Self.killed(folder)
        gate.open()
        await ledger.close()
        #expect(outcomes.all == Array(repeating: .written, count: 4))
        #expect(folder.names == ["ledger.db"])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 4)

        let reader = try LedgerReader(path: copy.ledger)
        #expect(try reader.calls(CallsQuery()).map(\.requestID) == (keepsJournal ? (0..<4).map { "req_\($0)" } : []))
        #expect(try reader.summary().quarantined == 0)
    }

    @Test("Traffic is what came in this window or the one before")
    func traffic() {
        var traffic = RecordTraffic()
        for number in 1...20 { #expect(traffic.note(at: Int64(number) * 1_000) == number) }
        #expect(traffic.count(at: 1_000_000) == 20)
        #expect(traffic.note(at: 25_000_000) == 20)
        #expect(traffic.count(at: 26_000_000) == 20)
        #expect(traffic.count(at: 46_000_000) == 1)
        #expect(traffic.count(at: 90_000_000) == 0)
        #expect(traffic.note(at: 90_000_000) == 1)
    }

    @Test("A reader beside a living writer takes nothing from it")
    func livingWriter() async throws {
        let folder = TemporaryFolder()
        let (ledger, gate) = try Self.heldUp(folder.ledger)
        ledger.record(Records.plain(1), waiter: nil)
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 0)
        #expect(folder.names.contains("ledger.db-queue1"))
        gate.open()
        await ledger.flush()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 1)
        await ledger.close()
    }

    @Test("Files that somebody removes are made anew, and records without them are waited for")
    func removedFiles() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger, options: Self.busy)
        ledger.record(Records.plain(0), waiter: nil)
        await ledger.flush()
        for name in folder.names where name.contains("queue") {
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
        for number in 1..<5 {
            ledger.record(Records.plain(number), waiter: nil)
            await ledger.flush()
        }
        #expect(folder.names.contains { $0.contains("queue") })
        let copy = try Self.killed(folder)
        #expect(try LedgerReader(path: copy.ledger).summary().calls == 5)
        await ledger.close()
    }

    @Test("A journal that cannot be created is a clear error")
    func noFolder() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        await ledger.close()
        try FileManager.default.createDirectory(
            atPath: folder.ledger + "-queue2",
            withIntermediateDirectories: true
        )
        var options = LedgerOptions()
        options.keepsJournal = true
        let error = try #require(
            #expect(throws: LedgerError.self) { try Ledger(path: folder.ledger, options: options) }
        )
        #expect(error.code == .notWritable && "\(error)".contains("-queue2"))
    }
}

extension RecordEncoder {
    /// The bytes of the record, without the margin.
    fileprivate var record: [UInt8] { Array(entry.dropFirst(Self.margin)) }
}
