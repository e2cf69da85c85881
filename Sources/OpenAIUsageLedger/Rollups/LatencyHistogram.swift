/// A histogram of latencies with buckets of at most 1/64 of their value, so that percentiles are within 0.8 %.
///
/// The buckets are those of HdrHistogram: 64 of equal width between a power of two and the next. Histograms can be added and
/// subtracted exactly.
struct LatencyHistogram: Sendable, Equatable {
    private static let subBits = 6
    private static let subCount = 1 << subBits
    /// The highest index of a bucket.
    static let maximumIndex = 63 * subCount + 2 * subCount

    private var first = 0
    private var counts: [Int64] = []

    /// True if the histogram is empty.
    var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

    /// The memory of the counts in bytes.
    var memorySize: Int { counts.capacity * MemoryLayout<Int64>.stride }

    /// Counts a latency; a negative one counts as 0.
    mutating func add(_ value: Int64?, weight: Int64 = 1) {
        guard let value else { return }
        add(index: Self.index(of: max(0, value)), weight)
    }

    /// Adds or subtracts the counts of another histogram.
    mutating func add(_ other: LatencyHistogram, weight: Int64 = 1) {
        guard !other.counts.isEmpty else { return }
        reserve(other.first, other.first + other.counts.count - 1)
        let shift = other.first - first
        for index in other.counts.indices { counts[index + shift] += weight * other.counts[index] }
    }

    /// The number of latencies.
    var count: Int64 { counts.reduce(0, +) }

    /// Returns the percentiles; `nil` if the histogram is empty.
    func percentiles() -> LatencyPercentiles? {
        let total = count
        guard total > 0 else { return nil }
        func value(_ percent: Int64) -> Int64 {
            let wanted = (Int64(clamping: Int128(total) * Int128(percent) + 99) / 100)
            var seen: Int64 = 0
            for (index, count) in counts.enumerated() {
                seen += count
                if seen >= wanted { return Self.middle(of: first + index) }
            }
            return Self.middle(of: first + counts.count - 1)
        }
        return LatencyPercentiles(p50Microseconds: value(50), p95Microseconds: value(95), p99Microseconds: value(99))
    }

    /// Calls a body with the middle and the count of each bucket, in ascending order.
    func visit(_ body: (_ value: Int64, _ count: Int64) -> Void) {
        for (offset, count) in counts.enumerated() where count != 0 { body(Self.middle(of: first + offset), count) }
    }

    private mutating func add(index: Int, _ weight: Int64) {
        reserve(index, index)
        counts[index - first] += weight
    }

    /// Makes room for a range of buckets, extended to powers of two on both sides.
    private mutating func reserve(_ low: Int, _ high: Int) {
        if low >= first, high < first + counts.count { return }
        let start = low & ~(Self.subCount - 1)
        let end = (high | (Self.subCount - 1)) + 1
        if counts.isEmpty {
            first = start
            counts = Array(repeating: 0, count: end - start)
            return
        }
        if start < first {
            counts.insert(contentsOf: repeatElement(0, count: first - start), at: 0)
            first = start
        }
        let missing = end - (first + counts.count)
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    }

    /// Returns the bucket of a value: exact below 128, then 64 buckets for each power of two.
    static func index(of value: Int64) -> Int {
        guard value >= Int64(subCount) else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount - subBits
        return exponent << subBits + Int(value >> exponent)
    }

    /// Returns the value in the middle of a bucket.
    static func middle(of index: Int) -> Int64 {
        guard index >= 2 * subCount else { return Int64(index) }
        let exponent = index >> subBits - 1
        let low = Int64(index - exponent << subBits) << exponent
        return low + (1 << exponent) / 2
    }

    // MARK: - Bytes

    /// The buckets with counts other than 0.
    var buckets: [LatencyBucket] {
        counts.enumerated().compactMap { offset, count in
            count == 0 ? nil : LatencyBucket(index: Int32(first + offset), count: count)
        }
    }

    /// Adds encoded counts, or subtracts them with the weight -1.
    mutating func read(_ buckets: HistogramReader, _ bytes: inout VarintReader, weight: Int64 = 1) {
        var buckets = buckets
        var missing = buckets.next(&bytes)
        while let bucket = missing {
            reserve(Int(bucket.index), Int(bucket.index))
            counts[Int(bucket.index) - first] &+= weight &* bucket.count
            let first = first
            missing = counts.withUnsafeMutableBufferPointer {
                Self.add(&buckets, &bytes, to: $0, first: first, weight: weight)
            }
        }
    }

    /// Adds buckets that are within the present range.
    ///
    /// - Returns: The first bucket outside of it; `nil` at the end.
    private static func add(
        _ buckets: inout HistogramReader,
        _ bytes: inout VarintReader,
        to counts: UnsafeMutableBufferPointer<Int64>,
        first: Int,
        weight: Int64
    ) -> LatencyBucket? {
        // Local copies stay in registers.
        var (copy, reader) = (buckets, bytes)
        defer { (buckets, bytes) = (copy, reader) }
        while let bucket = copy.next(&reader) {
            let place = Int(bucket.index) &- first
            guard counts.indices.contains(place) else { return bucket }
            counts[place] &+= weight &* bucket.count
        }
        return nil
    }

    static func == (left: LatencyHistogram, right: LatencyHistogram) -> Bool {
        var (left, right) = (left, right)
        left.trim()
        right.trim()
        return left.first == right.first && left.counts == right.counts
    }

    private mutating func trim() {
        guard let low = counts.firstIndex(where: { $0 != 0 }), let high = counts.lastIndex(where: { $0 != 0 }) else {
            (first, counts) = (0, [])
            return
        }
        counts = Array(counts[low...high])
        first += low
    }
}

/// A bucket of a histogram.
struct LatencyBucket {
    var index: Int32
    var count: Int64
}
