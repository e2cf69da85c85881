/// The rules for names that are valid in every version of Prometheus.
enum MetricName {
    /// Returns true for a valid family name; colons are reserved for recording rules.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Returns true for a valid label name.
    static func isValidLabel(_ name: String) -> Bool {
        isValid(name) && !name.hasPrefix("__") && name != "le" && name != "quantile"
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
