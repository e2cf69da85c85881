/// The value of a counter or gauge.
package enum MetricNumber: Sendable, Equatable {
    /// An integer.
    case integer(Int64)
    /// An integer number of 10^-12 units, rendered as an exact decimal.
    case pico(Int128)
    /// A floating-point number.
    case double(Double)

    /// True if adding the number could make a counter decrease; also true for NaN.
    var isNegative: Bool {
        switch self {
        case .integer(let value): value < 0
        case .pico(let value): value < 0
        case .double(let value): !(value >= 0)
        }
    }

    /// Adds a number of the same kind, saturating on overflow; returns false if the kinds differ.
    mutating func add(_ other: MetricNumber) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)):
            let (sum, overflow) = left.addingReportingOverflow(right)
            self = .integer(overflow ? (right < 0 ? .min : .max) : sum)
        case (.pico(let left), .pico(let right)):
            let (sum, overflow) = left.addingReportingOverflow(right)
            self = .pico(overflow ? (right < 0 ? .min : .max) : sum)
        case (.double(let left), .double(let right)):
            self = .double(left + right)
        default:
            return false
        }
        return true
    }
}
