import OpenAIUsage

/// The sums over calls of one series and result, which can be added and subtracted exactly.
struct RollupSums: Sendable, Equatable {
    /// A sum of what some of the calls tell, and how many do.
    struct Sum: Sendable, Equatable {
        var count: Int64 = 0
        var value: Int128 = 0

        /// The sum; `nil` if no call told anything.
        var known: Int128? { count > 0 ? value : nil }

        mutating func add(_ other: Int64?, weight: Int64) {
            guard let other else { return }
            count += weight
            value += Int128(other) * Int128(weight)
        }

        mutating func add(_ other: Sum, weight: Int64 = 1) {
            count += other.count * weight
            value += other.value * Int128(weight)
        }

        /// Adds a value, or takes it out again.
        mutating func add(_ other: Int64, isNegative: Bool) {
            count &+= isNegative ? -1 : 1
            value += isNegative ? -Int128(other) : Int128(other)
        }

        /// True if nothing is in the sum.
        var isZero: Bool { count == 0 && value == 0 }
    }

    /// The facts of a call that count in sums.
    struct Call {
        var isCounted: Bool
        var usageState: UsageState
        var costStatus: CostStatus
        var picoUSD: Int64?
        var upperBoundPicoUSD: Int64?
        var usage: TokenUsage
        var duration: Int64?
        var processing: Int64?
        var timeToFirstToken: Int64?
    }

    /// The calls that have ended.
    var calls: Int64 = 0
    /// The calls whose figures count.
    var countedCalls: Int64 = 0
    /// The calls of which some or all has no price.
    var unpricedCalls: Int64 = 0
    /// Those of them of which some has a price.
    var partialCalls: Int64 = 0
    /// The calls whose usage should be known and is not.
    var callsWithoutUsage: Int64 = 0
    /// The known costs in millionths of a millionth of a US dollar.
    var cost = Sum()
    /// The most that calls without usage can have cost.
    var upperBound = Sum()
    /// The most that unpriced calls can have cost beyond their known part.
    var unpricedUpperBound = Sum()
    /// The provider's counters, by ``TokenCounter/index``; empty if no call reported any.
    private var counters: [Sum] = []
    /// How long the calls took, in microseconds.
    var duration = LatencyHistogram()
    /// How long the provider says that it took, in microseconds.
    var processing = LatencyHistogram()
    /// How long the first content took, in microseconds.
    var timeToFirstToken = LatencyHistogram()

    /// The sum of a counter.
    subscript(counter: TokenCounter) -> Sum { counters.isEmpty ? Sum() : counters[counter.index] }

    /// True if no call is in the sums.
    var isEmpty: Bool { calls == 0 && self == RollupSums() }

    /// Adds a call, or subtracts it with the weight -1.
    mutating func add(_ call: Call, weight: Int64 = 1) {
        calls += weight
        duration.add(call.duration, weight: weight)
        processing.add(call.processing, weight: weight)
        timeToFirstToken.add(call.timeToFirstToken, weight: weight)
        guard call.isCounted else { return }
        countedCalls += weight
        let isUnpriced = call.costStatus == .unpriced || call.costStatus == .partial
        if isUnpriced { unpricedCalls += weight }
        if call.costStatus == .partial { partialCalls += weight }
        cost.add(call.picoUSD, weight: weight)
        if call.usageState.isWithoutUsage {
            callsWithoutUsage += weight
            upperBound.add(call.upperBoundPicoUSD, weight: weight)
        } else if isUnpriced, let bound = call.upperBoundPicoUSD {
            unpricedUpperBound.count += weight
            unpricedUpperBound.value += max(0, Int128(bound) - Int128(call.picoUSD ?? 0)) * Int128(weight)
        }
        guard !call.usage.isEmpty else { return }
        if counters.isEmpty { counters = Array(repeating: Sum(), count: TokenCounter.allCases.count) }
        for counter in TokenCounter.allCases { counters[counter.index].add(call.usage[counter], weight: weight) }
    }

