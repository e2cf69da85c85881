/// The value of a counter or a gauge.
package enum MetricNumber: Sendable, Equatable {
    /// A whole number.
    case integer(Int64)
    /// A whole number of millionths of a millionth, rendered as an exact decimal.
    case pico(Int128)
    /// A floating-point number.
    case double(Double)

    /// Whether adding the number could make a counter fall.
    var isNegative: Bool {
        switch self {
        case .integer(let value): value < 0
        case .pico(let value): value < 0
        case .double(let value): !(value >= 0)
        }
    }

    /// Adds a number of the same kind, stopping at the largest; `false` when the kinds differ.
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
