public import HTTPTypes

extension RateLimits {
    /// The most limits that are kept; no provider reports half as many.
    private static let maximumCount = 16
    private static let maximumNameLength = 64

    /// Reads the `x-ratelimit-*` fields of a response; `nil` if there is none.
    ///
    /// A value that cannot be read stays unknown.
    public init?(_ fields: HTTPFields) {
        self.init()
        for field in fields { _ = take(name: field.name.canonicalName, value: field.value) }
        guard !windows.isEmpty else { return nil }
    }

    /// Takes a field in, if it is one of a limit.
    ///
    /// - Returns: Whether it is.
    mutating func take(name: String, value: String) -> Bool {
        guard name.hasPrefix("x-ratelimit-") else { return false }
        let rest = name.dropFirst(12)
        guard windows.count < Self.maximumCount, rest.utf8.count <= Self.maximumNameLength else { return true }
        let value = value.drop { $0 == " " }
        if rest.hasPrefix("limit-") {
            self[String(rest.dropFirst(6)), default: Window()].limit = Self.count(value)
        } else if rest.hasPrefix("remaining-") {
            self[String(rest.dropFirst(10)), default: Window()].remaining = Self.count(value)
        } else if rest.hasPrefix("reset-") {
            self[String(rest.dropFirst(6)), default: Window()].reset = Self.microseconds(value)
        }
        return true
    }

    private subscript(resource: String, default window: Window) -> Window {
        get { self[resource] ?? window }
        set { self[resource] = newValue }
    }

    private static func count(_ text: some StringProtocol) -> Int64? {
        JSONNumber.integer(text.prefix { $0 != " " }.utf8)
    }

    /// The microseconds of a Go duration (`1h36m16.107s`, `20ms`) or of bare seconds.
    package static func microseconds(_ text: some StringProtocol) -> Int64? {
        var total: Int64 = 0
        var rest = Array(text.utf8).filter { $0 != 0x20 }[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(unit.count)
            let scale: Int64
            switch String(decoding: unit, as: UTF8.self) {
            case "h": scale = 3_600_000_000_000
            case "m": scale = 60_000_000_000
            case "s", "": scale = 1_000_000_000
            case "ms": scale = 1_000_000
            case "us", "µs", "μs": scale = 1_000
            case "ns": scale = 1
            default: return nil
            }
            guard let part = nanoseconds(number, scale: scale) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return total / 1_000
    }

    /// A decimal number of units in nanoseconds, without passing through floating point.
    package static func nanoseconds(_ text: some Sequence<UInt8>, scale: Int64) -> Int64? {
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var fractionScale: Int64 = 1
        var isFraction = false
        var hasDigits = false
        for byte in text {
            if byte == UInt8(ascii: ".") {
                if isFraction { return nil }
                isFraction = true
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            hasDigits = true
            if isFraction {
                if fractionScale < 1_000_000_000 {
                    fraction = fraction * 10 + Int64(byte - 0x30)
                    fractionScale *= 10
                }
            } else {
                guard whole < 1_000_000_000_000 else { return nil }
                whole = whole * 10 + Int64(byte - 0x30)
            }
        }
        guard hasDigits else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
        let part = fraction * (scale / fractionScale) + fraction * (scale % fractionScale) / fractionScale
        let (sum, carry) = product.addingReportingOverflow(part)
        return overflow || carry ? nil : sum
    }
}
