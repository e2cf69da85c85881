import OpenAIUsage

/// The plausible prices of a unit; a price outside is usually meant for another unit.
struct PriceRange {
    /// The unit that the price is for, as it appears in messages.
    let unit: String
    private let lowest: String
    private let highest: String

    static let millionTokens = PriceRange(unit: "1,000,000 tokens", lowest: "0.001", highest: "5000")

    /// Returns the range for a unit's name in a book; `nil` if the unit is unknown.
    static func unit(named name: String) -> PriceRange? {
        switch name {
        case "input_character": PriceRange(unit: "character", lowest: "0.0000001", highest: "0.001")
        case "audio_input_minute", "audio_output_minute", "session_minute":
            PriceRange(unit: "minute", lowest: "0.0001", highest: "5")
        case "video_output_second": PriceRange(unit: "second", lowest: "0.001", highest: "20")
        default:
            name.hasPrefix("image:") && name.contains("/")
                ? PriceRange(unit: "image", lowest: "0.001", highest: "20") : nil
        }
    }

    static func tool(_ unit: ToolPrices.Unit) -> PriceRange {
        switch unit {
        case .call, .none: PriceRange(unit: "call", lowest: "0.0001", highest: "5")
        case .container: PriceRange(unit: "container", lowest: "0.001", highest: "100")
        case .storage: PriceRange(unit: "GiB and day", lowest: "0.001", highest: "20")
        }
    }

    /// Explains why a price in dollars is implausible; `nil` if it is plausible or zero.
    func objection(to text: String) -> String? {
        guard let price = Self.money(text), let low = Self.money(lowest), let high = Self.money(highest) else {
            return nil
        }
        guard price != .zero else { return nil }
        if price < low {
            return "\(text) USD per \(unit) is less than \(lowest); the price may have been meant for a smaller unit"
        }
        if price > high {
            return "\(text) USD per \(unit) is more than \(highest); the price may have been meant for a larger unit"
        }
        return nil
    }

    private static func money(_ text: String) -> Money? {
        do { return try Money(decimal: text) } catch { return nil }
    }
}
