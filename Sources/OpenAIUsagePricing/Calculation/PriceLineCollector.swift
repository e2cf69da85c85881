/// Takes note of a calculation's steps, or does not.
protocol PriceLineCollector {
    mutating func begin(model: String?, prices: ModelPrices?, tier: String)
    mutating func add(_ line: @autoclosure () -> PriceExplanation.Line)
    mutating func add(gap: @autoclosure () -> PriceExplanation.Gap)
}

/// Takes no note, for the hot path.
struct PriceLineIgnorer: PriceLineCollector {
    @inline(__always)
    mutating func begin(model: String?, prices: ModelPrices?, tier: String) {}
    @inline(__always)
    mutating func add(_ line: @autoclosure () -> PriceExplanation.Line) {}
    @inline(__always)
    mutating func add(gap: @autoclosure () -> PriceExplanation.Gap) {}
}

extension PriceExplanation: PriceLineCollector {
    mutating func begin(model: String?, prices: ModelPrices?, tier: String) {
        self.model = model
        pricedAs = prices?.id
        origin = prices?.origin
        self.tier = tier
    }

    mutating func add(_ line: @autoclosure () -> Line) { lines.append(line()) }

    mutating func add(gap: @autoclosure () -> Gap) { gaps.append(gap()) }
}
