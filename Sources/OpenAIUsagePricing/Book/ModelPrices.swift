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

    /// Where the prices of a model come from.
    package enum Origin: String, Sendable, CaseIterable {
        /// The book itself.
        case book
        /// A book that was put before it.
        case override
        /// What a book says of one project.
        case project
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
    /// Where the prices come from.
    package let origin: Origin
    /// Whether the model searches the web by itself, with the older tool.
    let isSearchModel: Bool
    /// Whether what a search brings in is not in the usage, but counts as a fixed number of tokens.
    let hasFixedSearchContent: Bool

    init(
        id: String,
        names: [String],
        kind: Kind,
        periods: [PricePeriod],
        shutdown: UTCDay?,
        origin: Origin = .book
    ) {
        self.id = id
        self.names = names
        self.kind = kind
        self.periods = periods
        self.shutdown = shutdown
        self.origin = origin
        isSearchModel = id.contains("-search-preview")
        hasFixedSearchContent = id == "gpt-4o-mini" || id == "gpt-4.1-mini"
    }

    /// The prices that hold on a day.
    package func period(on day: UTCDay) -> PricePeriod? { periodIndex(on: day).map { periods[$0] } }

    /// The place of the prices that hold on a day.
    func periodIndex(on day: UTCDay) -> Int? {
        for index in periods.indices where periods[index].days.contains(day) { return index }
        return nil
    }

    /// Whether the prices were put before the book's own; they then hold at every host.
    package var isOverride: Bool { origin != .book }

    func applying(_ fallback: [PriceItem: PriceItem]) -> ModelPrices {
        copy(id: id, names: names, periods: periods.map { $0.applying(fallback) }, origin: origin)
    }

    func moved(to origin: Origin, names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, origin: origin)
    }

    func renamed(id: String, names: [String]) -> ModelPrices {
        copy(id: id, names: names, periods: periods, origin: origin)
    }

    private func copy(id: String, names: [String], periods: [PricePeriod], origin: Origin) -> ModelPrices {
        ModelPrices(id: id, names: names, kind: kind, periods: periods, shutdown: shutdown, origin: origin)
    }
}
