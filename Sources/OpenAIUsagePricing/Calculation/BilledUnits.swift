import OpenAIUsage

/// The units of a call other than tokens, decoded from ``CallRecord/units``.
///
/// | Name | Meaning |
/// |---|---|
/// | `audio_seconds` | seconds of input audio |
/// | `audio_output_seconds` | seconds of output audio |
/// | `session_seconds` | seconds of a session |
/// | `input_characters` | characters of text to speak |
/// | `images`, `size`, `quality` | number of images, of one size and quality |
/// | `video_seconds`, `size` | seconds of video, of one size |
/// | `container_memory`, `container_windows_min` | memory of a container (`16g`) and the started 20-minute windows |
/// | `image_generation.model`, `image_generation.input_tokens`, ... | tokens of the image tool, by ``TokenCounter`` |
/// | `svg.model`, `svg.input_tokens`, ... | tokens of the model that draws an image as SVG |
/// | `transcription.model`, `transcription.input_tokens`, ... | tokens of the transcription model |
/// | `transcription.audio_seconds` | seconds of audio, for a transcription model billed by duration |
/// | `delegated.model`, `delegated.input_tokens`, ... | tokens of the model that a session delegates to |
/// | `cache_write_1h_tokens` | cache writes with a lifetime of one hour, as part of all cache writes |
/// | `web_search_calls_min` | lower bound of the searches, where no exact count is reported |
/// | `upstream_cost_usd` | cost billed to the caller's own provider key; `null` if not reported |
/// | `per_model.NAME.input_tokens`, ... | tokens of each model of an evaluation |
///
/// A class, because most calls have no units, and a struct would copy room for all of them with every record.
final class BilledUnits {
    /// An amount of one unit, and the unit's name in the book.
    struct Quantity {
        var price: String
        var amount: DecimalNumber
        /// The number of counted units that one price is for.
        var unitsPerPrice: Int64
        /// The name of the counted unit.
        var unit: String
    }

    /// The prefixes of usage by other models within the same call.
    static let sideUsages = ["delegated", "image_generation", "svg", transcription]
    /// The side usage that may be billed by seconds.
    static let transcription = "transcription"
    private static let modelPrefix = "per_model."

    /// The number of images, all of one size and quality.
    private var images: DecimalNumber?
    private var size: String?
    private var quality: String?
    private var audioSeconds: DecimalNumber?
    private var audioOutputSeconds: DecimalNumber?
    private var sessionSeconds: DecimalNumber?
    private var inputCharacters: DecimalNumber?
    private var videoSeconds: DecimalNumber?
    /// The cache writes with a lifetime of one hour, in tokens.
    private(set) var cacheWrite1Hour: Int64 = 0
    /// True if the search count is only a lower bound.
    private(set) var isSearchCountOpen = false
    private var containerMemory: String?
    private var containerWindows: DecimalNumber?
    /// The units with a dot in their name, which belong to other models; empty for most calls.
    private var others: [String: String] = [:]

    init(_ units: [String: String]) {
        // Most calls have few units: iterating is much faster than looking up each name.
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

    /// Returns the quantities that the model itself is billed for.
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

    /// The container that the call created, as the fee's name in the book and the number of fees; `nil` if there is
    /// none.
    var container: (tool: String, count: Int64)? {
        guard let containerMemory else { return nil }
        let windows = containerWindows?.quantity.flatMap { $0.denominator == 1 ? $0.numerator : nil }
        return ("container.\(containerMemory)", windows ?? 1)
    }

    /// Returns the model and tokens of a side usage; `nil` if there is none or all counters are zero.
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

    /// Returns the model and seconds of a side usage; `nil` if there are none.
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

    /// The usage of each model of an evaluation, sorted by model name.
    var models: [(name: String, usage: TokenUsage)] {
        let names = others.keys.filter { $0.hasPrefix(Self.modelPrefix) }
            .compactMap { key in key.lastIndex(of: ".").map { String(key[..<$0].dropFirst(Self.modelPrefix.count)) } }
        return Set(names).sorted().compactMap { name in
            usage(of: Self.modelPrefix + name).map { (name, $0.usage) }
        }
    }

    /// True if the video exceeds 1280x720 pixels in either orientation.
    var isHighResolutionVideo: Bool {
        let sides = (size ?? "").split(separator: "x").compactMap { Int64($0) }
        guard sides.count == 2, let short = sides.min(), let long = sides.max() else { return false }
        return short > 720 || long > 1280
    }

    private static func number(_ literal: String) -> DecimalNumber? { DecimalNumber(unquoted(literal) ?? literal) }

    private static func number(_ value: Int64) -> DecimalNumber? { DecimalNumber(String(value)) }

    /// Returns the text of a JSON string; `nil` for an empty string, one with escapes, and other values.
    private static func unquoted(_ literal: String) -> String? {
        let quote = UInt8(ascii: "\"")
        guard literal.utf8.count > 2, literal.utf8.first == quote, literal.utf8.last == quote else { return nil }
        let text = literal.utf8.dropFirst().dropLast()
        return text.contains(UInt8(ascii: "\\")) ? nil : String(text)
    }
}
