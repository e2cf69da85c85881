import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Round trip of records")
struct RoundTripTests {
    @Test("Every field of every record comes back as it was", arguments: [1, 2, 3, 4] as [UInt64])
    func everything(seed: UInt64) async throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: seed)
        let records = (0..<400).map { Records.random($0, &generator) }
        var options = LedgerOptions()
        // With few labels most values stand in the rows themselves.
        options.labelCapacity = seed % 2 == 0 ? 4 : 4_096
        options.flushThreshold = 64
        try await fill(folder, records, options: options)
        let found = try LedgerReader(path: folder.ledger).calls(CallsQuery())
        let expected = records.sorted { $0.id < $1.id }
        #expect(found.count == expected.count, "seed \(seed)")
        for (found, expected) in zip(found, expected) where found != expected {
            Issue.record("seed \(seed): \(found) is not \(expected)")
            break
        }
    }

    @Test("A record of nothing but what it must have comes back")
    func bare() async throws {
        let folder = TemporaryFolder()
        var record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: 0,
            source: .library,
            method: "",
            host: "",
            path: ""
        )
        record.outcome = .unreachable
        try await fill(folder, [record])
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()) == [record])
    }

    @Test("Long texts are cut at a character, and a long usage object is left out")
    func long() async throws {
        let folder = TemporaryFolder()
        var record = Records.plain(1)
        record.requestID = "a" + String(repeating: "é", count: 3_000)
        record.model = String(repeating: "m", count: 5_000)
        record.rawUsage = "[" + String(repeating: " ", count: 70_000) + "]"
        try await fill(folder, [record])
        let found = try #require(try LedgerReader(path: folder.ledger).calls(CallsQuery()).first)
        #expect(found.requestID == "a" + String(repeating: "é", count: 2_047))
        #expect(found.model == String(repeating: "m", count: 4_096))
        #expect(found.rawUsage == nil)
        #expect(found.responseID == nil)
    }

    @Test("A unit that is not JSON is kept as a string")
    func badUnit() async throws {
        let folder = TemporaryFolder()
        var record = Records.plain(1)
        record.units = ["images": "3 or 4", "pages": "1e3"]
        try await fill(folder, [record])
        let found = try #require(try LedgerReader(path: folder.ledger).calls(CallsQuery()).first)
        #expect(found.units == ["images": #""3 or 4""#, "pages": "1e3"])
    }
}
