/// A metric family with its cells, one per label set.
struct MetricFamily: Sendable {
    let descriptor: MetricDescriptor
    /// The label values of each cell.
    private(set) var labelSets: [[String]] = []
    /// The label names and values of each cell as text, without braces.
    private(set) var labelTexts: [[UInt8]] = []
    /// The time at which each cell of a counter or histogram was created, in microseconds since 1970; empty if no times are
    /// kept.
    private(set) var creationTimes: [Int64] = []
    /// The value of each cell of a counter or gauge; a cell with `nil` is not exposed.
    private(set) var numbers: [MetricNumber?] = []
    /// The observation counts of each cell's buckets, not cumulative.
    private(set) var bucketCounts: [Int64] = []
    /// The sum of observations of each cell of a histogram.
    private(set) var sums: [Double] = []
    /// The latest exemplar of each bucket of a histogram or cell of a counter; empty until the first one.
    private(set) var exemplars: [Exemplar?] = []
    private var places: [[String]: Int] = [:]

    init(_ descriptor: MetricDescriptor) {
        self.descriptor = descriptor
    }

    /// The number of values per cell: the number of buckets for a histogram, otherwise 1.
    var stride: Int { descriptor.buckets?.texts.count ?? 1 }

    /// Returns the index of the cell with the label values, creating it if necessary; `nil` if their number is wrong.
    mutating func place(of labels: [String], _ createdAt: (@Sendable () -> Int64)? = nil) -> Int? {
        if let place = places[labels] { return place }
        guard labels.count == descriptor.labelNames.count else { return nil }
        let place = labelSets.count
        places[labels] = place
        labelSets.append(labels)
        labelTexts.append(ExpositionEncoder.labelText(descriptor.labelNames, labels))
        if let createdAt, descriptor.kind != .gauge { creationTimes.append(createdAt()) }
        if descriptor.buckets == nil {
            numbers.append(nil)
        } else {
            bucketCounts.append(contentsOf: repeatElement(0, count: stride))
            sums.append(0)
        }
        if !exemplars.isEmpty { exemplars.append(contentsOf: repeatElement(nil, count: stride)) }
        return place
    }

    /// Adds to a counter or gauge.
    ///
    /// - Returns: False if the family is a histogram, a counter would decrease, or the cell has another kind of number.
    mutating func add(_ number: MetricNumber, at place: Int, exemplar: Exemplar?) -> Bool {
        guard place < numbers.count, descriptor.kind == .gauge || !number.isNegative else { return false }
        guard var sum = numbers[place] else {
            numbers[place] = number
            keep(exemplar, at: place)
            return true
        }
        guard sum.add(number) else { return false }
        numbers[place] = sum
        keep(exemplar, at: place)
        return true
    }

    /// Sets a gauge, or a counter whose value is maintained elsewhere; `nil` removes it from the exposition.
    mutating func set(_ number: MetricNumber?, at place: Int) -> Bool {
        guard place < numbers.count else { return false }
        numbers[place] = number
        return true
    }

    /// Records an observation; returns false if the family is not a histogram or the value is not finite.
    mutating func observe(_ value: Double, at place: Int, exemplar: Exemplar?) -> Bool {
        guard let buckets = descriptor.buckets, place < sums.count, value.isFinite else { return false }
        let bucket = place * stride + buckets.place(of: value)
        bucketCounts[bucket] += 1
        sums[place] += value
        keep(exemplar, at: bucket)
        return true
    }

    /// Replaces the counts of a histogram cell; returns false if the family is not a histogram or has other buckets.
    mutating func load(_ counts: [Int64], sum: Double, at place: Int) -> Bool {
        guard descriptor.buckets != nil, place < sums.count, counts.count == stride else { return false }
        bucketCounts.replaceSubrange(place * stride..<(place + 1) * stride, with: counts)
        sums[place] = sum
        return true
    }

    private mutating func keep(_ exemplar: Exemplar?, at index: Int) {
        guard let exemplar else { return }
        if exemplars.isEmpty { exemplars = Array(repeating: nil, count: labelSets.count * stride) }
        // Prometheus rejects an exemplar that is older than the previous one.
        if let latest = exemplars[index], latest.microseconds > exemplar.microseconds { return }
        exemplars[index] = exemplar
    }
}
