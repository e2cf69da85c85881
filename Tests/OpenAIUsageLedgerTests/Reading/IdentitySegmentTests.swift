import GRDB
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Segments of the index by identities")
struct IdentitySegmentTests {
    @Test(
        "Every hash is found after any number of merges, whatever the segments' sizes",
        arguments: 1...40 as ClosedRange<UInt64>
    )
    func merging(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let database = try DatabaseQueue()
        try database.write { database in
            try database.execute(sql: LedgerSchema.tables)
            var expected: [(hash: UInt64, row: Int64)] = []
            var next: Int64 = 1_000
            let largest = [3, 30, 300, 2_000].randomElement(using: &generator) ?? 30
            for _ in 0..<Int.random(in: 8...20, using: &generator) {
                var segment = IdentitySegment(level: 0, blocks: [], entries: [])
                for _ in 0..<Int.random(in: 1...largest, using: &generator) {
                    let last = next + Int64.random(in: 0...70, using: &generator)
                    segment.blocks.append(next...last)
                    for _ in 0..<Int.random(in: 1...4, using: &generator) {
                        let hash = UInt64.random(in: 0...(.max), using: &generator)
                        segment.entries.append(IdentitySegment.Entry(hash: hash, block: segment.blocks.count - 1))
                        expected.append((hash, Int64.random(in: next...last, using: &generator)))
                    }
                    next = last + Int64.random(in: 1...9, using: &generator)
                }
                try segment.save(database)
                // At any time, as the writer does.
                if generator.chance(50) {
                    for level in 0..<IdentitySegment.lastLevel {
                        while try IdentitySegment.merge(level: level, database) {}
                    }
                }
            }
            for level in 0..<IdentitySegment.lastLevel { while try IdentitySegment.merge(level: level, database) {} }
            for (hash, row) in expected.shuffled(using: &generator).prefix(500) {
                let blocks = try IdentitySegment.blocks(of: hash, database)
                #expect(blocks.contains { $0.contains(row) }, "seed \(seed): \(hash) of row \(row)")
                #expect(blocks.count < 8, "seed \(seed): \(blocks.count) blocks of one hash")
            }
        }
    }
}
