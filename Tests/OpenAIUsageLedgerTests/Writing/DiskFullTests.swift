import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("A full disk", .enabled(if: SmallFileSystem.isAvailable, "Mounting a small file system needs root."))
struct DiskFullTests {
    @Test("A full disk is reported for the file that is made, and nothing is left of it")
    func newFiles() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<20_000).map { Records.plain($0) })
        let disk = try #require(SmallFileSystem(megabytes: 1))
        let path = "\(disk.path)/new.db"
        for make in [
            { _ = try LedgerReader(path: folder.ledger).backup(to: path) },
            { _ = try LedgerMerge.run([folder.ledger], to: path) },
        ] as [() throws -> Void] {
            let error = #expect(throws: LedgerError.self) { try make() }
            #expect(error?.code == .diskFull)
            let sentence = error?.description ?? ""
            #expect(sentence.contains("No space is left for \(path);"), "\(sentence)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == [])
        }
    }

    @Test("A full disk is waited out: what does not fit the queue is counted, and nothing else is lost")
    func recovers() async throws {
        let disk = try #require(SmallFileSystem(megabytes: 8))
        var options = LedgerOptions()
        options.capacity = 500
        let ledger = try Ledger(path: "\(disk.path)/ledger.db", options: options)
        for number in 0..<100 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        let ballast = "\(disk.path)/ballast"
        try fillUp(ballast)
        var number = 100
        while ledger.statistics.dropped[.diskFull] == 0 {
            ledger.record(Records.plain(number))
            number += 1
            await Task.yield()
            try #require(number < 5_000_000)
        }
        #expect(ledger.statistics.isBalanced)
        #expect(ledger.statistics.errors > 0)
        try FileManager.default.removeItem(atPath: ballast)
        await ledger.flush()
        ledger.record(Records.plain(number))
        await ledger.close()
        let statistics = ledger.statistics
        #expect(statistics.isBalanced)
        #expect(statistics.queued == 0)
        #expect(statistics.dropped[.encodeError] == 0)
        let reader = try LedgerReader(path: "\(disk.path)/ledger.db")
        #expect(try reader.summary().calls == statistics.written)
        #expect(try reader.integrityProblems().isEmpty)
        #expect(try reader.calls(matching: "req_\(number)").count == 1)
    }

    @Test("A ledger cannot be created on a full disk, and the error says so")
    func creation() throws {
        let disk = try #require(SmallFileSystem(megabytes: 1))
        try fillUp("\(disk.path)/ballast")
        #expect(code { _ = try Ledger(path: "\(disk.path)/ledger.db") } == .diskFull)
    }

    @Test("Where nothing can be written, a ledger can be read, and the error for writing says so")
    func readOnly() async throws {
        let disk = try #require(SmallFileSystem(megabytes: 8))
        let path = "\(disk.path)/ledger.db"
        let ledger = try Ledger(path: path)
        for number in 0..<100 { ledger.record(Records.plain(number)) }
        await ledger.close()
        #expect(disk.makeReadOnly())
        #expect(try LedgerReader(path: path).summary().calls == 100)
        #expect(try LedgerReader(path: path).calls(matching: "req_42").count == 1)
        #expect(code { _ = try Ledger(path: path) } == .notWritable)
        #expect(code { _ = try Ledger(path: "\(disk.path)/other.db") } == .notWritable)
    }

    @Test("A ledger with a log can be read where nothing can be written, while its index is there")
    func readOnlyWithLog() async throws {
        let disk = try #require(SmallFileSystem(megabytes: 8))
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<100 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.copyItem(atPath: folder.ledger + suffix, toPath: "\(disk.path)/ledger.db\(suffix)")
        }
        await ledger.close()
        #expect(disk.makeReadOnly())
        #expect(try LedgerReader(path: "\(disk.path)/ledger.db").summary().calls == 100)
    }

    private func fillUp(_ path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try #require(FileHandle(forWritingAtPath: path))
        var size = 1 << 20
        while size >= 512 {
            do { try file.write(contentsOf: Data(repeating: 1, count: size)) } catch { size /= 2 }
        }
        try file.close()
    }
}
