import OpenAIUsage

/// The contribution of one call to the rollups, as plain numbers that are buffered, sorted and added up together.
struct CallContribution {
    /// The flags of a contribution.
    struct Marks: OptionSet {
        let rawValue: UInt8

        static let counted = Marks(rawValue: 1)
        static let unpriced = Marks(rawValue: 2)
        static let partial = Marks(rawValue: 4)
        static let withoutUsage = Marks(rawValue: 8)
        static let cost = Marks(rawValue: 16)
        static let upperBound = Marks(rawValue: 32)
        /// The contribution is subtracted.
        static let negative = Marks(rawValue: 64)
    }

    /// The number of the quarter of an hour since 1970.
    var quarter: Int32
    var series: Int32
    var result: Int32
    /// The buckets of the latencies; -1 for an unknown latency.
    var duration: Int32
    var processing: Int32
    var timeToFirstToken: Int32
    /// The reported counters, as a bit set.
    var counters: UInt32 = 0
    /// The index of the first of their values, which are consecutive.
    var firstValue: Int32 = 0
    var marks: Marks
    var cost: Int64
    var upperBound: Int64

    /// Creates the contribution of a call.
    init(_ record: borrowing CallRecord, series: Int, result: Int, isNegative: Bool = false) {
        quarter = Int32(truncatingIfNeeded: RollupKey.time(of: record.startedAtMicroseconds, .quarter))
        self.series = Int32(truncatingIfNeeded: series)
        self.result = Int32(truncatingIfNeeded: result)
        duration = Self.bucket(record.timing.durationMicroseconds)
        processing = Self.bucket(record.timing.processingMicroseconds)
        timeToFirstToken = Self.bucket(record.timing.timeToFirstTokenMicroseconds)
        marks = isNegative ? .negative : []
        if record.isCounted { marks.insert(.counted) }
        switch record.cost.status.kind {
        case .unpriced: marks.insert(.unpriced)
        case .partial: marks.formUnion([.unpriced, .partial])
        default: break
        }
        if record.usageState.isWithoutUsage { marks.insert(.withoutUsage) }
        if record.cost.picoUSD != nil { marks.insert(.cost) }
        if record.cost.upperBoundPicoUSD != nil { marks.insert(.upperBound) }
        cost = record.cost.picoUSD ?? 0
        upperBound = record.cost.upperBoundPicoUSD ?? 0
    }

    private static func bucket(_ latency: Int64?) -> Int32 {
        guard let latency else { return -1 }
        return Int32(truncatingIfNeeded: LatencyHistogram.index(of: max(0, latency)))
    }
}

/// The sum of some contributions and a stored row.
///
/// It is reused, and keeps its memory.
struct ShareSum: ~Copyable {
    private var figures = RollupNumbers()
    /// The sums of the counters, of which only those in `used` are initialized.
    private var counters: UnsafeMutablePointer<RollupSums.Sum>
    private var used: UInt32 = 0
    /// The buckets of the latencies, each with a low bit that is set for a subtraction.
    private var latencies = [[Int32]](repeating: [], count: 3)
    private var buckets: [LatencyBucket] = []

    init() {
        counters = .allocate(capacity: TokenCounter.allCases.count)
    }

    deinit { counters.deallocate() }

    /// Resets the sum to zero.
    mutating func clear() {
        figures = RollupNumbers()
        used = 0
        for index in 0..<3 { latencies[index].removeAll(keepingCapacity: true) }
    }

    /// Adds a contribution, whose counter values are in `values`.
    mutating func add(_ share: borrowing CallContribution, values: UnsafePointer<Int64>) {
        let isNegative = share.marks.contains(.negative)
        figures.add(share)
        note(share.duration, isNegative, 0)
        note(share.processing, isNegative, 1)
        note(share.timeToFirstToken, isNegative, 2)
        var rest = share.counters
        var value = Int(share.firstValue)
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            use(index)
            counters[index].add(values[value], isNegative: isNegative)
            value &+= 1
            rest &= rest &- 1
        }
    }

    private mutating func use(_ counter: Int) {
        guard used & 1 << UInt32(counter) == 0 else { return }
        used |= 1 << UInt32(counter)
        (counters + counter).initialize(to: RollupSums.Sum())
    }

    private mutating func note(_ bucket: Int32, _ isNegative: Bool, _ latency: Int) {
        if bucket >= 0 { latencies[latency].append(bucket << 1 | (isNegative ? 1 : 0)) }
    }

    /// Adds the sums of a stored row, except its latencies.
    ///
    /// - Returns: The reader of its latencies; `nil` if the bytes are malformed.
    mutating func add(_ source: UnsafeBufferPointer<UInt8>) -> RollupReader? {
        guard var reader = RollupReader(source) else { return nil }
        figures.add(reader.figures)
        while let counter = reader.nextCounter() {
            use(counter.index)
            counters[counter.index].add(counter.sum)
        }
        return reader.bytes.isValid ? reader : nil
    }

    /// Encodes the sums and the latencies, including the stored ones.
    ///
    /// - Parameters:
    ///   - bytes: The destination.
    ///   - stored: The reader of the stored latencies.
    /// - Returns: True if any value is not zero; `nil` if the stored latencies are malformed.
    mutating func write(to bytes: inout VarintWriter, stored: RollupReader?) -> Bool? {
        var stored = stored
        var mask: UInt32 = 0
        for index in 0..<TokenCounter.allCases.count where used & 1 << UInt32(index) != 0 && !counters[index].isZero {
            mask |= 1 << UInt32(index)
        }
        var isEmpty = figures.isZero && mask == 0
        bytes.write(figures, counters: mask) { counters[$0] }
        for latency in 0..<3 {
            guard merge(latency, &stored) else { return nil }
            if !buckets.isEmpty { isEmpty = false }
            bytes.write(buckets)
        }
        return !isEmpty
    }

    /// Merges the added latencies with stored ones.
    ///
    /// - Returns: False if the stored ones are malformed.
    private mutating func merge(_ latency: Int, _ stored: inout RollupReader?) -> Bool {
        latencies[latency].sort()
        buckets.removeAll(keepingCapacity: true)
        var next = 0
        let noted = latencies[latency]
        func takeNoted(below limit: Int32, _ buckets: inout [LatencyBucket]) {
            while next < noted.count, noted[next] >> 1 < limit {
                let index = noted[next] >> 1
                var count: Int64 = 0
                while next < noted.count, noted[next] >> 1 == index {
                    count &+= noted[next] & 1 == 0 ? 1 : -1
                    next &+= 1
                }
                if count != 0 { buckets.append(LatencyBucket(index: index, count: count)) }
            }
        }
        if var reader = stored {
            var histogram = reader.nextHistogram()
            while var bucket = histogram.next(&reader.bytes) {
                takeNoted(below: bucket.index, &buckets)
                while next < noted.count, noted[next] >> 1 == bucket.index {
                    bucket.count &+= noted[next] & 1 == 0 ? 1 : -1
                    next &+= 1
                }
                if bucket.count != 0 { buckets.append(bucket) }
            }
            guard reader.bytes.isValid else { return false }
            stored = reader
        }
        takeNoted(below: .max, &buckets)
        return true
    }
}
