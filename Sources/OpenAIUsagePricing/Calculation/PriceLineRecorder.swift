/// Records the lines of a calculation.
protocol PriceLineRecorder {
    /// True if lines are kept, so that their order matters.
    static var keepsLines: Bool { get }
    mutating func begin(model: String?, prices: ModelPrices?, tier: String)
    mutating func add(_ line: @autoclosure () -> PriceExplanation.Line)
    mutating func add(gap: @autoclosure () -> PriceExplanation.Gap)
}

/// Records nothing, for the hot path.
struct NullLineRecorder: PriceLineRecorder {
    @inline(__always)
    static var keepsLines: Bool { false }

    @inline(__always)
    mutating func begin(model: String?, prices: ModelPrices?, tier: String) {}
    @inline(__always)
    mutating func add(_ line: @autoclosure () -> PriceExplanation.Line) {}
    @inline(__always)
    mutating func add(gap: @autoclosure () -> PriceExplanation.Gap) {}
}

extension PriceExplanation: PriceLineRecorder {
    static var keepsLines: Bool { true }

    mutating func begin(model: String?, prices: ModelPrices?, tier: String) {
        self.model = model
        pricedAs = prices?.id
        origin = prices?.origin
        self.tier = tier
    }

    mutating func add(_ line: @autoclosure () -> Line) { lines.append(line()) }

    mutating func add(gap: @autoclosure () -> Gap) { gaps.append(gap()) }
}
