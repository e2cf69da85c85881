/// The facts of a request's body, which the response may not repeat.
package struct ParsedRequest: Sendable {
    /// A setting of the request that affects billing, by its name in a record.
    enum Option: String, Sendable {
        case background
        case includeUsage = "include_usage"
        case count = "n"
        case size, quality
        case outputFormat = "output_format"
        case responseFormat = "response_format"
        case streamFormat = "stream_format"
        case seconds
        case memory = "memory_limit"
        case cacheMode = "prompt_cache_mode"
        case cacheLifetime = "prompt_cache_ttl"
        case cachePrewarm = "prompt_cache_prewarm"
        case cacheRetention = "prompt_cache_retention"
        case inputByReference = "input_by_reference"
    }

    var model: String?
    var serviceTier: String?
    var completionWindow: String?
    var asksForStream = false
    /// True if the answer may be based on a web search.
    var asksForSearch = false
    var inputScalars: Int64?
    /// The length of the body so far in bytes, without its content coding.
    var length: Int64 = 0
    /// The number of answers from which the best is chosen; all of them are billed.
    var bestOf: Int64 = 1
    /// The most output tokens of one choice.
    var outputLimit: Int64?

    /// The most output tokens of all choices; `nil` if the request sets no limit.
    var maximumOutputTokens: Int64? {
        guard let outputLimit else { return nil }
        let choices = max(1, bestOf, self[.count].flatMap { Int64($0) } ?? 1)
        let (product, overflow) = outputLimit.multipliedReportingOverflow(by: choices)
        return overflow ? .max : product
    }
    /// The settings, as JSON literals.
    private(set) var options: [String: String] = [:]

    subscript(option: Option) -> String? { options[option.rawValue] }

    /// Sets a setting that is a word; any other text may be content and removes the setting.
    mutating func set(_ option: Option, word: String) {
        let isWord =
            1...32 ~= word.utf8.count
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
        options[option.rawValue] = isWord ? "\"\(word)\"" : nil
    }

    /// Sets a setting that is an integer or a Boolean; `nil` removes it.
    mutating func set(_ option: Option, literal: String?) { options[option.rawValue] = literal }

    /// Reads a part of a form, whose values are all text.
    mutating func take(part name: String, _ value: String) {
        switch name {
        case "model": model = value
        case "service_tier": serviceTier = value
        case "stream": asksForStream = value == "true" || value == "1"
        case "n": set(.count, literal: JSONNumber.integer(value.utf8).map { String($0) })
        case "size": set(.size, word: value)
        case "quality": set(.quality, word: value)
        case "output_format": set(.outputFormat, word: value)
        case "response_format": set(.responseFormat, word: value)
        case "seconds": set(.seconds, word: value)
        default: break
        }
    }
}
