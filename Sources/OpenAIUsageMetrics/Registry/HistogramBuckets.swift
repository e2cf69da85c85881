/// The upper bounds of a histogram's buckets, and their `le` label texts.
package struct HistogramBuckets: Sendable, Hashable {
    /// The finite bounds, in ascending order.
    package let bounds: [Double]
    /// The bounds as canonical floats, followed by `+Inf`.
    package let texts: [String]
    /// The `le` label of each bucket with the brace and the space behind it.
    let labels: [[UInt8]]

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        texts = bounds.map { FloatText.canonical($0) } + ["+Inf"]
        labels = texts.map { Array("le=\"\($0)\"} ".utf8) }
    }

    /// True if there is at least one bound, and all are finite and ascending.
    var isValid: Bool {
        !bounds.isEmpty && bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Returns the index of the bucket for a value; the last index is that of `+Inf`.
    func place(of value: Double) -> Int {
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if value > bounds[middle] { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
