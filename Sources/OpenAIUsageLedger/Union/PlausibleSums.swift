import OpenAIUsage

/// Checks of sums that another program has sent: none of them is so large that sums of a million others overflow.
extension RollupSums {
    /// The most calls of one group of a report that another program sends.
    static let plausibleCount: Int64 = 1 << 36
    private static let plausibleValue: Int128 = 1 << 96

    /// True if bytes are sums that can be added to others.
    static func isPlausible(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
        var bytes = VarintReader(source)
        func isCount(_ value: Int64) -> Bool { 0...plausibleCount ~= value }
        func isSum() -> Bool {
            let count = bytes.integer()
            let value = bytes.large()
            return isCount(count) && -plausibleValue...plausibleValue ~= value
        }
        for _ in 0..<5 {
            guard isCount(bytes.integer()) else { return false }
        }
        for _ in 0..<3 {
            guard isSum() else { return false }
        }
        var mask = UInt64(bitPattern: bytes.integer())
        guard mask < 1 << UInt64(TokenCounter.allCases.count) else { return false }
        while mask != 0 {
            guard isSum() else { return false }
            mask &= mask - 1
        }
        for _ in 0..<3 {
            guard LatencyHistogram.isPlausible(&bytes) else { return false }
        }
        return bytes.isValid && !bytes.hasMore
    }
}

extension LatencyHistogram {
    /// True if bytes are a histogram that can be added to others; the reader stands behind it then.
    static func isPlausible(_ bytes: inout VarintReader) -> Bool {
        var rest = bytes.integer()
        guard 0...Int64(maximumIndex) ~= rest else { return false }
        var index: Int64 = 0
        var total: Int64 = 0
        var isFirst = true
        while rest > 0 {
            let step = bytes.integer()
            let count = bytes.integer()
            guard bytes.isValid, 0...Int64(maximumIndex) ~= step, isFirst || step > 0 else { return false }
            guard 1...RollupSums.plausibleCount ~= count else { return false }
            index += step
            total += count
            guard index <= Int64(maximumIndex), total <= RollupSums.plausibleCount else { return false }
            isFirst = false
            rest -= 1
        }
        return bytes.isValid
    }
}
