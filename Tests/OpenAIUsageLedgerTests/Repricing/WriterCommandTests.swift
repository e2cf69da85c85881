import GRDB
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Commands of the writer")
struct WriterCommandTests {
    /// A command that tells its name when it is settled.
    private static func command(_ name: String, _ settled: Collector<String>) -> WriterCommand {
        WriterCommand(
            body: { _, _ in },
            completion: { result in
                switch result {
                case .success: settled.append(name)
                case .failure(let error): settled.append("\(name) \((error as? LedgerError)?.code.rawValue ?? "?")")
                }
            }
        )
    }

    @Test("A command wakes the writer, which takes nothing else then")
    func alone() throws {
        let queue = RecordQueue(capacity: 10, clock: SystemUsageClock())
        queue.add(Self.command("a", Collector()))
        #expect(try #require(queue.take()).isEmpty)
        #expect(queue.takeCommand() != nil)
        #expect(queue.takeCommand() == nil)
    }

    @Test("Records go before commands, and commands are taken one at a time in their order")
    func order() throws {
        let queue = RecordQueue(capacity: 10, clock: SystemUsageClock())
        let settled = Collector<String>()
        queue.add(Self.command("a", settled))
        queue.add(Self.command("b", settled))
        queue.add(Records.plain(0))
        #expect(queue.take()?.count == 1)
        queue.takeCommand()?.completion(.success(()))
        queue.add(Records.plain(1))
        #expect(queue.take()?.count == 1)
        queue.takeCommand()?.completion(.success(()))
        #expect(settled.all == ["a", "b"])
        #expect(queue.statistics.captured == 2)
    }

    @Test("What is left when the ledger closes is refused, and so is what comes later")
    func closing() {
        let queue = RecordQueue(capacity: 10, clock: SystemUsageClock())
        let settled = Collector<String>()
        queue.add(Self.command("a", settled))
        queue.close(deadline: .max)
        #expect(queue.take() == nil)
        queue.add(Self.command("b", settled))
        #expect(settled.all == ["b closed"])
        queue.finish()
        #expect(settled.all == ["b closed", "a closed"])
    }

    @Test("A command that fails tells its caller, and the writer goes on")
    func failure() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        await #expect(throws: LedgerError.self) {
            try await withCheckedThrowingContinuation { continuation in
                ledger.queue.add(
                    WriterCommand(
                        body: { _, database in try database.execute(sql: "UPDATE nothing SET x = 1") },
                        completion: { continuation.resume(with: $0) }
                    )
                )
            } as Void
        }
        ledger.record(Records.plain(0))
        await ledger.flush()
        #expect(ledger.statistics.written == 1)
        await ledger.close()
    }

    @Test("A row that has got another cost since it was read keeps it")
    func stale() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(0))
        await ledger.flush()
        let new = CallCost(picoUSD: 9, status: .exact, priceVersion: "new")
        func write(_ old: CallCost) async throws {
            let change = RepriceRun.Change(id: Records.plain(0).id.rawValue, old: old, new: new)
            try await withCheckedThrowingContinuation { continuation in
                ledger.queue.add(
                    WriterCommand(
                        body: { store, database in
                            try store.write([change], keeping: FormerCosts(startedAt: 0), database)
                        },
                        completion: { continuation.resume(with: $0) }
                    )
                )
            } as Void
        }
        try await write(CallCost(picoUSD: 5, status: .exact))
        try await write(CallCost(status: .exact))
        try await write(CallCost(picoUSD: 1_000_000, status: .partial))
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()).map(\.cost) == [Records.plain(0).cost])
        try await write(Records.plain(0).cost)
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()).map(\.cost) == [new])
        await ledger.close()
    }
}
