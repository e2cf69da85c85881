import OpenAIUsage

/// Checks of sums from another program: a million sums of this size can be added without overflow.
extension RollupSums {
    /// The most calls in one group of a report from another program.
    static let plausibleCount: Int64 = 1 << 36
    private static let plausibleValue: Int128 = 1 << 96

    /// True if the bytes are sums that can be added to others.
    static func isPlausible(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var reader = RollupReader(source) else { return false }
        func isCount(_ value: Int64) -> Bool { 0...plausibleCount ~= value }
        func isSum(_ sum: Sum) -> Bool { isCount(sum.count) && -plausibleValue...plausibleValue ~= sum.value }
        let figures = reader.figures
        let counts = [
            figures.calls, figures.countedCalls, figures.unpricedCalls, figures.partialCalls, figures.callsWithoutUsage,
        ]
        let sums = [figures.cost, figures.upperBound, figures.unpricedUpperBound]
        guard counts.allSatisfy(isCount), sums.allSatisfy(isSum) else { return false }
        while let counter = reader.nextCounter() {
            guard isSum(counter.sum) else { return false }
        }
        for _ in 0..<3 {
            guard LatencyHistogram.isPlausible(reader.nextHistogram(), &reader.bytes) else { return false }
        }
        return reader.bytes.isValid && !reader.bytes.hasMore
    }
}

extension LatencyHistogram {
    /// True if the bytes are a histogram that can be added to others; the reader is behind it then.
    static func isPlausible(_ buckets: HistogramReader, _ bytes: inout VarintReader) -> Bool {
        var buckets = buckets
        var total: Int64 = 0
        var last: Int32 = -1
        while let bucket = buckets.next(&bytes) {
            guard bucket.index > last, 1...RollupSums.plausibleCount ~= bucket.count else { return false }
            total += bucket.count
            guard total <= RollupSums.plausibleCount else { return false }
            last = bucket.index
        }
        return bytes.isValid
    }
}
