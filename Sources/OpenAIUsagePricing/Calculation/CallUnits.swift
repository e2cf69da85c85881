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
struct CallUnits {
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
    static let sideUsages = ["image_generation", "svg"]

    private let units: [String: String]

    init(_ units: [String: String]) {
        self.units = units
    }

    /// What the model itself used.
    func quantities(seconds usage: TokenUsage) -> [Quantity] {
        var quantities: [Quantity] = []
        func add(_ price: String, _ amount: DecimalNumber?, _ unitsPerPrice: Int64, _ unit: String) {
            guard let amount else { return }
            quantities.append(
                Quantity(price: price, amount: amount, unitsPerPrice: unitsPerPrice, unit: unit)
            )
        }
        add("audio_input_minute", number("audio_seconds") ?? usage[.audioSeconds].flatMap(Self.number), 60, "second")
        add("audio_output_minute", number("audio_output_seconds"), 60, "second")
        add("session_minute", number("session_seconds") ?? usage[.sessionSeconds].flatMap(Self.number), 60, "second")
        add("input_character", number("input_characters"), 1, "character")
        add("image:\(text("quality") ?? "standard")/\(text("size") ?? "1024x1024")", number("images"), 1, "image")
        add("video_output_second", number("video_seconds"), 1, "second")
        return quantities
    }

    /// The container that the call created: the book's name of its fee, and how often it is due.
    var container: (tool: String, count: Int64)? {
        guard let memory = text("container_memory") else { return nil }
        let windows = number("container_windows_min")?.quantity.flatMap { $0.denominator == 1 ? $0.numerator : nil }
        return ("container.\(memory)", windows ?? 1)
    }

    /// The model and tokens of a side usage; `nil` if the call has none.
    func sideUsage(_ prefix: String) -> (model: String?, usage: TokenUsage)? {
        var usage = TokenUsage()
        for counter in TokenCounter.allCases {
            guard let quantity = number("\(prefix).\(counter.name)")?.quantity, quantity.denominator == 1 else {
                continue
            }
            usage[counter] = quantity.numerator
        }
        return usage.isEmpty ? nil : (text("\(prefix).model"), usage)
    }

    /// Whether a video of the size has more pixels than the usual 720 lines.
    var isHighResolutionVideo: Bool {
        let sides = (text("size") ?? "").split(separator: "x").compactMap { Int64($0) }
        guard sides.count == 2, let short = sides.min(), let long = sides.max() else { return false }
        return short > 720 || long > 1280
    }

    private func number(_ name: String) -> DecimalNumber? {
        guard let literal = units[name] else { return nil }
        return DecimalNumber(Self.unquoted(literal) ?? literal)
    }

    private static func number(_ value: Int64) -> DecimalNumber? { DecimalNumber(String(value)) }

    private func text(_ name: String) -> String? { units[name].flatMap(Self.unquoted) }

    /// The text of a JSON string without escapes.
    private static func unquoted(_ literal: String) -> String? {
        guard literal.utf8.count > 2, literal.hasPrefix("\""), literal.hasSuffix("\"") else { return nil }
        let text = literal.dropFirst().dropLast()
        return text.contains("\\") ? nil : String(text)
    }
}
