/// All values of a latency; those below 71 minutes take four bytes each.
struct LatencySamples: Sendable {
    private var small: [UInt32] = []
    private var others: [Int64] = []

    /// Adds a value; `nil` is ignored.
    mutating func add(_ value: Int64?) {
        guard let value else { return }
        if let value = UInt32(exactly: value) { small.append(value) } else { others.append(value) }
    }

    /// Adds all values of another list.
    mutating func add(_ samples: LatencySamples) {
        small += samples.small
        others += samples.others
    }

    /// Returns the percentiles; `nil` if there are no values.
    mutating func percentiles() -> LatencyPercentiles? {
        let count = small.count + others.count
        guard count > 0 else { return nil }
        small.sort()
        others.sort()
        let negative = others.prefix { $0 < 0 }.count
        func value(_ percent: Int) -> Int64 {
            let index = (count * percent + 99) / 100 - 1
            if index < negative { return others[index] }
            if index < negative + small.count { return Int64(small[index - negative]) }
            return others[index - small.count]
        }
        return LatencyPercentiles(p50Microseconds: value(50), p95Microseconds: value(95), p99Microseconds: value(99))
    }

    // MARK: - Bytes

    /// Encodes all values.
    func write(to bytes: inout VarintWriter) {
        bytes.write(Int64(small.count + others.count))
        for value in small { bytes.write(Int64(value)) }
        for value in others { bytes.write(value) }
    }

    /// Decodes a list of values.
    init(_ bytes: inout VarintReader) {
        var rest = bytes.count()
        while rest > 0, bytes.isValid {
            add(bytes.integer())
            rest -= 1
        }
    }

    /// Creates an empty list.
    init() {}
}
