import OpenAIUsage

/// A model of LiteLLM's public price list, converted to a price book's terms.
package struct LiteLLMModel: Sendable {
    /// The error thrown for a model that cannot be imported.
    package struct Rejection: Error, Equatable {
        /// The reason, worded as the end of a sentence.
        package var reason: String
    }

    /// The model's name in the list.
    package let name: String
    /// The provider that serves the model.
    package let provider: String
    let kind: ModelPrices.Kind
    let shutdown: UTCDay?
    /// The prices, without a range of days.
    private(set) var period = PricePeriod(days: DayInterval())
    /// The names of prices in the list that are not supported.
    package private(set) var ignored: [String] = []

    private static let kinds: [String: ModelPrices.Kind] = [
        "chat": .text, "completion": .text, "responses": .text, "embedding": .embedding, "image_generation": .image,
        "image_edit": .image, "audio_transcription": .transcription, "audio_speech": .speech,
        "moderation": .moderation, "realtime": .realtime, "video_generation": .video,
    ]

    init(name: String, provider: String, _ entry: JSONDocument.Value) throws(Rejection) {
        self.name = name
        self.provider = provider
        let mode = entry["mode"]?.string ?? "none"
        guard let kind = Self.kinds[mode] else {
            throw Rejection(reason: "its mode, \(mode), has no prices of this program's kinds")
        }
        self.kind = kind
        shutdown = entry["deprecation_date"]?.string.flatMap { UTCDay($0) }
        var uplifts: Set<String> = []
        for member in entry.members {
            if member.name.hasPrefix("regional_processing_uplift_multiplier_") {
                uplifts.insert(member.node.value.number ?? "")
            } else if let key = LiteLLMPriceKey(member.name) {
                try add(member.node.value, key, member.name)
            } else if member.name.contains("cost") {
                ignored.append(member.name)
            }
        }
        try addUplift(uplifts)
        // The list states 0 for output that does not exist, too.
        if kind == .embedding || kind == .moderation { dropFreeOutput() }
        if period.tiers.isEmpty, period.units.isEmpty { throw Rejection(reason: "it has no price that is understood") }
        if !period.tiers.isEmpty {
            (period.estimates, period.units) = (period.units, [:])
        }
    }

    private mutating func add(
        _ value: JSONDocument.Value,
        _ key: LiteLLMPriceKey,
        _ name: String
    ) throws(Rejection) {
        if case .null = value { return }
        guard let text = value.number, let number = DecimalNumber(text), number.coefficient >= 0 else {
            throw Rejection(reason: "\(name) is not a price")
        }
        switch key.quantity {
        case .token(let priceItem):
            let price = try Self.price(number, times: 1, name, text)
            let (perMillion, overflow) = price.picoUSD.multipliedReportingOverflow(by: RateCard.tokensPerPrice)
            guard !overflow else { throw Rejection(reason: "\(name) is \(text), which is too large") }
            try Self.check(Money(picoUSD: perMillion), .millionTokens, name)
            if let threshold = key.threshold {
                var long = period.longContext ?? PricePeriod.LongContext(threshold: threshold, tiers: [:])
                guard long.threshold == threshold else {
                    throw Rejection(reason: "it has two thresholds of long context")
                }
                long.tiers[key.tier, default: RateCard()][listed: priceItem] = price.picoUSD
                period.longContext = long
            } else {
                period.tiers[key.tier, default: RateCard()][listed: priceItem] = price.picoUSD
            }
        case .character: try addUnit("input_character", number, times: 1, name, text)
        case .videoSecond: try addUnit("video_output_second", number, times: 1, name, text)
        case .inputSecond:
            switch kind {
            case .transcription: try addUnit("audio_input_minute", number, times: 60, name, text)
            case .realtime: try addUnit("session_minute", number, times: 60, name, text)
            default: ignored.append(name)
            }
        case .outputSecond:
            switch kind {
            case .video: try addUnit("video_output_second", number, times: 1, name, text)
            case .speech: try addUnit("audio_output_minute", number, times: 60, name, text)
            // The list repeats the input price here; adding both would double the price.
            default: ignored.append(name)
            }
        }
    }

    private mutating func addUnit(
        _ unit: String,
        _ number: DecimalNumber,
        times factor: Int64,
        _ name: String,
        _ text: String
    ) throws(Rejection) {
        let price = try Self.price(number, times: factor, name, text)
        if let range = PriceRange.unit(named: unit) { try Self.check(price, range, name) }
        period.units[unit] = price
    }

    private mutating func addUplift(_ uplifts: Set<String>) throws(Rejection) {
        guard let text = uplifts.first else { return }
        guard uplifts.count == 1 else { throw Rejection(reason: "its uplifts differ by region") }
        do throws(MoneyError) {
            period.regionalUplift = try Multiplier(decimal: text)
        } catch {
            throw Rejection(reason: error.message)
        }
    }

    private mutating func dropFreeOutput() {
        for (tier, card) in period.tiers where card[listed: .output] == 0 { period.tiers[tier]?[listed: .output] = nil }
        period.tiers = period.tiers.filter { !$0.value.isEmpty }
    }

    /// Returns a price in dollars times a factor; throws unless it is a whole number of pico-dollars.
    private static func price(
        _ number: DecimalNumber,
        times factor: Int64,
        _ name: String,
        _ text: String
    ) throws(Rejection) -> Money {
        if let scaled = number.exactPicoUSD(times: factor), let amount = Int64(exactly: scaled) {
            return Money(picoUSD: amount)
        }
        let isLarge = !number.isTruncated && number.scale <= Money.fractionDigits
        let fault = isLarge ? "is too large" : "has more digits than a price; it may be rounded"
        throw Rejection(reason: "\(name) is \(text), which \(fault)")
    }

    private static func check(_ price: Money, _ range: PriceRange, _ name: String) throws(Rejection) {
        if let objection = range.objection(to: price.description) {
            throw Rejection(reason: "of \(name): \(objection)")
        }
    }
}
