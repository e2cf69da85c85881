/// A family with its cells, one per set of label values.
struct MetricFamily: Sendable {
    let descriptor: MetricDescriptor
    /// The label values of each cell.
    private(set) var labelSets: [[String]] = []
    /// The value of each cell of a counter or a gauge; a gauge without a value is left out of the exposition.
    private(set) var numbers: [MetricNumber?] = []
    /// The observations of each bucket of each cell, not cumulated.
    private(set) var bucketCounts: [Int64] = []
    /// The sum of the observations of each cell of a histogram.
    private(set) var sums: [Double] = []
    /// The latest exemplar of each bucket of each cell, or of each cell of a counter; empty while there is none.
    private(set) var exemplars: [Exemplar?] = []
    private var places: [[String]: Int] = [:]

    init(_ descriptor: MetricDescriptor) {
        self.descriptor = descriptor
    }

    /// How many values a cell holds: the buckets of a histogram, else one.
    var stride: Int { descriptor.buckets?.texts.count ?? 1 }

    /// The place of the cell with the label values, which is made if there is none; `nil` when their number is wrong.
    mutating func place(of labels: [String]) -> Int? {
        if let place = places[labels] { return place }
        guard labels.count == descriptor.labelNames.count else { return nil }
        let place = labelSets.count
        places[labels] = place
        labelSets.append(labels)
        if descriptor.buckets == nil {
            numbers.append(nil)
        } else {
            bucketCounts.append(contentsOf: repeatElement(0, count: stride))
            sums.append(0)
        }
        if !exemplars.isEmpty { exemplars.append(contentsOf: repeatElement(nil, count: stride)) }
        return place
    }

    /// Adds to a counter or a gauge; `false` when the family is a histogram, a counter would fall, or the kind of
    /// number is not that of the cell.
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

    /// Sets a gauge, or a counter that is counted elsewhere; `nil` takes it out of the exposition.
    mutating func set(_ number: MetricNumber?, at place: Int) -> Bool {
        guard place < numbers.count else { return false }
        numbers[place] = number
        return true
    }

    /// Counts an observation; `false` when the family is no histogram or the value is no number.
    mutating func observe(_ value: Double, at place: Int, exemplar: Exemplar?) -> Bool {
        guard let buckets = descriptor.buckets, place < sums.count, value.isFinite else { return false }
        let bucket = place * stride + buckets.place(of: value)
        bucketCounts[bucket] += 1
        sums[place] += value
        keep(exemplar, at: bucket)
        return true
    }

    /// Sets what a cell of a histogram has counted; `false` when the family is none, or has other buckets.
    mutating func load(_ counts: [Int64], sum: Double, at place: Int) -> Bool {
        guard descriptor.buckets != nil, place < sums.count, counts.count == stride else { return false }
        bucketCounts.replaceSubrange(place * stride..<(place + 1) * stride, with: counts)
        sums[place] = sum
        return true
    }

    private mutating func keep(_ exemplar: Exemplar?, at index: Int) {
        guard let exemplar else { return }
        if exemplars.isEmpty { exemplars = Array(repeating: nil, count: labelSets.count * stride) }
        // Prometheus refuses an exemplar that is older than the one it has.
        if let latest = exemplars[index], latest.microseconds > exemplar.microseconds { return }
        exemplars[index] = exemplar
    }
}
