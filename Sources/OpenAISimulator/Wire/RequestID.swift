/// The 128-bit ID of one attempt.
struct RequestID: Sendable, Equatable {
    private let high: UInt64
    private let low: UInt64

    /// Creates the ID of the attempt with that number.
    init(seed: UInt64, number: UInt64) {
        var hash = StableHash(seed: seed)
        hash.combine(number)
        high = hash.derived(1)
        low = hash.derived(2)
    }

    /// The value of `x-request-id`.
    var text: String {
        "req_" + HexText.make([high, low], count: 32)
    }

    /// The value of `cf-ray`.
    var ray: String {
        HexText.make([StableHash.mix(low ^ high)], count: 16) + "-FRA"
    }

    /// Returns a number in `range` that depends on the ID.
    func number(in range: ClosedRange<Int>) -> Int {
        let span = UInt64(range.upperBound - range.lowerBound) &+ 1
        return range.lowerBound + Int(low % span)
    }
}
