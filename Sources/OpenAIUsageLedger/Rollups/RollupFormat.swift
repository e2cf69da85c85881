import OpenAIUsage

/// The format of sums in a row of the table of rollups.
///
/// In nearly all rows all calls are counted and priced, and report the same counters. The flags in the first byte show which of
/// that is true, and the values that follow from them are omitted:
///
/// | value | written |
/// |---|---|
/// | the flags | always |
/// | calls | always |
/// | counted calls | unless ``allCounted`` |
/// | unpriced and partial calls, calls without usage, upper bounds | unless ``isPlain`` |
/// | the number of known costs | unless ``allPriced`` |
/// | their sum | always |
/// | the set of counters that follow | always |
/// | for each its number of calls, | unless ``allReported`` |
/// | and its sum | always |
/// | three histograms: duration, processing, time to first token | always |
///
/// A histogram is the number of its buckets, then for each the distance from the previous index and a low bit, which is set
/// if a count other than 1 follows.
///
/// Rows of schema 4 begin with an even byte: they have no flags, all values are written, and a count follows every bucket.
struct RollupFlags: OptionSet {
    let rawValue: UInt8

    /// The row has flags.
    static let hasFlags = RollupFlags(rawValue: 1)
    static let allCounted = RollupFlags(rawValue: 2)
    static let allPriced = RollupFlags(rawValue: 4)
    static let isPlain = RollupFlags(rawValue: 8)
    static let allReported = RollupFlags(rawValue: 16)
    static let all: RollupFlags = [.hasFlags, .allCounted, .allPriced, .isPlain, .allReported]
}

extension VarintWriter {
    /// Encodes the counts and amounts of a row, and the sums of its counters.
    ///
    /// - Parameters:
    ///   - figures: The counts and amounts.
    ///   - counters: The counters with a sum other than 0, as a bit set.
    ///   - sum: Returns the sum of a counter.
    mutating func write(_ figures: RollupNumbers, counters: UInt32, _ sum: (Int) -> RollupSums.Sum) {
        var flags: RollupFlags = [.hasFlags, .allReported]
        if figures.countedCalls == figures.calls { flags.insert(.allCounted) }
        if figures.cost.count == figures.countedCalls { flags.insert(.allPriced) }
        if figures.isPlain { flags.insert(.isPlain) }
        var rest = counters
        while rest != 0 {
            if sum(rest.trailingZeroBitCount).count != figures.countedCalls { flags.remove(.allReported) }
            rest &= rest &- 1
        }
        write(unsigned: Int64(flags.rawValue))
        write(figures.calls)
        if !flags.contains(.allCounted) { write(figures.countedCalls) }
        if !flags.contains(.isPlain) {
            write(figures.unpricedCalls)
            write(figures.partialCalls)
            write(figures.callsWithoutUsage)
            write(figures.upperBound)
            write(figures.unpricedUpperBound)
        }
        if !flags.contains(.allPriced) { write(figures.cost.count) }
        write(figures.cost.value)
        write(unsigned: Int64(counters))
        rest = counters
        while rest != 0 {
            let sum = sum(rest.trailingZeroBitCount)
            if !flags.contains(.allReported) { write(sum.count) }
            write(sum.value)
            rest &= rest &- 1
        }
    }

    /// Encodes the buckets of a histogram, in ascending order.
    mutating func write(_ buckets: [LatencyBucket]) {
        var last: Int32 = 0
        write(unsigned: Int64(buckets.count))
        for bucket in buckets {
            let distance = Int64(bucket.index &- last) << 1
            if bucket.count == 1 {
                write(unsigned: distance)
            } else {
                write(unsigned: distance | 1)
                write(bucket.count)
            }
            last = bucket.index
        }
    }

    private mutating func write(_ sum: RollupSums.Sum) {
        write(sum.count)
        write(sum.value)
    }
}

