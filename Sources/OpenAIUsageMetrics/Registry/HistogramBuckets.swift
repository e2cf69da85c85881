/// The upper bounds of a histogram's buckets, with the `le` texts that both formats share.
package struct HistogramBuckets: Sendable, Hashable {
    /// The finite bounds, ascending.
    package let bounds: [Double]
    /// The bounds as canonical floats, and `+Inf` at the end.
    package let texts: [String]

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        self.texts = bounds.map { FloatText.canonical($0) } + ["+Inf"]
    }

    /// Whether there are bounds, all of them finite and ascending.
    var isValid: Bool {
        !bounds.isEmpty && bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// The place of the bucket that a value falls into; the last place is that of `+Inf`.
    func place(of value: Double) -> Int {
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        return place
    }
}
