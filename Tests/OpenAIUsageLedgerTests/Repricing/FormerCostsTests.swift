import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Former costs")
struct FormerCostsTests {
    private static let everything = RepriceQuery(from: 0, to: .max)

    private static func reprice(_ folder: TemporaryFolder, to picoUSD: Int64, _ version: String) async throws {
        let ledger = try Ledger(path: folder.ledger)
        var query = everything
        query.priceVersion = version
        _ = try await ledger.reprice(query) { _ in
            CallCost(picoUSD: picoUSD, status: .exact, priceVersion: version)
        }
        await ledger.close()
    }

    @Test("A call keeps each of its costs, with the run and the book that changed it")
    func chain() async throws {
        let folder = TemporaryFolder()
        var records = (0..<300).map { Records.plain($0) }
        records[1].cost = CallCost(status: .unpriced, reason: "unknown_model", priceVersion: "first")
        try await fill(folder, records)
        try await Self.reprice(folder, to: 7, "second")
        try await Self.reprice(folder, to: 9, "third")
        // The same cost under another version is no other cost.
        try await Self.reprice(folder, to: 9, "fourth")
        let reader = try LedgerReader(path: folder.ledger)
        let costs = try reader.formerCosts(of: records[0].id)
        #expect(costs.map(\.priceVersion) == ["second", "third"])
        #expect(costs.map(\.cost.picoUSD) == [records[0].cost.picoUSD, 7])
        #expect(costs.map(\.cost.priceVersion) == [records[0].cost.priceVersion, "second"])
        let unpriced = try reader.formerCosts(of: records[1].id)
        #expect(unpriced.first?.cost == records[1].cost)
        let runs = try reader.repriceHistory()
        #expect(runs.map(\.priceVersion) == ["third", "second"])
        #expect(runs.map(\.calls) == [300, 300])
        #expect(runs.first?.oldPicoUSD == 2_100 && runs.first?.newPicoUSD == 2_700)
        #expect(runs.first?.oldVersions == ["second"])
    }

    @Test("A dry run and a run without changes keep nothing")
    func nothing() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(0)])
        let ledger = try Ledger(path: folder.ledger)
        var query = Self.everything
        query.isDryRun = true
        _ = try await ledger.reprice(query) { _ in CallCost(picoUSD: 5, status: .exact) }
        _ = try await ledger.reprice(Self.everything) { $0.cost }
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).repriceHistory().isEmpty)
        #expect(try LedgerReader(path: folder.ledger).formerCosts(of: Records.plain(0).id).isEmpty)
    }

    @Test("Pruned rows take their former costs along, and the sums of a run stay")
    func prune() async throws {
        let folder = TemporaryFolder()
        let quarter: Int64 = 900_000_000
        let records = (0..<20).map { Records.plain($0, at: Records.start + Int64($0) * quarter) }
        try await fill(folder, records)
        try await Self.reprice(folder, to: 7, "second")
        let runs = try LedgerReader(path: folder.ledger).repriceHistory()
        let ledger = try Ledger(path: folder.ledger)
        #expect(try await ledger.prune(PruneQuery(before: Records.start + 10 * quarter)).calls == 10)
        await ledger.close()
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.formerCosts(of: records[9].id).isEmpty)
        #expect(try reader.formerCosts(of: records[10].id).count == 1)
        #expect(try reader.repriceHistory() == runs)
    }

    @Test("A ledger of the schema before is read as it is, and gets the tables from its writer")
    func upgrade() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(0)])
        try await DatabaseQueue(path: folder.ledger).writeWithoutTransaction { database in
            try database.execute(
                sql: "DROP TABLE former_cost; DROP TABLE reprice_run; DROP TABLE cost_kind; PRAGMA user_version = 5"
            )
        }
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.repriceHistory().isEmpty)
        #expect(try reader.formerCosts(of: Records.plain(0).id).isEmpty)
        try await Self.reprice(folder, to: 7, "second")
        #expect(try LedgerReader(path: folder.ledger).formerCosts(of: Records.plain(0).id).count == 1)
        #expect(try LedgerFile.version(folder.ledger) == LedgerSchema.version)
    }
}
