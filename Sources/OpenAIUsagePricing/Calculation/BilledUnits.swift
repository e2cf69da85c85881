import OpenAIUsage

/// The units of a call that are no tokens, as ``CallRecord/units`` names them.
///
/// | Name | What it counts |
/// |---|---|
/// | `audio_seconds` | seconds of audio that went in |
/// | `audio_output_seconds` | seconds of audio that came out |
/// | `session_seconds` | seconds of a session |
/// | `input_characters` | characters to speak |
/// | `images`, `size`, `quality` | images of one size and quality |
/// | `video_seconds`, `size` | seconds of video of one size |
/// | `container_memory`, `container_windows_min` | memory of a container (`16g`) and its started 20 minutes |
/// | `image_generation.model`, `image_generation.input_tokens`, ... | the tokens of the image tool, by ``TokenCounter`` |
/// | `svg.model`, `svg.input_tokens`, ... | the tokens of the model that draws an image as SVG |
/// | `transcription.model`, `transcription.input_tokens`, ... | the tokens of the model that writes down what is said |
/// | `transcription.audio_seconds` | the seconds of audio that it is billed by instead |
/// | `delegated.model`, `delegated.input_tokens`, ... | the tokens of the model that a session delegates to |
/// | `cache_write_1h_tokens` | the part of the input written to the cache that is kept for an hour |
/// | `web_search_calls_min` | the searches that there were at least, where nothing counts them |
/// | `upstream_cost_usd` | the bill of a provider's provider for the caller's own key; `null` if it is not told |
/// | `per_model.NAME.input_tokens`, ... | the tokens of each model of an evaluation |
///
/// It is an object, since most calls have none, and room for all of them would be moved about in vain.
final class BilledUnits {
    /// An amount of one unit, and the book's name of the unit.
    struct Quantity {
        var price: String
        var amount: DecimalNumber
        /// How many of the units make one that is priced.
        var unitsPerPrice: Int64
        /// The unit that is counted.
        var unit: String
    }

    /// The prefixes of the tokens that another model used in the same call.
    static let sideUsages = ["delegated", "image_generation", "svg", transcription]
    /// The side usage that may be billed by seconds.
    static let transcription = "transcription"
    private static let modelPrefix = "per_model."

    /// How many images, of which size and quality.
    private var images: DecimalNumber?
    private var size: String?
    private var quality: String?
    private var audioSeconds: DecimalNumber?
    private var audioOutputSeconds: DecimalNumber?
    private var sessionSeconds: DecimalNumber?
    private var inputCharacters: DecimalNumber?
    private var videoSeconds: DecimalNumber?
    /// The tokens that were written to the cache for an hour.
    private(set) var cacheWrite1Hour: Int64 = 0
    /// True if there may have been more searches than are counted.
    private(set) var isSearchCountOpen = false
    private var containerMemory: String?
    private var containerWindows: DecimalNumber?
    /// What bears the name of another model's use; empty for most calls.
    private var others: [String: String] = [:]

    init(_ units: [String: String]) {
        // Most calls have none or few: going over them takes a fraction of looking for each.
        for (name, literal) in units {
            switch name {
            case "audio_seconds": audioSeconds = Self.number(literal)
            case "images": images = Self.number(literal)
            case "size": size = Self.unquoted(literal)
            case "quality": quality = Self.unquoted(literal)
            case "input_characters": inputCharacters = Self.number(literal)
            case "session_seconds": sessionSeconds = Self.number(literal)
            case "video_seconds": videoSeconds = Self.number(literal)
            case "cache_write_1h_tokens": cacheWrite1Hour = Int64(literal) ?? 0
            case "web_search_calls_min": isSearchCountOpen = true
            case "audio_output_seconds": audioOutputSeconds = Self.number(literal)
            case "container_memory": containerMemory = Self.unquoted(literal)
            case "container_windows_min": containerWindows = Self.number(literal)
            default: if name.utf8.contains(UInt8(ascii: ".")) { others[name] = literal }
            }
        }
    }