    /// Adds other sums, or subtracts them with the weight -1.
    mutating func add(_ other: RollupSums, weight: Int64 = 1) {
        calls += other.calls * weight
        countedCalls += other.countedCalls * weight
        unpricedCalls += other.unpricedCalls * weight
        partialCalls += other.partialCalls * weight
        callsWithoutUsage += other.callsWithoutUsage * weight
        cost.add(other.cost, weight: weight)
        upperBound.add(other.upperBound, weight: weight)
        unpricedUpperBound.add(other.unpricedUpperBound, weight: weight)
        if !other.counters.isEmpty {
            if counters.isEmpty { counters = Array(repeating: Sum(), count: TokenCounter.allCases.count) }
            for index in counters.indices { counters[index].add(other.counters[index], weight: weight) }
        }
        duration.add(other.duration, weight: weight)
        processing.add(other.processing, weight: weight)
        timeToFirstToken.add(other.timeToFirstToken, weight: weight)
    }

    static func == (left: RollupSums, right: RollupSums) -> Bool {
        left.calls == right.calls && left.countedCalls == right.countedCalls
            && left.unpricedCalls == right.unpricedCalls
            && left.partialCalls == right.partialCalls && left.callsWithoutUsage == right.callsWithoutUsage
            && left.cost == right.cost && left.upperBound == right.upperBound
            && left.unpricedUpperBound == right.unpricedUpperBound
            && TokenCounter.allCases.allSatisfy { left[$0] == right[$0] }
            && left.duration == right.duration && left.processing == right.processing
            && left.timeToFirstToken == right.timeToFirstToken
    }

    // MARK: - Bytes

    /// Writes the sums, as the table of rollups keeps them.
    func write(to bytes: inout VarintWriter) {
        bytes.write(calls)
        bytes.write(countedCalls)
        bytes.write(unpricedCalls)
        bytes.write(partialCalls)
        bytes.write(callsWithoutUsage)
        for sum in [cost, upperBound, unpricedUpperBound] { bytes.write(sum) }
        var mask: Int64 = 0
        for (index, sum) in counters.enumerated() where !sum.isZero { mask |= 1 << index }
        bytes.write(mask)
        for (index, sum) in counters.enumerated() where mask & 1 << index != 0 { bytes.write(sum) }
        for histogram in [duration, processing, timeToFirstToken] { bytes.write(histogram.buckets) }
    }

    /// Adds sums from their bytes.
    ///
    /// - Returns: False if the bytes are no sums; then nothing that was added means anything.
    mutating func add(_ source: UnsafeBufferPointer<UInt8>, weight: Int64 = 1) -> Bool {
        var bytes = VarintReader(source)
        calls += bytes.integer() * weight
        countedCalls += bytes.integer() * weight
        unpricedCalls += bytes.integer() * weight
        partialCalls += bytes.integer() * weight
        callsWithoutUsage += bytes.integer() * weight
        cost.add(bytes.sum(), weight: weight)
        upperBound.add(bytes.sum(), weight: weight)
        unpricedUpperBound.add(bytes.sum(), weight: weight)
        var mask = UInt64(bitPattern: bytes.integer())
        guard mask < 1 << UInt64(TokenCounter.allCases.count) else { return false }
        if mask != 0, counters.isEmpty { counters = Array(repeating: Sum(), count: TokenCounter.allCases.count) }
        while mask != 0 {
            let index = mask.trailingZeroBitCount
            counters[index].add(bytes.sum(), weight: weight)
            mask &= mask - 1
        }
        duration.read(&bytes, weight: weight)
        processing.read(&bytes, weight: weight)
        timeToFirstToken.read(&bytes, weight: weight)
        return bytes.isValid
    }
}

extension VarintWriter {
    /// Writes a sum.
    mutating func write(_ sum: RollupSums.Sum) {
        write(sum.count)
        write(sum.value)
    }
}

extension VarintReader {
    /// The next sum.
    mutating func sum() -> RollupSums.Sum {
        let count = integer()
        return RollupSums.Sum(count: count, value: large())
    }
}

extension UsageState {
    /// True if usage should be known and is not.
    var isWithoutUsage: Bool {
        switch self {
        case .null, .missing, .cut, .unparsable: true
        default: false
        }
    }
}
