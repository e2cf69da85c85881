/// The upper bounds of a histogram's buckets, and their `le` label texts.
package struct HistogramBuckets: Sendable, Hashable {
    /// The finite bounds, in ascending order.
    package let bounds: [Double]
    /// The bounds as canonical floats, followed by `+Inf`.
    package let texts: [String]

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        self.texts = bounds.map { FloatText.canonical($0) } + ["+Inf"]
    }

    /// True if there is at least one bound, and all are finite and ascending.
    var isValid: Bool {
        !bounds.isEmpty && bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Returns the index of the bucket for a value; the last index is that of `+Inf`.
    func place(of value: Double) -> Int {
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        return place
    }
}