    /// What the model itself used.
    func quantities(seconds usage: TokenUsage) -> [Quantity] {
        var quantities: [Quantity] = []
        func add(_ price: @autoclosure () -> String, _ amount: DecimalNumber?, _ unitsPerPrice: Int64, _ unit: String) {
            guard let amount else { return }
            quantities.append(
                Quantity(price: price(), amount: amount, unitsPerPrice: unitsPerPrice, unit: unit)
            )
        }
        add("audio_input_minute", audioSeconds ?? usage[.audioSeconds].flatMap(Self.number), 60, "second")
        add("audio_output_minute", audioOutputSeconds, 60, "second")
        add("session_minute", sessionSeconds ?? usage[.sessionSeconds].flatMap(Self.number), 60, "second")
        add("input_character", inputCharacters, 1, "character")
        add("image:\(quality ?? "standard")/\(size ?? "1024x1024")", images, 1, "image")
        add("video_output_second", videoSeconds, 1, "second")
        return quantities
    }

    /// The container that the call created: the book's name of its fee, and how often it is due.
    var container: (tool: String, count: Int64)? {
        guard let containerMemory else { return nil }
        let windows = containerWindows?.quantity.flatMap { $0.denominator == 1 ? $0.numerator : nil }
        return ("container.\(containerMemory)", windows ?? 1)
    }

    /// The model and tokens of a side usage; `nil` if the call has none, or nothing but zeros.
    func sideUsage(_ prefix: String) -> (model: String?, usage: TokenUsage)? {
        usage(of: prefix).flatMap { side in side.usage.counters.contains { $0.value != 0 } ? side : nil }
    }

    private func usage(of prefix: String) -> (model: String?, usage: TokenUsage)? {
        guard !others.isEmpty else { return nil }
        var usage = TokenUsage()
        for counter in TokenCounter.allCases where counter != .audioSeconds {
            let number = others["\(prefix).\(counter.name)"].flatMap(Self.number)
            guard let quantity = number?.quantity, quantity.denominator == 1 else { continue }
            usage[counter] = quantity.numerator
        }
        return usage.isEmpty ? nil : (modelName(prefix), usage)
    }

    /// The seconds of a side usage and its model; `nil` if the call has none, or zero.
    func sideSeconds(_ prefix: String) -> (model: String?, quantity: Quantity)? {
        guard !others.isEmpty, let amount = others["\(prefix).\(TokenCounter.audioSeconds.name)"].flatMap(Self.number),
            amount.coefficient != 0
        else { return nil }
        return (
            modelName(prefix),
            Quantity(price: "audio_input_minute", amount: amount, unitsPerPrice: 60, unit: "second")
        )
    }

    private func modelName(_ prefix: String) -> String? { others["\(prefix).model"].flatMap(Self.unquoted) }

    /// What each model of an evaluation used, in the order of their names.
    var models: [(name: String, usage: TokenUsage)] {
        let names = others.keys.filter { $0.hasPrefix(Self.modelPrefix) }
            .compactMap { key in key.lastIndex(of: ".").map { String(key[..<$0].dropFirst(Self.modelPrefix.count)) } }
        return Set(names).sorted().compactMap { name in
            usage(of: Self.modelPrefix + name).map { (name, $0.usage) }
        }
    }

    /// Whether a video of the size has more pixels than the usual 720 lines.
    var isHighResolutionVideo: Bool {
        let sides = (size ?? "").split(separator: "x").compactMap { Int64($0) }
        guard sides.count == 2, let short = sides.min(), let long = sides.max() else { return false }
        return short > 720 || long > 1280
    }

    private static func number(_ literal: String) -> DecimalNumber? { DecimalNumber(unquoted(literal) ?? literal) }

    private static func number(_ value: Int64) -> DecimalNumber? { DecimalNumber(String(value)) }

    /// The text of a JSON string without escapes.
    private static func unquoted(_ literal: String) -> String? {
        let quote = UInt8(ascii: "\"")
        guard literal.utf8.count > 2, literal.utf8.first == quote, literal.utf8.last == quote else { return nil }
        let text = literal.utf8.dropFirst().dropLast()
        return text.contains(UInt8(ascii: "\\")) ? nil : String(text)
    }
}
