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
        var name = name
        return name.withUTF8 { take(name: $0, value: value) }
    }

    private enum Part { case limit, remaining, reset }

    private mutating func take(name: UnsafeBufferPointer<UInt8>, value: String) -> Bool {
        guard Self.begins(name, at: 0, with: "x-ratelimit-") else { return false }
        guard windows.count < Self.maximumCount, name.count - 12 <= Self.maximumNameLength else { return true }
        let (part, start): (Part, Int)
        if Self.begins(name, at: 12, with: "limit-") {
            (part, start) = (.limit, 18)
        } else if Self.begins(name, at: 12, with: "remaining-") {
            (part, start) = (.remaining, 22)
        } else if Self.begins(name, at: 12, with: "reset-") {
            (part, start) = (.reset, 18)
        } else {
            return true
        }
        let resource = String(decoding: name[start...], as: UTF8.self)
        let index = windows.firstIndex { $0.resource == resource } ?? windows.count
        if index == windows.count { windows.append((resource, Window())) }
        switch part {
        case .limit: windows[index].window.limit = Self.count(value)
        case .remaining: windows[index].window.remaining = Self.count(value)
        case .reset: windows[index].window.reset = Self.microseconds(value)
        }
        return true
    }

    private static func begins(_ name: UnsafeBufferPointer<UInt8>, at start: Int, with part: StaticString) -> Bool {
        let count = part.utf8CodeUnitCount
        guard name.count >= start + count else { return false }
        for index in 0..<count where name[start + index] != part.utf8Start[index] { return false }
        return true
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
