import OpenAIUsage

/// Rate limits as text: for each resource the limit, the remaining amount, and the microseconds until the reset.
enum RateLimitText {
    /// Returns the text of rate limits, such as `{"requests":[10000,9999,6000]}`.
    static func text(of limits: RateLimits) -> String {
        var json = JSONWriter()
        write(limits, to: &json)
        return json.text
    }

    /// Writes rate limits as a JSON object.
    static func write(_ limits: RateLimits, to json: inout JSONWriter) {
        json.beginObject()
        for (resource, window) in limits.windows {
            json.key(resource)
            json.beginArray()
            json.integer(window.limit)
            json.integer(window.remaining)
            json.integer(window.resetMicroseconds)
            json.endArray()
        }
        json.endObject()
    }

    /// Parses rate limits.
    static func limits(_ text: String) -> RateLimits {
        var text = text
        if let limits = text.withUTF8({ written($0) }) { return limits }
        var limits = RateLimits()
        for (resource, literal) in CompactJSON.members(of: text) ?? [] {
            let values = literal.dropFirst().dropLast().split(separator: ",").map { Int64($0) }
            guard values.count == 3 else { continue }
            let window = RateLimits.Window(limit: values[0], remaining: values[1], resetMicroseconds: values[2])
            limits.windows.append((resource, window))
        }
        return limits
    }

    /// Parses a text as written here, with names without escapes; `nil` for any other text.
    private static func written(_ bytes: UnsafeBufferPointer<UInt8>) -> RateLimits? {
        var index = 0
        func take(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }
        func number() -> Int64?? {
            if index + 4 <= bytes.count, bytes[index..<index + 4].elementsEqual("null".utf8) {
                index += 4
                return .some(nil)
            }
            let start = index
            var value: Int64 = 0
            // Numbers that may overflow are left to the general parser.
            while index < bytes.count, index < start + 18, 0x30...0x39 ~= bytes[index] {
                value = value * 10 + Int64(bytes[index] - 0x30)
                index += 1
            }
            return index > start ? .some(value) : nil
        }
        var limits = RateLimits()
        guard take(UInt8(ascii: "{")) else { return nil }
        while take(UInt8(ascii: "\"")) {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                guard bytes[index] != UInt8(ascii: "\\") else { return nil }
                index += 1
            }
            let name = String(decoding: bytes[start..<index], as: UTF8.self)
            guard take(UInt8(ascii: "\"")), take(UInt8(ascii: ":")), take(UInt8(ascii: "[")),
                let limit = number(), take(UInt8(ascii: ",")), let remaining = number(), take(UInt8(ascii: ",")),
                let reset = number(), take(UInt8(ascii: "]"))
            else { return nil }
            limits.windows.append(
                (name, RateLimits.Window(limit: limit, remaining: remaining, resetMicroseconds: reset))
            )
            guard take(UInt8(ascii: ",")) else { break }
        }
        return take(UInt8(ascii: "}")) && index == bytes.count ? limits : nil
    }
}
