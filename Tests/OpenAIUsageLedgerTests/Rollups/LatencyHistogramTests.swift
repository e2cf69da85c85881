import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Histograms of latencies")
struct LatencyHistogramTests {
    @Test("A value is in the bucket whose middle is within 1 % of it")
    func buckets() {
        var generator = SplitMix64(seed: 5)
        var values: [Int64] = Array(0..<5_000) + [.max, .max - 1, 1 << 62]
        for _ in 0..<20_000 {
            values.append(Int64.random(in: 0...(1 << Int64.random(in: 1...62, using: &generator)), using: &generator))
        }
        for value in values {
            let index = LatencyHistogram.index(of: value)
            let middle = LatencyHistogram.middle(of: index)
            #expect(abs(Double(middle) - Double(value)) <= Double(value) * 0.01, "\(value)")
            if value > 0 { #expect(LatencyHistogram.index(of: value - 1) <= index, "\(value)") }
        }
    }

    @Test("Adding, writing, reading and subtracting are exact", arguments: [1, 2, 3] as [UInt64])
    func arithmetic(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var whole = LatencyHistogram()
        var parts = [LatencyHistogram(), LatencyHistogram()]
        for number in 0..<2_000 {
            let value = Int64.random(in: 0...(1 << Int64.random(in: 1...40, using: &generator)), using: &generator)
            whole.add(value)
            parts[number % 2].add(value)
        }
        var sum = parts[0]
        sum.add(parts[1])
        #expect(sum == whole && sum.count == 2_000)
        var writer = VarintWriter()
        writer.write(whole.buckets)
        var read = LatencyHistogram()
        writer.bytes.withUnsafeBufferPointer { bytes in
            var reader = VarintReader(bytes)
            read.read(HistogramReader(&reader), &reader)
            #expect(reader.isValid && !reader.hasMore)
        }
        #expect(read == whole)
        sum.add(parts[0], weight: -1)
        #expect(sum == parts[1])
        sum.add(parts[1], weight: -1)
        #expect(sum.isEmpty && sum.percentiles() == nil)
    }

    @Test("Percentiles are within 1 % of the exact ones", arguments: [1, 2, 3] as [UInt64])
    func percentiles(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for count in [1, 2, 3, 99, 100, 101, 5_000] {
            var histogram = LatencyHistogram()
            var samples = LatencySamples()
            for _ in 0..<count {
                let value = Int64.random(in: 0...(1 << Int64.random(in: 1...35, using: &generator)), using: &generator)
                histogram.add(value)
                samples.add(value)
            }
            let found = try #require(histogram.percentiles())
            let percentiles = samples.percentiles()
            let exact = try #require(percentiles)
            for (found, exact) in [
                (found.p50Microseconds, exact.p50Microseconds), (found.p95Microseconds, exact.p95Microseconds),
                (found.p99Microseconds, exact.p99Microseconds),
            ] {
                #expect(abs(Double(found - exact)) <= Double(exact) * 0.01, "seed \(seed), \(count)")
            }
        }
    }
}
