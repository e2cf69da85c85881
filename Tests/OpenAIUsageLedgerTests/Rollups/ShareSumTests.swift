import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Sums that are written")
struct ShareSumTests {
    @Test("What is written is the sum of the calls", arguments: 1...20 as ClosedRange<UInt64>)
    func writing(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var stored = RollupSums()
        var expected = RollupSums()
        var changes: [(record: CallRecord, isNegative: Bool)] = []
        for number in 0..<60 {
            let record = Records.random(1, &generator)
            expected.add(record)
            // Some are in the table before, of which some are taken out again.
            if number < 20 { stored.add(record) } else { changes.append((record, false)) }
            if number % 5 == 0 {
                changes.append((record, true))
                expected.add(record, isNegative: true)
            }
        }
        var before = VarintWriter()
        stored.write(to: &before)
        var sum = ShareSum()
        // What was there before does not matter.
        sum.add(
            CallContribution(Records.random(1, &generator), series: 1, result: 1),
            values: [Int64](repeating: 9, count: 32)
        )
        sum.clear()
        for change in changes.shuffled(using: &generator) {
            var share = CallContribution(change.record, series: 1, result: 1, isNegative: change.isNegative)
            var values: [Int64] = []
            if change.record.isCounted {
                share.counters = change.record.usage.reported
                change.record.usage.forEachReported { _, value in values.append(value) }
            }
            values.append(0)
            sum.add(share, values: values)
        }
        var after = VarintWriter()
        let bytes = before.bytes
        let hasContent = bytes.withUnsafeBufferPointer { bytes in
            sum.add(bytes).flatMap { sum.write(to: &after, stored: $0) }
        }
        #expect(hasContent == true)
        var found = RollupSums()
        let isRead = after.bytes.withUnsafeBufferPointer { found.add($0) }
        #expect(isRead && found == expected, "seed \(seed)")
    }

    @Test("Calls that are all taken out leave nothing")
    func nothing() {
        var generator = SplitMix64(seed: 7)
        let record = Records.random(1, &generator)
        var stored = RollupSums()
        stored.add(record)
        var before = VarintWriter()
        stored.write(to: &before)
        var sum = ShareSum()
        var share = CallContribution(record, series: 1, result: 1, isNegative: true)
        var values: [Int64] = [0]
        if record.isCounted {
            values.removeAll()
            share.counters = record.usage.reported
            record.usage.forEachReported { _, value in values.append(value) }
            values.append(0)
        }
        sum.add(share, values: values)
        var after = VarintWriter()
        let bytes = before.bytes
        bytes.withUnsafeBufferPointer { bytes in
            #expect(sum.add(bytes).flatMap { sum.write(to: &after, stored: $0) } == false)
        }
    }

    @Test("Bytes that are no sums are told", arguments: [[], [0x80], [UInt8](repeating: 0xff, count: 40)] as [[UInt8]])
    func damaged(bytes: [UInt8]) {
        var sum = ShareSum()
        bytes.withUnsafeBufferPointer { bytes in #expect(sum.add(bytes) == nil) }
    }
}
