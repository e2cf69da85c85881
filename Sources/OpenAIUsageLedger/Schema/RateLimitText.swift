import OpenAIUsage

/// Rate limits as text: per resource its limit, what remains, and the microseconds until it is full again.
enum RateLimitText {
    /// The text of rate limits, as in `{"requests":[10000,9999,6000]}`.
    static func text(of limits: RateLimits) -> String {
        var json = JSONWriter()
        write(limits, to: &json)
        return json.text
    }

    /// Writes rate limits.
    static func write(_ limits: RateLimits, to json: inout JSONWriter) {
        json.beginObject()
        for (resource, window) in limits.windows {
            json.key(resource)
            json.beginArray()
            json.integer(window.limit)
            json.integer(window.remaining)
            json.integer(window.reset)
            json.endArray()
        }
        json.endObject()
    }

    /// Reads rate limits from their text.
    static func limits(_ text: String) -> RateLimits {
        var limits = RateLimits()
        for (resource, literal) in CompactJSON.members(of: text) ?? [] {
            let values = literal.dropFirst().dropLast().split(separator: ",").map { Int64($0) }
            guard values.count == 3 else { continue }
            let window = RateLimits.Window(limit: values[0], remaining: values[1], reset: values[2])
            limits.windows.append((resource, window))
        }
        return limits
    }
}