/// Decodes a row of the table of rollups in order: ``figures``, the counters, then the three histograms.
struct RollupReader {
    /// A counter and its sum.
    struct Counter {
        var index: Int
        var sum: RollupSums.Sum
    }

    /// The remaining bytes.
    var bytes: VarintReader
    let figures: RollupNumbers
    private let flags: RollupFlags
    private var counters: UInt64

    /// Creates a reader, and decodes the counts and amounts; `nil` if the bytes are malformed.
    init?(_ source: UnsafeBufferPointer<UInt8>) {
        var bytes = VarintReader(source)
        var figures = RollupNumbers()
        guard let first = source.first else { return nil }
        if first & 1 == 0 {
            flags = []
            figures.calls = bytes.integer()
            figures.countedCalls = bytes.integer()
            bytes.readRare(&figures)
            figures.cost = bytes.sum()
            figures.upperBound = bytes.sum()
            figures.unpricedUpperBound = bytes.sum()
            counters = UInt64(bitPattern: bytes.integer())
        } else {
            flags = RollupFlags(rawValue: UInt8(truncatingIfNeeded: bytes.unsigned()))
            guard flags.isSubset(of: .all) else { return nil }
            figures.calls = bytes.integer()
            figures.countedCalls = flags.contains(.allCounted) ? figures.calls : bytes.integer()
            if !flags.contains(.isPlain) {
                bytes.readRare(&figures)
                figures.upperBound = bytes.sum()
                figures.unpricedUpperBound = bytes.sum()
            }
            figures.cost.count = flags.contains(.allPriced) ? figures.countedCalls : bytes.integer()
            figures.cost.value = bytes.large()
            counters = bytes.unsigned()
        }
        guard bytes.isValid, counters < 1 << UInt64(TokenCounter.allCases.count) else { return nil }
        self.figures = figures
        self.bytes = bytes
    }

    /// Returns the next counter; `nil` after the last one.
    mutating func nextCounter() -> Counter? {
        guard counters != 0 else { return nil }
        let index = counters.trailingZeroBitCount
        counters &= counters &- 1
        let count = flags.contains(.allReported) ? figures.countedCalls : bytes.integer()
        return Counter(index: index, sum: RollupSums.Sum(count: count, value: bytes.large()))
    }

    /// Returns a reader of the next histogram; everything before it must be read.
    mutating func nextHistogram() -> HistogramReader { HistogramReader(&bytes, hasFlags: flags.contains(.hasFlags)) }
}

/// Decodes the buckets of a histogram, in ascending order.
struct HistogramReader {
    private var rest: UInt64
    private var index: UInt64 = 0
    private let hasFlags: Bool

    /// Creates a reader, and decodes the number of buckets.
    init(_ bytes: inout VarintReader, hasFlags: Bool = true) {
        self.hasFlags = hasFlags
        rest = hasFlags ? bytes.unsigned() : UInt64(bitPattern: bytes.integer())
    }

    /// Returns the next bucket; `nil` after the last one, and for malformed bytes, which invalidate the byte reader.
    mutating func next(_ bytes: inout VarintReader) -> LatencyBucket? {
        guard rest > 0 else { return nil }
        rest &-= 1
        let head = hasFlags ? bytes.unsigned() : UInt64(bitPattern: bytes.integer()) << 1 | 1
        index &+= head >> 1
        let count = head & 1 == 0 ? 1 : bytes.integer()
        guard bytes.isValid, index <= UInt64(LatencyHistogram.maximumIndex) else {
            bytes.fail()
            return nil
        }
        return LatencyBucket(index: Int32(truncatingIfNeeded: index), count: count)
    }
}

extension VarintReader {
    fileprivate mutating func readRare(_ figures: inout RollupNumbers) {
        figures.unpricedCalls = integer()
        figures.partialCalls = integer()
        figures.callsWithoutUsage = integer()
    }

    fileprivate mutating func sum() -> RollupSums.Sum {
        let count = integer()
        return RollupSums.Sum(count: count, value: large())
    }
}
