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
        guard name.utf8.starts(with: "x-ratelimit-".utf8) else { return false }
        let rest = name.utf8.dropFirst(12)
        guard windows.count < Self.maximumCount, rest.count <= Self.maximumNameLength else { return true }
        func resource(behind prefix: StaticString) -> String? {
            let length = prefix.utf8CodeUnitCount
            guard rest.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: length)) else { return nil }
            return String(Substring(rest.dropFirst(length)))
        }
        if let resource = resource(behind: "limit-") {
            self[resource, default: Window()].limit = Self.count(value)
        } else if let resource = resource(behind: "remaining-") {
            self[resource, default: Window()].remaining = Self.count(value)
        } else if let resource = resource(behind: "reset-") {
            self[resource, default: Window()].reset = Self.microseconds(value)
        }
        return true
    }

    private subscript(resource: String, default window: Window) -> Window {
        get { self[resource] ?? window }
        set { self[resource] = newValue }
    }

    private static func count(_ text: some StringProtocol) -> Int64? {
        JSONNumber.integer(text.utf8.drop { $0 == 0x20 }.prefix { $0 != 0x20 })
    }

    /// The microseconds of a Go duration (`1h36m16.107s`, `20ms`) or of bare seconds.
    package static func microseconds(_ text: some StringProtocol) -> Int64? {
        var total: Int64 = 0
        var rest = Array(text.utf8)[...]
        if rest.contains(0x20) { rest.removeAll { $0 == 0x20 } }
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(unit.count)
            guard let scale = nanoseconds(in: unit) else { return nil }
            guard let part = nanoseconds(number, scale: scale) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return total / 1_000
    }

    /// The nanoseconds of a unit of Go's durations.
    private static func nanoseconds(in unit: ArraySlice<UInt8>) -> Int64? {
        switch (unit.count, unit.first) {
        case (0, _), (1, UInt8(ascii: "s")): return 1_000_000_000
        case (1, UInt8(ascii: "m")): return 60_000_000_000
        case (1, UInt8(ascii: "h")): return 3_600_000_000_000
        default: break
        }
        switch String(decoding: unit, as: UTF8.self) {
        case "ms": return 1_000_000
        case "us", "µs", "μs": return 1_000
        case "ns": return 1
        default: return nil
        }
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
