import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("The rows of the table of rollups")
struct RollupFormatTests {
    @Test("A row is read in both formats, added and subtracted", arguments: 1...20 as ClosedRange<UInt64>)
    func reading(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for count in [1, 2, 40] {
            var sums = RollupSums()
            for number in 0..<count { sums.add(Records.random(number, &generator)) }
            for bytes in [Self.bytes(of: sums), Self.bytesOfSchema4(sums)] {
                var read = RollupSums()
                #expect(Self.add(bytes, to: &read) && read == sums, "seed \(seed), \(count) calls")
                #expect(Self.add(bytes, to: &read, weight: -1) && read.isEmpty, "seed \(seed), \(count) calls")
            }
        }
    }

    @Test("A row of plain calls is short")
    func size() {
        var sums = RollupSums()
        for number in 0..<4 {
            var record = Records.plain(number)
            record.timing.durationMicroseconds = 800_000 + Int64(number) * 100_000
            record.cost = CallCost(picoUSD: 4_000_000, status: .exact)
            sums.add(record)
        }
        #expect(Self.bytes(of: sums).count <= Self.bytesOfSchema4(sums).count / 2 + 4)
    }

    @Test("No bytes crash the reader", arguments: 1...8 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var sums = RollupSums()
        for number in 0..<9 { sums.add(Records.random(number, &generator)) }
        for whole in [Self.bytes(of: sums), Self.bytesOfSchema4(sums)] {
            for length in 0..<whole.count {
                var read = RollupSums()
                // The end may lie behind a histogram without a bucket only.
                if Self.add(Array(whole.prefix(length)), to: &read) { #expect(whole[length...].allSatisfy { $0 == 0 }) }
            }
            for _ in 0..<2_000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                var read = RollupSums()
                let isRead = Self.add(bytes, to: &read)
                if bytes.withUnsafeBufferPointer({ RollupSums.isPlausible($0) }) { #expect(isRead) }
            }
        }
    }

    private static func add(_ bytes: [UInt8], to sums: inout RollupSums, weight: Int64 = 1) -> Bool {
        bytes.withUnsafeBufferPointer { sums.add($0, weight: weight) }
    }

    private static func bytes(of sums: RollupSums) -> [UInt8] {
        var bytes = VarintWriter()
        sums.write(to: &bytes)
        return bytes.bytes
    }

    /// A row as schema 4 wrote it: everything is there, and a count stands behind every bucket.
    private static func bytesOfSchema4(_ sums: RollupSums) -> [UInt8] {
        var bytes = VarintWriter()
        for count in [sums.calls, sums.countedCalls, sums.unpricedCalls, sums.partialCalls, sums.callsWithoutUsage] {
            bytes.write(count)
        }
        func write(_ sum: RollupSums.Sum) {
            bytes.write(sum.count)
            bytes.write(sum.value)
        }
        for sum in [sums.cost, sums.upperBound, sums.unpricedUpperBound] { write(sum) }
        let used = TokenCounter.allCases.filter { !sums[$0].isZero }
        bytes.write(used.reduce(Int64(0)) { $0 | 1 << $1.index })
        for counter in used { write(sums[counter]) }
        for histogram in [sums.duration, sums.processing, sums.timeToFirstToken] {
            bytes.write(Int64(histogram.buckets.count))
            var last: Int32 = 0
            for bucket in histogram.buckets {
                bytes.write(Int64(bucket.index - last))
                bytes.write(bucket.count)
                last = bucket.index
            }
        }
        return bytes.bytes
    }
}
