import Foundation
import OpenAIUsage

@testable import OpenAIUsagePricing

/// A second, slow calculation of prices, straight from the JSON and in `Decimal`, that shares no code with the first.
///
/// It knows tokens only, models by their exact names, and no book but one whose amounts need no rounding.
struct ReferencePricer {
    enum Price: Equatable {
        /// The cost, and whether all of it is known.
        case known(Decimal, isComplete: Bool)
        case unknown
    }

    private var models: [String: [String: Any]] = [:]
    private var fallback: [String: String] = [:]
    private var aliases: [String: String] = [:]
    private var windows: [String: String] = [:]

    init(json: String) throws {
        let root = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
        for model in root["models"] as? [[String: Any]] ?? [] {
            for name in model["ids"] as? [String] ?? [] { models[name] = model }
        }
        let rules = root["rules"] as? [String: Any] ?? [:]
        fallback = rules["meter_fallback"] as? [String: String] ?? [:]
        aliases = rules["tier_alias"] as? [String: String] ?? [:]
        windows = (rules["background_window"] as? [String: String] ?? [:]).filter { $0.key != "note" }
    }

    /// The names of the models that have prices per token.
    var names: [String] { models.keys.sorted() }

    func price(_ call: TestCall) -> Price {
        guard let name = call.model, let model = models[name],
            let period = (model["periods"] as? [[String: Any]] ?? []).first(where: { Self.holds($0, call.day) }),
            let tiers = period["per_1m"] as? [String: [String: String]]
        else { return .unknown }
        var tier = call.tier ?? call.requestedTier ?? "default"
        tier = aliases[tier] ?? tier
        if call.endpoint == "decisions", tier == "default" { tier = "decisions" }
        guard var prices = tiers[tier] else { return .unknown }
        let input = call.usage[.inputTokens] ?? 0
        if let long = period["long_context"] as? [String: Any], let threshold = long["over_input_tokens"] as? Int64,
            input > threshold
        {
            guard let longPrices = (long["per_1m"] as? [String: [String: String]])?[tier] else { return .unknown }
            prices = longPrices
        }
        var factor = Decimal(1)
        if call.host.hasSuffix(".api.openai.com"), let uplift = period["regional_uplift"] as? String {
            factor *= Self.decimal(uplift)
        }
        if let window = call.window {
            guard let text = windows[window], tier == "default" || Self.decimal(text) == 1 else { return .unknown }
            factor *= Self.decimal(text)
        }
        var sum = Decimal(0)
        var known = 0
        var unknown = 0
        for (meter, tokens) in Self.meters(call.usage, model["kind"] as? String ?? "") where tokens > 0 {
            guard let price = price(meter, prices) else {
                unknown += 1
                continue
            }
            sum += Decimal(tokens) * price / 1_000_000 * factor
            known += 1
        }
        for (side, meters) in Self.sides where call.usage[side] == nil {
            if meters.contains(where: { price($0, prices).map { $0 > 0 } ?? false }) { unknown += 1 }
        }
        return known == 0 && unknown > 0 ? .unknown : .known(sum, isComplete: unknown == 0)
    }

    private static let sides: [(TokenCounter, [String])] = [
        (
            .inputTokens,
            [
                "input", "cached_input", "cache_write", "cache_write_12h", "audio_input", "cached_audio_input",
                "image_input", "cached_image_input",
            ]
        ), (.outputTokens, ["output", "audio_output", "image_output"]),
    ]

    private func price(_ meter: String, _ prices: [String: String]) -> Decimal? {
        var meter = meter
        while prices[meter] == nil {
            guard let next = fallback[meter] else { return nil }
            meter = next
        }
        return prices[meter].map(Self.decimal)
    }

    private static func meters(_ usage: [TokenCounter: Int64], _ kind: String) -> [(String, Int64)] {
        func count(_ counter: TokenCounter) -> Int64 { usage[counter] ?? 0 }
        let cachedAudio = count(.cachedAudioInputTokens)
        let cachedImage = count(.cachedImageInputTokens)
        let cached = count(.cachedInputTokens) - cachedAudio - cachedImage
        let audio = count(.audioInputTokens) - cachedAudio
        let image = count(.imageInputTokens) - cachedImage
        let written = count(.cacheWriteTokens)
        let fresh = count(.inputTokens) - count(.cachedInputTokens) - written - audio - image
        var audioOutput = count(.audioOutputTokens)
        var imageOutput = count(.imageOutputTokens)
        var output = count(.outputTokens) - audioOutput - imageOutput
        var hidden: Int64 = 0
        if let total = usage[.totalTokens], let said = usage[.outputTokens], usage[.inputTokens] != nil,
            usage[.reasoningTokens] != 0
        {
            hidden = max(0, total - count(.inputTokens) - said)
        }
        if kind == "image", usage[.imageOutputTokens] == nil { (imageOutput, output) = (output, 0) }
        if kind == "speech", usage[.audioOutputTokens] == nil { (audioOutput, output) = (output, 0) }
        return [
            ("input", fresh), ("cached_input", cached), ("cached_audio_input", cachedAudio),
            ("cached_image_input", cachedImage), ("cache_write", written - count(.cacheWrite12HourTokens)),
            ("cache_write_12h", count(.cacheWrite12HourTokens)), ("audio_input", audio), ("image_input", image),
            ("output", output), ("audio_output", audioOutput), ("image_output", imageOutput),
            ("output", hidden),
        ]
    }

    /// Days of this form sort as texts.
    private static func holds(_ period: [String: Any], _ day: String) -> Bool {
        if let first = period["from"] as? String, day < first { return false }
        if let last = period["to"] as? String, last < day { return false }
        return true
    }

    private static func decimal(_ text: String) -> Decimal {
        Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) ?? .nan
    }
}
