/// The parsed name of a price in LiteLLM's public list.
///
/// A name combines the priced unit (`input_cost_per_token`), an input threshold (`_above_272k_tokens`), and a service
/// tier (`_batches`).
struct LiteLLMPriceKey: Equatable {
    /// The unit that is priced.
    enum Quantity: Equatable {
        /// A token of a price item.
        case token(PriceItem)
        /// A character of text to speak.
        case character
        /// A second of input.
        case inputSecond
        /// A second of output.
        case outputSecond
        /// A second of video output.
        case videoSecond
    }

    var quantity: Quantity
    var tier: String
    /// The number of input tokens above which the price applies; `nil` if it applies to any input.
    var threshold: Int64?

    private static let tiers = [
        ("_batches", "batch"), ("_flex", "flex"), ("_priority", "priority"), ("_ultrafast", "ultrafast"),
        ("_decisions", "decisions"),
    ]
    private static let quantities: [String: Quantity] = [
        "input_cost_per_token": .token(.input), "output_cost_per_token": .token(.output),
        "cache_read_input_token_cost": .token(.cachedInput), "input_cost_per_token_cache_hit": .token(.cachedInput),
        "cache_creation_input_token_cost": .token(.cacheWrite),
        "cache_creation_input_token_cost_above_12hr": .token(.cacheWrite12Hour),
        "cache_creation_input_token_cost_above_1hr": .token(.cacheWrite1Hour),
        "input_cost_per_audio_token": .token(.audioInput), "output_cost_per_audio_token": .token(.audioOutput),
        "cache_read_input_audio_token_cost": .token(.cachedAudioInput),
        "input_cost_per_image_token": .token(.imageInput), "output_cost_per_image_token": .token(.imageOutput),
        "cache_read_input_image_token_cost": .token(.cachedImageInput), "input_cost_per_character": .character,
        "input_cost_per_second": .inputSecond, "output_cost_per_second": .outputSecond,
        "output_cost_per_video_per_second": .videoSecond,
    ]

    /// Creates the parsed form of a name; `nil` if the name is not supported.
    init?(_ name: String) {
        var rest = name[...]
        tier = "default"
        for (suffix, name) in Self.tiers where rest.hasSuffix(suffix) {
            tier = name
            rest = rest.dropLast(suffix.count)
            break
        }
        if rest.hasSuffix("k_tokens"), let start = rest.ranges(of: "_above_").last {
            guard let thousands = Int64(rest[start.upperBound...].dropLast("k_tokens".count)), 1...10_000 ~= thousands
            else { return nil }
            threshold = thousands * 1000
            rest = rest[..<start.lowerBound]
        }
        guard let quantity = Self.quantities[String(rest)] else { return nil }
        self.quantity = quantity
    }
}
