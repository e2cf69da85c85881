import Foundation
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("The buckets of times")
struct BucketBoundsTests {
    @Test("The bounds ascend, seven a decade, and are written as people write them")
    func bounds() {
        let bounds = BucketBounds.durations
        #expect(bounds.first == 0.002 && bounds.last == 600 && bounds.count == 37)
        #expect(HistogramBuckets(bounds).isValid)
        let texts = HistogramBuckets(bounds).texts
        #expect(texts.allSatisfy { $0.utf8.count <= 6 })
        #expect(texts.prefix(5) == ["0.002", "0.0028", "0.004", "0.0056", "0.008"])
        #expect(BucketBounds.headrooms.last == 1)
    }

    @Test("A value is in the first bucket whose bound it does not exceed")
    func place() {
        let buckets = HistogramBuckets(BucketBounds.durations)
        for (index, bound) in buckets.bounds.enumerated() {
            #expect(buckets.place(of: bound) == index)
            #expect(buckets.place(of: bound.nextUp) == index + 1)
            #expect(buckets.place(of: bound.nextDown) == index)
        }
        #expect(buckets.place(of: 0) == 0)
        #expect(buckets.place(of: .infinity) == buckets.bounds.count)
    }

    /// The quantile that Prometheus' `histogram_quantile` finds.
    private func interpolated(_ quantile: Double, _ buckets: HistogramBuckets, _ counts: [Int]) -> Double {
        let rank = quantile * Double(counts.reduce(0, +))
        var below = 0.0
        for (index, count) in counts.enumerated() {
            if below + Double(count) >= rank, count > 0 {
                guard index < buckets.bounds.count else { return buckets.bounds.last ?? .nan }
                let lower = index == 0 ? 0 : buckets.bounds[index - 1]
                return lower + (buckets.bounds[index] - lower) * (rank - below) / Double(count)
            }
            below += Double(count)
        }
        return .nan
    }

    @Test(
        "Quantiles of lognormal times are within 15 % of the exact ones",
        arguments: [0.004, 0.03, 0.2, 0.83, 3, 11, 30] as [Double],
        [0.3, 0.5, 0.8, 1.2] as [Double]
    )
    func quantiles(_ median: Double, _ deviation: Double) {
        var random = SplitMix64(seed: UInt64(median * 1_000) + UInt64(deviation * 10))
        let buckets = HistogramBuckets(BucketBounds.durations)
        var counts = Array(repeating: 0, count: buckets.texts.count)
        var values: [Double] = []
        while values.count < 20_000 {
            let (first, second) = (
                Double.random(in: 0.0000001..<1, using: &random), Double.random(in: 0..<1, using: &random)
            )
            let normal = (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
            let value = median * exp(deviation * normal)
            guard 0.002...120 ~= value else { continue }
            values.append(value)
            counts[buckets.place(of: value)] += 1
        }
        values.sort()
        for quantile in [0.5, 0.95, 0.99] {
            let exact = values[Int(quantile * Double(values.count))]
            let found = interpolated(quantile, buckets, counts)
            #expect(abs(found - exact) / exact <= 0.15, "p\(quantile * 100): \(found) for \(exact)")
        }
    }
}
