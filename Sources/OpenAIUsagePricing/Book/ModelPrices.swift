/// The prices of a model.
package final class ModelPrices: Sendable {
    /// What a model makes.
    package enum Kind: String, Sendable, CaseIterable {
        /// Text.
        case text
        /// Images.
        case image
        /// A live conversation.
        case realtime
        /// Text of speech.
        case transcription
        /// Verdicts on content.
        case moderation
        /// Speech.
        case speech
        /// Vectors.
        case embedding
        /// Videos.
        case video
    }

    /// The model's name.
    package let id: String
    /// All names with these prices.
    package let names: [String]
    /// What the model makes.
    package let kind: Kind
    /// The prices by time, in the order of their days.
    package let periods: [PricePeriod]
    /// The day on which the model is switched off.
    package let shutdown: UTCDay?
    /// Whether a layered book brought the prices; they then hold at every host.
    package let isOverride: Bool

    init(
        id: String,
        names: [String],
        kind: Kind,
        periods: [PricePeriod],
        shutdown: UTCDay?,
        isOverride: Bool = false
    ) {
        self.id = id
        self.names = names
        self.kind = kind
        self.periods = periods
        self.shutdown = shutdown
        self.isOverride = isOverride
    }

    /// The prices that hold on a day.
    package func period(on day: UTCDay) -> PricePeriod? { periodIndex(on: day).map { periods[$0] } }

    /// The place of the prices that hold on a day.
    func periodIndex(on day: UTCDay) -> Int? {
        for index in periods.indices where periods[index].days.contains(day) { return index }
        return nil
    }

    func applying(_ fallback: [PriceMeter: PriceMeter]) -> ModelPrices {
        let periods = periods.map { $0.applying(fallback) }
        return copy(id: id, names: names, periods: periods, isOverride: isOverride)
    }

    func asOverride(names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, isOverride: true)
    }

    func renamed(id: String, names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, isOverride: isOverride)
    }

    private func copy(id: String, names: [String], periods: [PricePeriod], isOverride: Bool) -> ModelPrices {
        ModelPrices(
            id: id,
            names: names,
            kind: kind,
            periods: periods,
            shutdown: shutdown,
            isOverride: isOverride
        )
    }
}
