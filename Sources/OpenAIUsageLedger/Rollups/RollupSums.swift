import OpenAIUsage

/// The sums over calls with one series and result, which can be added and subtracted exactly.
@dynamicMemberLookup
struct RollupSums: Sendable, Equatable {
    /// The sum of a value that only some calls report, and the number of these calls.
    struct Sum: Sendable, Equatable {
        var count: Int64 = 0
        var value: Int128 = 0

        /// The sum; `nil` if no call reported the value.
        var known: Int128? { count > 0 ? value : nil }

        mutating func add(_ other: Sum, weight: Int64 = 1) {
            count &+= other.count &* weight
            value &+= weight == 1 ? other.value : other.value &* Int128(weight)
        }

        /// Adds or subtracts a value.
        mutating func add(_ other: Int64, isNegative: Bool) {
            count &+= isNegative ? -1 : 1
            value += isNegative ? -Int128(other) : Int128(other)
        }

        /// True if count and value are zero.
        var isZero: Bool { count == 0 && value == 0 }
    }

    /// The counts and amounts.
    private var figures = RollupNumbers()
    /// The provider's counters, by ``TokenCounter/index``; empty if no call reported any.
    private var counters: [Sum] = []
    /// The durations of the calls, in microseconds.
    var duration = LatencyHistogram()
    /// The provider's processing times, in microseconds.
    var processing = LatencyHistogram()
    /// The times to the first content, in microseconds.
    var timeToFirstToken = LatencyHistogram()

    /// The sum of a counter.
    subscript(counter: TokenCounter) -> Sum { counters.isEmpty ? Sum() : counters[counter.index] }

    /// A count or an amount.
    subscript<Value>(dynamicMember path: KeyPath<RollupNumbers, Value>) -> Value { figures[keyPath: path] }

    /// True if the sums are empty.
    var isEmpty: Bool { figures.calls == 0 && self == RollupSums() }

    /// The memory of the counters and histograms in bytes, about.
    var memorySize: Int {
        counters.count * MemoryLayout<Sum>.stride + duration.memorySize + processing.memorySize
            + timeToFirstToken.memorySize
    }

    /// Adds or subtracts a call.
    mutating func add(_ record: CallRecord, isNegative: Bool = false) {
        let share = CallContribution(record, series: 0, result: 0, isNegative: isNegative)
        let weight: Int64 = isNegative ? -1 : 1
        figures.add(share)
        duration.add(record.timing.durationMicroseconds, weight: weight)
        processing.add(record.timing.processingMicroseconds, weight: weight)
        timeToFirstToken.add(record.timing.timeToFirstTokenMicroseconds, weight: weight)
        guard record.isCounted, !record.usage.isEmpty else { return }
        useCounters()
        record.usage.forEachReported { counters[$0].add($1, isNegative: isNegative) }
    }

    private mutating func useCounters() {
        if counters.isEmpty { counters = Array(repeating: Sum(), count: TokenCounter.allCases.count) }
    }

    /// Adds other sums, or subtracts them with the weight -1.
    mutating func add(_ other: RollupSums, weight: Int64 = 1) {
        figures.add(other.figures, weight: weight)
        if !other.counters.isEmpty {
            useCounters()
            for index in counters.indices { counters[index].add(other.counters[index], weight: weight) }
        }
        duration.add(other.duration, weight: weight)
        processing.add(other.processing, weight: weight)
        timeToFirstToken.add(other.timeToFirstToken, weight: weight)
    }

    static func == (left: RollupSums, right: RollupSums) -> Bool {
        left.figures == right.figures
            && TokenCounter.allCases.allSatisfy { left[$0] == right[$0] }
            && left.duration == right.duration && left.processing == right.processing
            && left.timeToFirstToken == right.timeToFirstToken
    }

    // MARK: - Bytes

    /// Encodes the sums as stored in the table of rollups.
    func write(to bytes: inout VarintWriter) {
        var used: UInt32 = 0
        for (index, sum) in counters.enumerated() where !sum.isZero { used |= 1 << UInt32(index) }
        bytes.write(figures, counters: used) { counters[$0] }
        for histogram in [duration, processing, timeToFirstToken] { bytes.write(histogram.buckets) }
    }

    /// Adds encoded sums.
    ///
    /// - Returns: False if the bytes are malformed; the sums are invalid then.
    mutating func add(_ source: UnsafeBufferPointer<UInt8>, weight: Int64 = 1) -> Bool {
        guard var reader = RollupReader(source) else { return false }
        figures.add(reader.figures, weight: weight)
        while let counter = reader.nextCounter() {
            useCounters()
            counters[counter.index].add(counter.sum, weight: weight)
        }
        duration.read(reader.nextHistogram(), &reader.bytes, weight: weight)
        processing.read(reader.nextHistogram(), &reader.bytes, weight: weight)
        timeToFirstToken.read(reader.nextHistogram(), &reader.bytes, weight: weight)
        return reader.bytes.isValid
    }
}

extension UsageState {
    /// True if usage is missing although expected.
    package var isWithoutUsage: Bool {
        switch self {
        case .null, .missing, .cut, .unparsable: true
        default: false
        }
    }
}
