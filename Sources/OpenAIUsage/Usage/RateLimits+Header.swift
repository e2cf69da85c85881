public import HTTPTypes

extension RateLimits {
    /// The most limits that are stored; no provider reports half as many.
    private static let maximumCount = 16
    private static let maximumNameLength = 64

    /// Creates limits from the `x-ratelimit-*` fields of a response; `nil` if there are none.
    ///
    /// A value that cannot be parsed stays `nil`.
    public init?(_ fields: HTTPFields) {
        self.init()
        for field in fields { _ = take(name: field.name.canonicalName, value: field.value) }
        guard !windows.isEmpty else { return nil }
    }

    /// Adds a field if it is an `x-ratelimit-*` field.
    ///
    /// - Returns: True if it is one.
    mutating func take(name: String, value: String) -> Bool {
        var (name, value) = (name, value)
        return name.withUTF8 { name in
            value.withUTF8 { take(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer($0)) }
        }
    }

    private enum Part { case limit, remaining, reset }

    /// Adds a field if it is an `x-ratelimit-*` field.
    ///
    /// - Parameters:
    ///   - name: The name, in any case.
    ///   - value: The value.
    /// - Returns: True if it is one.
    mutating func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        guard Self.begins(name, at: 0, with: "x-ratelimit-") else { return false }
        guard name.count - 12 <= Self.maximumNameLength else { return true }
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
        let resource = Self.resource(UnsafeRawBufferPointer(rebasing: name[start...]))
        let index = windows.firstIndex { $0.resource == resource } ?? windows.count
        if index == windows.count {
            guard index < Self.maximumCount else { return true }
            // Most responses report two: requests and tokens.
            if index == 0 { windows.reserveCapacity(2) }
            windows.append((resource, Window()))
        }
        switch part {
        case .limit: windows[index].window.limit = Self.count(value)
        case .remaining: windows[index].window.remaining = Self.count(value)
        case .reset: windows[index].window.resetMicroseconds = Self.microseconds(value)
        }
        return true
    }

    /// The name of a resource in lower case, without an allocation for the most frequent ones.
    private static func resource(_ name: UnsafeRawBufferPointer) -> String {
        if name.count == 8, begins(name, at: 0, with: "requests") { return "requests" }
        if name.count == 6, begins(name, at: 0, with: "tokens") { return "tokens" }
        return HeaderText.lowercased(String(decoding: name, as: UTF8.self))
    }

    /// True if a name, in any case, contains a lower-case part at an offset.
    private static func begins(_ name: UnsafeRawBufferPointer, at start: Int, with part: StaticString) -> Bool {
        let count = part.utf8CodeUnitCount
        guard name.count >= start + count else { return false }
        for index in 0..<count {
            let byte = name[start + index]
            guard byte == part.utf8Start[index] || (byte &- 0x41 < 26 && byte | 0x20 == part.utf8Start[index]) else {
                return false
            }
        }
        return true
    }

    private static func count(_ text: UnsafeRawBufferPointer) -> Int64? {
        JSONNumber.integer(UnsafeRawBufferPointer(rebasing: text.drop { $0 == 0x20 }.prefix { $0 != 0x20 }))
    }

    /// The microseconds of a Go duration (`1h36m16.107s`, `20ms`) or of a bare number of seconds; `nil` for any other
    /// text.
    package static func microseconds(_ text: some StringProtocol) -> Int64? {
        Array(text.utf8).withUnsafeBytes { microseconds($0) }
    }

    private static func microseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard !text.contains(0x20) else {
            let bytes = text.filter { $0 != 0x20 }
            return bytes.withUnsafeBytes { microseconds($0) }
        }
        guard !text.isEmpty else { return nil }
        func isNumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte == UInt8(ascii: ".") }
        var total: Int64 = 0
        var index = 0
        while index < text.count {
            let start = index
            while index < text.count, isNumeric(text[index]) { index += 1 }
            let middle = index
            while index < text.count, !isNumeric(text[index]) { index += 1 }
            let unit = UnsafeRawBufferPointer(rebasing: text[middle..<index])
            let number = UnsafeRawBufferPointer(rebasing: text[start..<middle])
            guard let scale = nanoseconds(in: unit), let part = nanoseconds(number, scale: scale) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return total / 1_000
    }

    /// The nanoseconds in a unit of Go's durations; `nil` for any other unit.
    private static func nanoseconds(in unit: UnsafeRawBufferPointer) -> Int64? {
        switch (unit.count, unit.first) {
        case (0, _), (1, UInt8(ascii: "s")): return 1_000_000_000
        case (1, UInt8(ascii: "m")): return 60_000_000_000
        case (1, UInt8(ascii: "h")): return 3_600_000_000_000
        default: break
        }
        guard unit.last == UInt8(ascii: "s") else { return nil }
        // The micro sign has two code points.
        switch (unit.count, unit[0], unit[1]) {
        case (2, UInt8(ascii: "m"), _): return 1_000_000
        case (2, UInt8(ascii: "u"), _), (3, 0xc2, 0xb5), (3, 0xce, 0xbc): return 1_000
        case (2, UInt8(ascii: "n"), _): return 1
        default: return nil
        }
    }

    /// The nanoseconds of a decimal number of units, computed without floating point; `nil` if it is not a number or too
    /// large.
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
